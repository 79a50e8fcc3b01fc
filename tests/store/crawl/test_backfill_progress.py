from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import ByteRange
from newsbot.store.crawl.backfill_progress import (
    OvertakenError,
    Part,
    add_parts,
    advance,
    finish_part,
    load_moving,
    load_progress,
)
from newsbot.store.database import Database
from tests.store.samples import LATER, NOW

PARTS = [
    Part(path="/past/1.warc.gz", file_bytes=300, span=ByteRange(start, start + 100))
    for start in (0, 100, 200)
]


def test_moving_parts_are_begun_and_not_finished(database: Database) -> None:
    with database.write() as session:
        add_parts(session, PARTS, now=NOW)
        begun = load_progress(session, PARTS)
        advance(
            session, begun[0], replace(begun[0], done=RecordPosition(40, 0), counts=Counter(new=3)), now=LATER
        )
        finish_part(session, replace(begun[1], state="done", counts=Counter(new=9)), now=LATER)
        known = {progress.part.key: progress for progress in begun}
        [moving] = load_moving(session, known)
        assert (moving.part, moving.done_bytes, moving.counts) == (PARTS[0], 40, Counter(new=3))
        assert load_moving(session, {PARTS[2].key: begun[2]}) == []
        assert [progress.done_bytes for progress in load_progress(session, PARTS)] == [40, 100, 0]


def test_part_is_ingested_by_one_process(database: Database) -> None:
    with database.write() as session:
        add_parts(session, PARTS, now=NOW)
        [begun] = load_progress(session, PARTS[:1])
        advance(session, begun, replace(begun, done=RecordPosition(40, 0)), now=NOW)
        with pytest.raises(OvertakenError):
            advance(session, begun, replace(begun, done=RecordPosition(50, 0)), now=NOW)
