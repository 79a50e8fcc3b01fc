from __future__ import annotations

import gc
import os

import pytest

from newsbot.errors import NewsbotError
from newsbot.ingest.processes import in_processes


def test_results_come_from_every_process() -> None:
    found = in_processes(abs, [-1, -2, -3], workers=2, begin=gc.enable, arguments=())
    assert sorted(result for some in found for result in some) == [1, 2, 3]


def test_a_worker_that_is_killed_ends_the_work_with_one_line() -> None:
    with pytest.raises(NewsbotError, match="killed"):
        list(in_processes(os._exit, [9, 9, 9], workers=2, begin=gc.enable, arguments=()))
