"""Changes, made up without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from newsbot.store.queries import LoggedChange
from tests.store.samples import NOW


def changed(number: int, *, days: int = 0, is_deleted: bool = False, **article: Any) -> LoggedChange:
    """Return a change of the article with the same number."""
    given = {
        "id": number,
        "title": f"Harbour opened, part {number}",
        "body": "Ünïcode",
        "authors": ["A", "B"],
    }
    return LoggedChange(
        number=number,
        cursor=f"{number}-00000000",
        change="deleted" if is_deleted else "new",
        changed_at=NOW + timedelta(days=days),
        run_id=1,
        revision=1,
        fields=None,
        is_silent=None,
        reason=None,
        title=None,
        article_id=number,
        article=None if is_deleted else given | article,
    )
