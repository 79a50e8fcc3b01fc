import errno
import gzip
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from fastwarc.warc import ArchiveIterator as OtherReader
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from newsbot.archive.warc_pages import ByteRange, read_page_at, read_pages
from newsbot.archive.warc_writer import Exchange, WarcWriter, payload_digest, repair

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = b"<!doctype html><p>" + b"A harbour opened, and the mayor came. " * 200


def exchange(number: int = 1, body: bytes = PAGE, **given: Any) -> Exchange:
    values: dict[str, Any] = {
        "url": f"https://news.example/{number}?a=b#c",
        "method": "GET",
        "request_headers": [(b"User-Agent", b"newsbot"), (b"Host", b"news.example")],
        "request_body": b"",
        "status": 200,
        "reason": "OK",
        "headers": [(b"Content-Type", b"text/html"), (b"Set-Cookie", b"a"), (b"Set-Cookie", b"b")],
        "body": body,
        "fetched_at": NOW,
        "ip_address": "192.0.2.1",
    }
    return Exchange(**values | given)


def writer(folder: Path, name: str = "newsbot", **given: Any) -> WarcWriter:
    return WarcWriter(folder, name, software="newsbot/1", **given)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.warc.gz"))


def types(path: Path) -> list[str]:
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file)]


def check(path: Path) -> int:
    """Return what warcio's own checker would exit with."""

    class Quiet:
        verbose = False
        inputs = [str(path)]  # noqa: RUF012

    checker = Checker(Quiet)
    checker.process_one(str(path))
    return int(checker.exit_value)


def test_exchange_is_archived_completely_and_found_by_its_offset(tmp_path: Path) -> None:
    warcs = writer(tmp_path / "archive")
    kept = [warcs.write(exchange(number, PAGE + b"%d" % number)) for number in range(3)]
    warcs.close()
    for number, response in enumerate(kept):
        page = read_page_at(tmp_path / "archive" / response.file, response.offset, max_bytes=10**6)
        assert page is not None
        assert page.body == PAGE + b"%d" % number
        assert page.url == f"https://news.example/{number}?a=b#c"
        assert page.retrieved_at == NOW
        assert response.digest == payload_digest(page.body)


def test_warcio_reads_and_checks_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warcs = writer(tmp_path)
    first = warcs.write(exchange(1))
    warcs.write(exchange(1, fetched_at=NOW + timedelta(hours=1)), first)
    warcs.write(exchange(2, b"", status=304, reason="Not Modified"))
    warcs.close()
    (path,) = files(tmp_path)
    assert check(path) == 0
    with path.open("rb") as file:
        found = [
            (
                record.rec_type,
                record.content_stream().read(),
                record.http_headers and record.http_headers.get_statuscode(),
            )
            for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _, _ in found] == [
        "warcinfo",
        "response",
        "request",
        "revisit",
        "request",
        "response",
        "request",
    ]
    assert found[1][1:] == (PAGE, "200")
    assert found[3][1:] == (b"", "200")
    assert b"WARC/1.1\r\n" in gzip.decompress(path.read_bytes())
    assert list(OtherReader(str(path), func_filter=None))


def test_headers_keep_their_order_and_repeats_and_the_request_names_its_response(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    warcs.write(exchange())
    warcs.close()
    with files(tmp_path)[0].open("rb") as file:
        _, response, request = [
            (
                record.rec_headers.headers,
                record.http_headers.headers if record.http_headers else None,
                record.http_headers,
            )
            for record in ArchiveIterator(file)
        ]
    assert response[1] == [("Content-Type", "text/html"), ("Set-Cookie", "a"), ("Set-Cookie", "b")]
    assert request[2].statusline == "/1?a=b HTTP/1.1"
    assert dict(request[0])["WARC-Concurrent-To"] == dict(response[0])["WARC-Record-ID"]
    assert dict(response[0])["WARC-IP-Address"] == "192.0.2.1"
    assert dict(response[0])["WARC-Date"].startswith("2026-03-01T12:00:00")


def test_repeated_response_is_archived_once_and_referred_to(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    first = warcs.write(exchange(1))
    again = warcs.write(exchange(1, fetched_at=NOW + timedelta(hours=1)), first)
    warcs.close()
    assert again == first
    assert types(files(tmp_path)[0]).count("revisit") == 1


def test_a_new_file_begins_each_day_and_when_one_is_full(tmp_path: Path) -> None:
    warcs = writer(tmp_path, max_file_bytes=1_500)
    warcs.write(exchange(1))
    warcs.write(exchange(2))
    warcs.write(exchange(3, os.urandom(2_000)))
    warcs.write(exchange(4))
    warcs.write(exchange(5, fetched_at=NOW + timedelta(days=1)))
    warcs.close()
    assert [types(path).count("response") for path in files(tmp_path)] == [2, 1, 1, 1]
    assert all(check(path) == 0 for path in files(tmp_path))
    assert list(tmp_path.glob("*.open")) == []


def test_no_file_is_created_before_the_first_write(tmp_path: Path) -> None:
    writer(tmp_path / "archive").close()
    assert not (tmp_path / "archive").exists()


def test_two_writers_use_different_files(tmp_path: Path) -> None:
    one, two = writer(tmp_path, "one"), writer(tmp_path, "two")
    one.write(exchange(1))
    two.write(exchange(2))
    one.write(exchange(3))
    one.close()
    two.close()
    assert [types(path).count("response") for path in files(tmp_path)] == [2, 1]


class FullDisk:
    """A file on a disk with room for a few more bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self.file = file
        self.room = room

    def write(self, content: bytes) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self.file.write(content[: self.room])
        self.room -= written
        return int(written)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_full_disk_raises_and_leaves_a_complete_file(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    warcs.write(exchange(1))
    warcs._file = cast("BinaryIO", FullDisk(warcs._file, room=100))
    with pytest.raises(OSError, match="No space"):
        warcs.write(exchange(2))
    warcs.close()
    assert types(files(tmp_path)[0]) == ["warcinfo", "response", "request"]
    assert check(files(tmp_path)[0]) == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.archive.test_warc_writer import PAGE, exchange, writer
warcs = writer(Path(sys.argv[1]), "killed")
for number in range(5):
    warcs.write(exchange(number))
torn = warcs._file
packed = Path(torn.name).read_bytes()
torn.write(packed[-300:-150] if sys.argv[2] == "middle" else packed[:int(sys.argv[2])])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("torn", ["1", "40", "200", "middle"])
def test_record_truncated_by_a_kill_is_removed_by_the_next_process(tmp_path: Path, torn: bytes) -> None:
    project = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), torn], cwd=project, check=False)
    assert killed.returncode == -signal.SIGKILL
    (path,) = files(tmp_path)
    before = path.read_bytes()
    warcs = writer(tmp_path)
    warcs.write(exchange(9))
    assert types(path) == ["warcinfo", *["response", "request"] * 5]
    assert check(path) == 0
    assert before.startswith(path.read_bytes())
    assert not path.with_name(f"{path.name}.open").exists()
    warcs.close()


def test_file_that_is_being_written_is_not_repaired(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    warcs.write(exchange())
    assert repair(tmp_path) == []
    warcs.close()
    skipped: Counter[str] = Counter()
    (path,) = files(tmp_path)
    assert len(list(read_pages(path, ByteRange(0, 10**6), max_bytes=10**6, skipped=skipped))) == 1
    assert skipped == {"warcinfo": 1, "request": 1}
