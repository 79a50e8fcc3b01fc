"""The files for many machines: Kubernetes accepts them, their settings and commands exist, and nothing can gain rights."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from kubernetes_validate import validate

from newsbot.cli import newsbot
from newsbot.configuration.table import SETTINGS as TABLE

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
FILES = sorted(path for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml")
COMPOSE = yaml.safe_load((DEPLOY / "cluster.yaml").read_text())
SETTINGS = {setting.name for setting in TABLE.values()}


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the pods of every workload with the name of their file."""
    for path in FILES:
        for document in documents(path):
            spec = document.get("spec", {})
            template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
            if template:
                yield path.name, template["spec"]


def commands() -> Iterator[str]:
    """Yield every command line of newsbot in the two kinds of files."""
    lists = [container["command"] for _, pod in pods() for container in pod["containers"]]
    lists += [service["command"] for service in COMPOSE["services"].values()]
    for command in lists:
        text = command[2] if command[:2] == ["sh", "-c"] else shlex.join(command)
        yield from (part for part in re.split(r" && (?:exec )?", text) if part.startswith("newsbot "))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_kubernetes_accepts_the_manifest(path: Path) -> None:
    found = documents(path)
    assert found
    for document in found:
        validate(document, "1.33", strict=True)  # raises


def test_the_kustomization_names_every_file_but_the_example() -> None:
    assert {path.name for path in FILES} - {"secret.example.yaml"} == set(KUSTOMIZATION["resources"])


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_exists_and_takes_its_options(line: str) -> None:
    command: click.Command = newsbot
    context = click.Context(newsbot, info_name="newsbot")
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"no command {name}"
        command = found
        context = click.Context(command, parent=context, info_name=name)
    command.parse_args(context, words)


def test_pods_are_read_only_and_cannot_gain_rights() -> None:
    found = dict(pods())
    assert len(found) == 6
    for pod in found.values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}


def test_settings_exist() -> None:
    [secret] = documents(KUBERNETES / "secret.example.yaml")
    [settings] = documents(KUBERNETES / "settings.yaml")
    names = {*secret["stringData"], *settings["data"]}
    names |= {name for service in COMPOSE["services"].values() for name in service.get("environment", {})}
    assert {name for name in names if name.startswith("NEWSBOT_")} <= SETTINGS


def test_containers_of_the_compose_file_are_read_only_and_drain() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        if name != "database":
            assert service["stop_grace_period"] == "60s"
            assert service["stop_signal"] == "SIGTERM"
