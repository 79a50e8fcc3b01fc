"""The files in deploy/ are well-formed, and what they call exists."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from newsbot.settings import NEWSBOT_SETTINGS

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
SETTINGS = {setting.name for setting in NEWSBOT_SETTINGS}


class Unit(configparser.ConfigParser):
    """A systemd unit: names of options keep their case."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def test_every_line_of_the_crontab_has_five_times_and_a_command() -> None:
    lines = [
        line for line in (DEPLOY / "crontab").read_text().splitlines() if line and not line.startswith("#")
    ]
    jobs = [line for line in lines if not re.match(r"[A-Z_]+=", line)]
    assert len(jobs) == 2
    for job in jobs:
        assert re.match(r"(?:(?:\*|\d+)(?:/\d+)?\s+){5}cd \S+ && \.venv/bin/(?:scrapy|newsbot) ", job)


@pytest.mark.parametrize("name", ["newsbot.service", "newsbot.timer"])
def test_units_can_be_read_and_have_their_sections(name: str) -> None:
    unit = Unit(strict=False, interpolation=None)
    unit.read_string((DEPLOY / name).read_text())
    assert "Unit" in unit
    if name.endswith("service"):
        assert unit["Service"]["ExecStart"].split()[1:4] == ["crawl", "news", "-L"]
    else:
        assert unit["Timer"]["OnUnitInactiveSec"] == "5min"


def test_compose_file_names_services_and_settings_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        named = {name for name in service.get("environment", {}) if name.startswith("NEWSBOT_")}
        assert named <= SETTINGS
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_the_image_copies_only_files_that_exist() -> None:
    for line in (DEPLOY / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            *sources, _target = line.split()[1:]
            assert all((PROJECT / source).exists() for source in sources)


def test_the_scripts_of_make_and_ci_are_sound_shell() -> None:
    assert subprocess.run(["bash", "-n", PROJECT / ".ci" / "run"], check=False).returncode == 0
    assert (
        subprocess.run(["make", "-n", "-C", PROJECT, "lint"], capture_output=True, check=False).returncode
        == 0
    )
