import json
from pathlib import Path

import pytest

from newsbot.cli import newsbot, run


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, str]:
    assert run(newsbot, ["doctor", "--offline", "--json", *arguments]) == status
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {finding["check"]: finding["verdict"] for finding in found}


def test_a_new_folder_is_well_but_for_a_contact(capsys: pytest.CaptureFixture[str]) -> None:
    run(newsbot, ["init"])
    capsys.readouterr()
    found = findings(capsys)
    assert found.pop("contact") == "warning"
    assert found.pop("network") == "skipped"
    found.pop("disk")
    checks = (
        "settings",
        "database",
        "archive",
        "sources",
        "engine",
        "watches",
        "outputs",
        "extras",
        "retention",
    )
    assert found == dict.fromkeys(checks, "ok")


def test_every_problem_is_named_with_what_to_do_and_the_status_is_1(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "newsbot.toml").write_text("sources = 'lost'\narchive_dir = 'file'\nentity_engine = 'oracle'")
    (place / "file").touch()
    assert run(newsbot, ["doctor", "--offline"]) == 1
    lines = capsys.readouterr().out.splitlines()
    problems = [line for line in lines if line.startswith("problem")]
    assert [line.split()[1] for line in problems] == ["database:", "archive:", "sources:", "engine:"]
    assert "run a crawl or `newsbot db upgrade` first" in problems[0]
    assert "name a folder: archive_dir" in problems[1]
    assert "lost: no sources" in problems[2]
    assert not (place / "newsbot.db").exists()


def test_wrong_settings_are_a_finding(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "newsbot.toml").write_text("source = 'lost'")
    assert findings(capsys, status=1) == {"settings": "problem"}
