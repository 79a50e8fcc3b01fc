"""What commands print, whatever is in it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from newsbot.cli import SafeLines
from newsbot.cli.output import print_json

HOSTILE = "a\x1b[31m \x9b \u202e \x07 \ue000 é \U0001f6a2"


def test_json_for_a_terminal_has_the_same_values_and_no_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json({"title": HOSTILE})
    line = capsys.readouterr().out
    assert line.rstrip("\n").isprintable()
    assert json.loads(line) == {"title": HOSTILE}


def test_json_has_no_lone_surrogates(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"image_url": "http://x.example/\ud800"})
    line = capsys.readouterr().out
    assert json.loads(line.encode()) == {"image_url": "http://x.example/\ufffd"}


def test_log_lines_of_jobs_have_no_control_characters_and_no_secrets() -> None:
    record = logging.makeLogRecord({"msg": "%s failed\n\x1b[2J", "args": ("postgresql:/me:hush@h/x",)})
    assert SafeLines().format(record) == "postgresql:/me:***@h/x failed\n\\x1b[2J"


def test_output_of_another_charset_is_no_failure() -> None:
    command = [sys.executable, "-m", "newsbot", "extract", "-"]
    page = "<title>Brücke gesperrt 🚢</title><h1>Brücke gesperrt 🚢</h1>".encode()
    environment = {"PYTHONIOENCODING": "latin-1", "NEWSBOT_ENTITY_ENGINE": "none"}
    ended = subprocess.run(command, input=page, env=environment, capture_output=True, check=False)
    assert (ended.returncode, b"Traceback" in ended.stderr) == (0, False)
    assert "Brücke gesperrt \\U0001f6a2".encode("latin-1") in ended.stdout
