"""An engine that finds nothing, for runs that need no entities."""

from __future__ import annotations

from newsbot.items import Mention


class NoEngine:
    """Supports every language and finds no names."""

    name = "none"
    version = "1"

    def supports(self, language: str) -> bool:
        """Return True: every language has no names."""
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return an empty list."""
        return []
