"""The engine that finds nothing, for runs that need no entities."""

from __future__ import annotations

from newsbot.items import Mention


class NoEngine:
    """Supports every language and finds no names."""

    name = "none"
    version = "1"

    def supports(self, language: str) -> bool:
        """Yes, in its way."""
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return nothing."""
        return []
