from __future__ import annotations

import os

import pytest

from newsbot.errors import NewsbotError
from newsbot.ingest.processes import in_processes


class Worker:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    def multiply(self, number: int) -> int:
        return self.factor * number

    def die(self, status: int) -> None:
        os._exit(status)


def test_results_come_from_every_process() -> None:
    found = in_processes("multiply", [1, 2, 3], workers=2, make_worker=Worker, arguments=(10,))
    assert sorted(result for results in found for result in results) == [10, 20, 30]


def test_a_worker_that_is_killed_ends_the_work_with_one_line() -> None:
    with pytest.raises(NewsbotError, match="killed"):
        list(in_processes("die", [9, 9, 9], workers=2, make_worker=Worker, arguments=(1,)))
