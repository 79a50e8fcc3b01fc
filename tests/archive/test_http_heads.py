"""Responses whose headers no record could hold as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as OtherReader
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from newsbot.archive.http_heads import MAX_HEAD_BYTES
from newsbot.archive.warc_pages import read_page_at
from newsbot.archive.warc_writer import MAX_URL_BYTES, UnwritableError
from tests.archive.test_warc_writer import PAGE, check, exchange, files, writer

TYPE = (b"Content-Type", b"text/html; charset=utf-8")
WHOLE = {
    "Latin-1": [TYPE, (b"X-Name", b"\xe4\xff\x80")],
    "escapes": [TYPE, (b"X-Name", b"\x1b[31m\x07")],
    "no value": [TYPE, (b"X-Name", b"")],
    "colons": [TYPE, (b"a:b", b":c:")],
    "as many as fit": [(b"Set-Cookie", b"a" * 100)] * 270 + [TYPE],
}
REDUCED = {
    "too many": [(b"Set-Cookie", b"a" * 100)] * 288 + [TYPE],
    "far too many": [(b"Set-Cookie", b"a" * 250)] * 1000 + [TYPE],
    "too long": [(b"Set-Cookie", b"a" * 40_000), TYPE],
    "long type": [(b"Content-Type", TYPE[1] + b";" + b"a" * 40_000)],
    "line ends": [TYPE, (b"X-Name", b"a\r\n\r\n<p>another body"), (b"X-Other", b"b\rc\nd")],
    "NUL": [TYPE, (b"X-Name", b"a\0b")],
    "no name": [TYPE, (b"", b"value"), (b" ", b"value")],
}


@pytest.mark.parametrize(
    ("headers", "is_whole"),
    [*((headers, True) for headers in WHOLE.values()), *((headers, False) for headers in REDUCED.values())],
    ids=[*WHOLE, *REDUCED],
)
def test_every_response_is_archived_so_that_others_can_read_it(
    tmp_path: Path, headers: list[tuple[bytes, bytes]], is_whole: bool
) -> None:
    warcs = writer(tmp_path)
    kept = warcs.write(exchange(headers=headers, request_headers=headers))
    again = warcs.write(exchange(headers=headers), kept)
    after = warcs.write(exchange(2))
    warcs.close()
    assert (kept.is_whole, again.is_whole, after.is_whole) == (is_whole, is_whole, True)
    [path] = files(tmp_path)
    assert check(path) == 0
    page = read_page_at(path, kept.offset, max_bytes=10**6)
    assert page is not None
    assert page.body == PAGE
    with path.open("rb") as file:
        for record in OtherReader(file, record_types=WarcRecordType.response, parse_http=True):
            assert record.http_content_type == "text/html"
            assert record.reader.read() == PAGE
    with path.open("rb") as file:
        told = [
            record.rec_headers.get_header("WARC-Truncated")
            for record in ArchiveIterator(file)
            if record.rec_type in ("response", "revisit")
        ]
    assert told == [None if is_whole else "unspecified"] * 2 + [None]


def test_what_describes_the_body_is_kept_before_cookies(tmp_path: Path) -> None:
    cookies = [(b"Set-Cookie", b"%d=" % number + b"a" * 200) for number in range(500)]
    telling = [(b"ETag", b'"1"'), (b"Last-Modified", b"Sun, 01 Mar 2026 12:00:00 GMT"), TYPE]
    warcs = writer(tmp_path)
    warcs.write(exchange(headers=[*cookies, *telling]))
    warcs.close()
    with files(tmp_path)[0].open("rb") as file:
        [headers] = [
            record.http_headers.headers for record in ArchiveIterator(file) if record.rec_type == "response"
        ]
    assert headers[-3:] == [(name.decode(), value.decode()) for name, value in telling]
    assert 100 < len(headers) < 500
    assert sum(len(name) + len(value) + 4 for name, value in headers) <= MAX_HEAD_BYTES


def test_an_address_that_is_too_long_is_told_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    warcs = writer(tmp_path)
    warcs.write(exchange())
    size = files(tmp_path)[0].stat().st_size
    with pytest.raises(UnwritableError, match="the URL has more than"):
        warcs.write(exchange(url="https://news.example/" + "a" * MAX_URL_BYTES))
    assert files(tmp_path)[0].stat().st_size == size
    warcs.close()
