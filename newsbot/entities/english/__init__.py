"""Settle the English names that a network has found sentence by sentence, by what the whole text says.

The network sees one sentence at a time. That "Leeds" is a club, "Floris" a storm and "Muirhouse" no person is often
said elsewhere, or by words beside the name.
"""

from __future__ import annotations

from newsbot.entities.consistency import make_consistent
from newsbot.entities.english.known_names import with_known_names
from newsbot.entities.english.persons import with_persons_settled
from newsbot.entities.english.teams import with_teams
from newsbot.items import Mention


def settle_names(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions of an English text in order, with settled types and boundaries, and with those that were missed."""
    settled = with_persons_settled(with_known_names(mentions, text), text)
    return with_teams(make_consistent(settled, text), text)
