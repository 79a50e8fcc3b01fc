"""The files in deploy/ are well-formed, and what they call exists."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from newsbot.cli import COMMANDS
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
    assert len(jobs) == 3
    for job in jobs:
        found = re.match(r"(?:(?:\*|\d+)(?:/\d+)?\s+){5}cd \S+ && \.venv/bin/newsbot ([a-z]+)", job)
        assert found
        assert found[1] in COMMANDS


def unit_of(name: str) -> Unit:
    unit = Unit(strict=False, interpolation=None)
    unit.read_string((DEPLOY / name).read_text())
    return unit


@pytest.mark.parametrize("name", ["newsbot.service", "newsbot-serve.service", "newsbot.timer"])
def test_units_can_be_read_and_have_their_sections(name: str) -> None:
    unit = unit_of(name)
    assert "Unit" in unit
    if name == "newsbot.service":
        assert unit["Service"]["ExecStart"].endswith("/bin/newsbot crawl --all --log-level warning")
    elif name == "newsbot.timer":
        assert unit["Timer"]["OnUnitInactiveSec"] == "5min"
    else:
        assert unit["Service"]["ExecStart"].endswith("/bin/newsbot serve")
        assert unit["Install"]["WantedBy"] == "multi-user.target"  # or it cannot be enabled


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
        assert ("cap_add" in service) == (service["image"] != "newsbot")


def test_the_image_installs_nothing_without_a_hash_and_runs_as_a_user() -> None:
    lines = (DEPLOY / "Dockerfile").read_text()
    for command in re.findall(r"pip install [^&\n]*", lines):
        assert "--require-hashes" in command or "--no-deps --no-build-isolation ." in command
    assert "\nUSER newsbot\n" in lines
    pinned = (DEPLOY / "build-requirements.txt").read_text()
    assert re.search(r"^hatchling==[\d.]+ \\\n    --hash=sha256:", pinned, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "build-requirements.txt"])
def test_the_image_has_the_versions_that_are_tested(name: str) -> None:
    def versions(path: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==([\w.]+)", path.read_text(), re.MULTILINE))

    tested = versions(PROJECT / "requirements.txt")
    installed = versions(DEPLOY / name)
    assert installed
    assert {package: tested.get(package, version) for package, version in installed.items()} == installed


def test_the_image_has_no_tools_of_development() -> None:
    assert not re.search(
        r"^(?:pytest|mypy|ruff|mkdocs)\b", (DEPLOY / "requirements.txt").read_text(), re.MULTILINE
    )


def test_compose_file_names_services_and_settings_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        named = {name for name in service.get("environment", {}) if name.startswith("NEWSBOT_")}
        assert named <= SETTINGS
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_every_service_is_watched_and_only_the_site_can_be_reached() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert all("healthcheck" in service for service in services.values())
    assert {name: service.get("ports") for name, service in services.items()} == {
        "database": None,
        "crawl": None,
        "serve": ["127.0.0.1:8000:8000"],
    }


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
