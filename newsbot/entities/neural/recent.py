"""A thread-safe LRU cache of answers by text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class RecentAnswers(Generic[Answer]):
    """Keeps at most `size` answers by text and evicts the least recently used ones."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, texts: Iterable[str]) -> dict[str, Answer]:
        """Return text -> answer for the texts in the cache."""
        with self._lock:
            found = {text: self._answers[text] for text in texts if text in self._answers}
            for text in found:
                self._answers.move_to_end(text)
        return found

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Add answers to the cache."""
        with self._lock:
            self._answers.update(answers)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
