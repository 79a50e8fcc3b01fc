"""An entity engine that finds nothing, and kills the backfill that it reads for.

`KILLED=group:9:0.01`: all its processes (`parent`: only the first one), so many seconds after one of them has read
the ninth article. The backfill does not end by itself meanwhile, however fast it is: a few articles on it stops.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from threading import Event, Timer

from newsbot.items import Mention

MORE = 8
"""Articles that are still read by each process, so that it may be at any of its work when it is killed."""


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
