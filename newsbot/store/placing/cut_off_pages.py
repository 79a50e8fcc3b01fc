"""Pages whose fetch was cut off, by the death of a worker."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from newsbot.store.schema.models import FrontierRow


def release_cut_off(session: Session, hosts: Collection[str], *, run_id: int) -> int:
    """Release the pages of hosts that other runs have leased; return their number.

    Only the run that has the claim of a host leases its pages. So `run_id` must have the claims: then the others have lost
    them, and their pages are due at once, not when the leases end."""
    is_others = or_(FrontierRow.lease_run_id != run_id, FrontierRow.lease_run_id.is_(None))
    query = update(FrontierRow).where(FrontierRow.host.in_(hosts), FrontierRow.state == "leased", is_others)
    released = session.execute(query.values(state="pending", next_try_at=None))
    return int(released.rowcount)  # type: ignore[attr-defined]
