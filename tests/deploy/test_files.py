"""The files in deploy/ are well-formed, and what they call exists."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from newsbot.configuration.table import SETTINGS as TABLE

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
SETTINGS = {setting.name for setting in TABLE.values()}


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


def unit_of(name: str) -> Unit:
    unit = Unit(strict=False, interpolation=None)
    unit.read_string((DEPLOY / name).read_text())
    return unit


@pytest.mark.parametrize("name", ["newsbot.service", "newsbot-serve.service", "newsbot.timer"])
def test_units_can_be_read_and_have_their_sections(name: str) -> None:
    unit = unit_of(name)
    assert "Unit" in unit
    if name == "newsbot.service":
        assert unit["Service"]["ExecStart"].split()[1:4] == ["crawl", "news", "-L"]
    elif name == "newsbot.timer":
        assert unit["Timer"]["OnUnitInactiveSec"] == "5min"
    else:
        assert unit["Service"]["ExecStart"].endswith("newsbot serve")


@pytest.mark.parametrize("name", ["newsbot.service", "newsbot-serve.service"])
def test_services_have_no_more_rights_than_they_need(name: str) -> None:
    service = unit_of(name)["Service"]
    switches = (
        "NoNewPrivileges ProtectHome PrivateTmp PrivateDevices ProtectKernelModules ProtectKernelTunables"
    )
    switches += " ProtectKernelLogs ProtectControlGroups ProtectClock MemoryDenyWriteExecute RestrictSUIDSGID"
    assert {service[switch] for switch in switches.split()} == {"yes"}
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    assert set(service["RestrictAddressFamilies"].split()) == {"AF_INET", "AF_INET6", "AF_UNIX"}
    assert "SystemCallFilter=@system-service" in (DEPLOY / name).read_text()
    assert {
        line.partition("=")[2] for line in (DEPLOY / name).read_text().splitlines() if "NEWSBOT_" in line
    } <= {
        "NEWSBOT_DATABASE_URL=sqlite:////srv/newsbot/newsbot.db",
        "NEWSBOT_WEB_URL=https://news.example/desk/",
    }


def test_containers_are_read_only_and_cannot_gain_rights() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "/tmp" in service["tmpfs"]
    assert "cap_add" not in compose["services"]["crawl"]


def test_the_image_installs_nothing_without_a_hash_and_runs_as_a_user() -> None:
    lines = (DEPLOY / "Dockerfile").read_text()
    for command in re.findall(r"pip install [^&\n]*", lines):
        assert "--require-hashes" in command or "--no-deps --no-build-isolation ." in command
    assert "\nUSER newsbot\n" in lines
    pinned = (DEPLOY / "build-requirements.txt").read_text()
    assert re.search(r"^hatchling==[\d.]+ \\\n    --hash=sha256:", pinned, re.MULTILINE)


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
