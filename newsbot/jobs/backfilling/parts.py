"""Archives in parts, which several processes store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsbot.archive.selection import Selection
from newsbot.archive.warc_pages import ByteRange, Opener, warc_spans
from newsbot.ingest.processes import InModule, in_processes
from newsbot.jobs.remote.archive_places import FoundArchive
from newsbot.settings import Configuration
from newsbot.store.crawl.backfill_progress import Part, Progress

PART_BYTES = 4 * 1024 * 1024
"""Size of a part. Large enough that finding its first record costs little, small enough that the last part ends soon."""
REMOTE_PART_BYTES = 128 * 1024 * 1024
"""The same for archives elsewhere: large enough that the rest of a block that two parts read is little."""
_MAKE_WORKER = InModule("newsbot.jobs.backfilling.part_worker", "make_worker")
"""Only the processes import what reads and stores pages: it takes a third of the time of a start."""


def split(archive: FoundArchive, selection: Selection, opener: Opener) -> list[Part]:
    """Divide an archive into parts. Raises InputError if it cannot be read."""
    if archive.is_here or archive.place.endswith(".wacz"):
        wholes = warc_spans(archive.place, opener)
    else:
        wholes = [ByteRange(0, archive.size)]
    part_bytes = PART_BYTES if archive.is_here else REMOTE_PART_BYTES if archive.has_ranges else archive.size
    spans = [
        ByteRange(start, min(start + part_bytes, whole.end))
        for whole in wholes
        for start in range(whole.start, whole.end, max(part_bytes, 1))
    ]
    return [
        Part(path=archive.place, file_bytes=archive.size, span=span, selection=str(selection))
        for span in spans
    ]


def ingest_parts(
    parts: Iterable[Part], *, settings: Configuration, selection: Selection, run_id: int, workers: int
) -> Iterator[list[Progress]]:
    """Store the pages of parts; yield the progress of parts as they end.

    An empty list is yielded now and then while none has ended, so that the caller can show the progress."""
    arguments = (settings, selection, run_id)
    return in_processes("ingest_part", parts, workers=workers, make_worker=_MAKE_WORKER, arguments=arguments)
