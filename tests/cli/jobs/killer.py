"""An entity engine that finds nothing, and kills its backfill.

With `KILLED=group:9:0.01` in the environment, all processes of the backfill are killed (`parent`: only the first one),
0.01 seconds after one of them has read the ninth article. The engine stops a few articles later, so that even a fast
backfill does not end before it is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from threading import Event, Timer

from newsbot.items import Mention

MORE = 8
"""Number of articles that a process still reads: a kill may come at any point of its work."""


class Killer:
    name = "none"
    version = "1"

    def __init__(self) -> None:
        whom, articles, delay_s = os.environ["KILLED"].split(":")
        self.kill = kill_group if whom == "group" else kill_parent
        self.last, self.delay_s = int(articles), float(delay_s)
        self.read = 0

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        self.read += 1
        if self.read == self.last:
            Timer(self.delay_s, self.kill).start()
        if self.read == self.last + MORE:
            Event().wait()
        return []


def kill_group() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def kill_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent and parent.is_alive() and parent.pid:
        os.kill(parent.pid, signal.SIGKILL)
