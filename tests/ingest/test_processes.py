from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from newsbot.errors import NewsbotError
from newsbot.ingest.processes import in_processes


class Worker:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def multiply(self, number: int) -> int:
        return self.factor * number

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)

    def die(self, status: int) -> None:
        os._exit(status)


def test_results_come_from_every_process() -> None:
    found = in_processes("multiply", [1, 2, 3], workers=2, make_worker=Worker, arguments=(10,))
    assert sorted(result for results in found for result in results) == [10, 20, 30]


def test_a_worker_that_is_killed_ends_the_work_with_one_line() -> None:
    with pytest.raises(NewsbotError, match="killed"):
        list(in_processes("die", [9, 9, 9], workers=2, make_worker=Worker, arguments=(1,)))


def test_worker_has_the_environment_of_its_start_and_does_not_run_the_script_of_its_parent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script, mark = tmp_path / "script.py", tmp_path / "mark"
    script.write_text(f"open({str(mark)!r}, 'w').close()")
    main = ModuleType("__main__")
    main.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", main)
    for value in ("one", "two"):  # the fork server is older than the second
        monkeypatch.setenv("WORDS_OF_A_TEST", value)
        found = in_processes("variable", ["WORDS_OF_A_TEST"], workers=1, make_worker=Worker, arguments=(1,))
        assert [result for results in found for result in results] == [value]
    assert not mark.exists()
    assert sys.modules["__main__"] is main
