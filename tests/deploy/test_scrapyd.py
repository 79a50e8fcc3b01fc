"""The egg that `scrapyd-deploy` builds, and jobs of a real Scrapyd, if it is installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from newsbot.store.queries import get_article
from tests.crawling import reading
from tests.pages import article_page
from tests.site import running_site

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "newsbot"

pytestmark = pytest.mark.skipif(find_spec("setuptools") is None, reason="setuptools builds the egg")


@pytest.fixture(scope="module")
def egg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("egg")
    command: list[str | Path] = [sys.executable, "setup.py", "-q", "bdist_egg", "-d", folder]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    [egg] = folder.glob("*.egg")
    return egg


def test_the_egg_holds_every_file_of_the_package(egg: Path) -> None:
    files = {str(path.relative_to(PROJECT)) for path in PACKAGE.rglob("*") if path.is_file()}
    with ZipFile(egg) as archive:
        packed = set(archive.namelist())
    ours = {name for name in files if "__pycache__" not in name}
    assert {name for name in packed if name.startswith("newsbot/") and "__pycache__" not in name} == ours
    assert "newsbot_egg.py" in packed


def settings_of(egg: Path) -> list[str]:
    """Import the settings of an egg in a process that has it on its path; return where newsbot and its data are."""
    code = (
        "import newsbot_egg, newsbot\n"
        "from newsbot.sources.catalog import load_sources\n"
        "print(newsbot_egg.BOT_NAME, newsbot.__file__, len(load_sources('')) > 9, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=egg.parent,
        env=os.environ | {"PYTHONPATH": str(egg)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_an_egg_is_unpacked_beside_itself_once_and_removed_with_it(egg: Path, tmp_path: Path) -> None:
    first = Path(shutil.copy(egg, tmp_path / "1.egg"))
    name, module, has_sources = settings_of(first)
    [folder] = tmp_path.glob("1.egg.*.unpacked")
    assert (name, Path(module).parents[1], has_sources) == ("newsbot", folder, "True")
    (folder / "mark").touch()
    settings_of(first)
    assert (folder / "mark").exists()

    os.utime(first, (1, 1))  # deployed anew under the same name
    [_, module, _] = settings_of(first)
    assert Path(module).parents[1] != folder

    first.unlink()
    second = shutil.copy(egg, tmp_path / "2.egg")
    settings_of(Path(second))
    assert [path.name for path in tmp_path.glob("1.egg*")] == []


@dataclass(frozen=True)
class Scrapyd:
    """A running Scrapyd."""

    url: str
    folder: Path
    """Its folder, with the database of its jobs."""

    def ask(self, service: str, **form: str) -> dict[str, object]:
        """Return what a service answers: to POST if there is a form."""
        data = urlencode(form).encode() if form else None
        with urlopen(f"{self.url}/{service}", data, timeout=60) as response:
            answer: dict[str, object] = json.load(response)
        return answer

    def run(self, job: str, **form: str) -> str:
        """Run a job to its end; return its log."""
        self.ask("schedule.json", project="newsbot", jobid=job, **form)
        deadline = time.monotonic() + 120
        while job not in str(self.ask("listjobs.json?project=newsbot")["finished"]):
            assert time.monotonic() < deadline, "the job does not end"
            time.sleep(0.1)
        return (self.folder / "logs" / "newsbot" / form["spider"] / f"{job}.log").read_text("utf-8")


@pytest.fixture
def scrapyd(tmp_path: Path) -> Iterator[Scrapyd]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "scrapyd.conf").write_text(f"[scrapyd]\nhttp_port = {port}\npoll_interval = 0.1\n")
    environment = os.environ | {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'newsbot.db'}",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_ENTITY_ENGINE": "rules",
        "NEWSBOT_WORKERS": "1",  # a process that imports newsbot from where its parent does
    }
    with (tmp_path / "scrapyd.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "scrapyd"], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
    running = Scrapyd(f"http://127.0.0.1:{port}", tmp_path)
    while server.poll() is None:
        try:
            running.ask("daemonstatus.json")
            break
        except URLError:
            time.sleep(0.1)
    yield running
    server.terminate()
    server.wait(60)


@pytest.mark.skipif(
    find_spec("scrapyd") is None or find_spec("scrapyd_client") is None,
    reason="needs Scrapyd: the extra `scrapyd`",
)
def test_a_job_of_scrapyd_stores_its_article(egg: Path, scrapyd: Scrapyd) -> None:
    target = f"[deploy:test]\nurl = {scrapyd.url}/\nproject = newsbot\n"
    (scrapyd.folder / "scrapy.cfg").write_text(target)
    deployed = subprocess.run(
        [sys.executable, "-m", "scrapyd_client.deploy", "test", "--egg", egg, "-v", "1"],
        cwd=PROJECT,
        env=os.environ | {"XDG_CONFIG_HOME": str(scrapyd.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert deployed.returncode == 0, deployed.stdout
    assert json.loads(deployed.stdout)["spiders"] == 4
    with running_site() as site:
        url = site.html("/1", article_page(1))
        log = scrapyd.run("good", spider="article", url=url)
        assert "newsbot article: 1 new" in log
        assert "Traceback" not in log
        assert "unknown argument 'colour'; accepted: url" in scrapyd.run(
            "bad", spider="article", colour="red"
        )
    with reading(f"sqlite:///{scrapyd.folder / 'newsbot.db'}") as session:
        assert get_article(session, url) is not None
