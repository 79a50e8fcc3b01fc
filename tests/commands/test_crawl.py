"""`scrapy crawl` in a shell: its exit status, the last line of its output, and no traceback."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow, ArticleUrl
from tests.crawling import reading
from tests.pages import article_page

PROJECT = Path(__file__).parents[2]
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NEWSBOT_")},
            "NEWSBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'newsbot.db'}",
            "NEWSBOT_ENTITY_ENGINE": "none",
            **environment,
        }
        command = [sys.executable, "-m", "scrapy", "crawl", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=600, check=False
        )

    return run


def pages(folder: Path, count: int = 2) -> str:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{number}.html").write_text(article_page(number, url=f"https://news.example/{number}"))
    return str(folder)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


def test_a_run_ends_with_a_summary_line_and_status_0(shell: Shell, tmp_path: Path) -> None:
    done = shell("saved", "-a", f"path={pages(tmp_path / 'pages')}")
    assert done.returncode == 0
    assert (
        last_line(done)
        == "newsbot saved: 2 new, 0 changed, 0 unchanged, 0 duplicate, 0 conflict, 0 gone, 0 rejected (finished)"
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nothing"], "nothing"),
        ([], "nothing is given"),
        pytest.param(["saved", "news"], "saved news", marks=pytest.mark.slow),
        (["saved", "--color=red"], "--color=red"),
        (["saved", "-a", "path"], "-a path"),
        pytest.param(["saved", "-s", "ITEM_PIPELINES=Store"], "ITEM_PIPELINES=Store", marks=pytest.mark.slow),
        (["saved", "-a", "path=fixtures", "-o", "articles.nothing"], "nothing"),
        (["saved"], "path"),
        (["saved", "-a", "path=fixtures", "-a", "color=red"], "color"),
        (["saved", "-a", "path=fixtures", "-s", "NEWSBOT_MAX_PAGE_BYTES=many"], "NEWSBOT_MAX_PAGE_BYTES"),
        pytest.param(
            ["saved", "-a", "path=fixtures", "-s", "NEWSBOT_ENTITY_ENGINE=oracle"],
            "NEWSBOT_ENTITY_ENGINE",
            marks=pytest.mark.slow,
        ),
        (["saved", "-a", "path=fixtures", "-s", "NEWSBOT_DATABASE_URL=mysql://localhost/news"], "mysql"),
        (["saved", "-a", "path=fixtures", "-s", "NEWSBOT_SOURCES=/nowhere"], "/nowhere"),
        (["article", "-a", "url=news.example"], "news.example"),
        pytest.param(
            ["article", "-a", "url=news.example", "-s", "FORCE_CRAWLER_PROCESS=1"],
            "news.example",
            marks=pytest.mark.slow,
        ),
        (["news", "-a", "source=nobody"], "nobody"),
        (["saved", "-a", "path=fixtures", "--logfile", "/nowhere/log"], "LOG_FILE is '/nowhere/log'"),
        pytest.param(
            ["saved", "-a", "path=fixtures", "-s", "JOBDIR=scrapy.cfg"],
            "JOBDIR is 'scrapy.cfg'",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_wrong_argument_or_setting_costs_one_line_and_status_2(
    shell: Shell, arguments: list[str], named: str
) -> None:
    done = shell(*arguments)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert named in line


def test_what_is_wrong_is_in_the_log_file_too(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    done = shell("article", "-a", "colour=red", "-a", "_job=1", "-s", f"LOG_FILE={log}")
    [line] = done.stderr.splitlines()
    assert "unknown argument 'colour'; accepted: url" in line
    assert line in log.read_text("utf-8")


def test_missing_path_is_an_error_with_status_1_and_other_paths_are_read(
    shell: Shell, tmp_path: Path
) -> None:
    done = shell("saved", "-a", f"path={tmp_path / 'missing.html'},{pages(tmp_path / 'pages')}")
    assert done.returncode == 1
    assert "missing.html: no such file or folder" in done.stderr
    assert "2 new" in last_line(done)
    assert "Traceback" not in done.stderr


def test_folder_without_pages_is_an_error_with_status_1(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = shell("saved", "-a", f"path={tmp_path / 'empty'}")
    assert done.returncode == 1
    assert "no saved pages" in done.stderr


@pytest.mark.parametrize("kind", ["no folder", "not a database", "newer", "unreachable", "read-only"])
def test_a_database_that_cannot_be_used_costs_one_line_and_status_1(
    shell: Shell, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "bad.db"
    url = f"sqlite:///{path}"
    if kind == "no folder":
        url = f"sqlite:///{tmp_path / 'nowhere' / 'newsbot.db'}"
    elif kind == "not a database":
        path.write_bytes(b"a text that is long enough to be no database at all. " * 100)
    elif kind == "newer":
        made = Database(url).open()
        with made.write() as session:
            session.connection().exec_driver_sql("UPDATE newsbot_version SET version_num = '9999'")
        made.close()
    elif kind == "unreachable":
        url = "postgresql+psycopg://nobody:secret@127.0.0.1:1/news"
    else:
        Database(url).open().close()
        path.chmod(0o444)
        if os.access(path, os.W_OK):
            pytest.skip("this user may write to read-only files")
    done = shell("saved", "-a", f"path={pages(tmp_path / 'pages')}", NEWSBOT_DATABASE_URL=url)
    assert done.returncode == 1
    assert "cannot be used" in last_line(done)
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.slow
def test_two_runs_over_the_same_folder_at_once_store_every_article_once(
    tmp_path: Path, database_url: str
) -> None:
    folder = pages(tmp_path / "pages", 60)
    environment = os.environ | {"NEWSBOT_DATABASE_URL": database_url, "NEWSBOT_ENTITY_ENGINE": "rules"}
    command = [sys.executable, "-m", "scrapy", "crawl", "saved", "-a", f"path={folder}"]
    runs = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    output = [run.communicate(timeout=600)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert not any("locked" in text or "Traceback" in text for text in output)
    with reading(database_url) as session:
        assert session.scalar(select(func.count()).select_from(ArticleRow)) == 60
        assert session.scalar(select(func.count()).select_from(ArticleUrl)) == 60
