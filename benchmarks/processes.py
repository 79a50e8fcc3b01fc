"""The CPU time of a process and of all below it, those included that it has not waited for: newsbot's workers."""

from __future__ import annotations

import ctypes
import os
import sys

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""


def adopt() -> None:
    """Have this process become the parent of orphans below it, so that their CPU time counts as its children's (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Wait for all processes below this one."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return
