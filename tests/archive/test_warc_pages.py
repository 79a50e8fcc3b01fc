import gzip
import random
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from fastwarc.stream_io import ZstdWriter

from newsbot.archive.warc import RecordPosition
from newsbot.archive.warc_pages import ByteRange, read_page_at, read_pages, warc_spans
from newsbot.capture import Capture
from newsbot.errors import InputError
from tests.archive.warcs import packed, record, write

LIMIT = 100_000
A, B, C = (record(f"https://news.example/{name}", f"<p>{name}".encode()) for name in "abc")


def placed(path: Path, skipped: Counter[str], **given: Any) -> list[tuple[RecordPosition, Capture]]:
    return [
        found
        for span in warc_spans(path)
        for found in read_pages(path, span, max_bytes=LIMIT, skipped=skipped, **given)
    ]


def read(path: Path, **given: Any) -> tuple[list[Capture], dict[str, int]]:
    skipped: Counter[str] = Counter()
    return [page for _, page in placed(path, skipped, **given)], dict(skipped)


def bodies(path: Path) -> list[str]:
    return [page.body.decode() for page in read(path)[0]]


def zstd(body: bytes, folder: Path) -> bytes:
    with ZstdWriter(str(folder / "body.zst")) as writer:
        writer.write(body)
    return (folder / "body.zst").read_bytes()


@pytest.mark.parametrize(
    "content",
    [packed(A, B, C), A + B + C, gzip.compress(A + B + C)],
    ids=["gzip per record", "plain", "gzip over all"],
)
def test_url_time_charset_and_body_come_from_the_record(tmp_path: Path, content: bytes) -> None:
    pages, skipped = read(write(tmp_path / "a.warc.gz", content))
    assert [page.url for page in pages] == [f"https://news.example/{name}" for name in "abc"]
    assert [page.body for page in pages] == [b"<p>a", b"<p>b", b"<p>c"]
    assert {page.retrieved_at for page in pages} == {datetime(2024, 5, 1, 10, tzinfo=UTC)}
    assert {page.charset for page in pages} == {"utf-8"}
    assert skipped == {}


@pytest.mark.parametrize("content", [packed(A, B, C), A + B + C], ids=["gzip", "plain"])
def test_reading_goes_on_behind_any_place_and_finds_a_record_at_its_offset(
    tmp_path: Path, content: bytes
) -> None:
    path = write(tmp_path / "a.warc", content)
    found = placed(path, Counter())
    for i, (place, page) in enumerate(found):
        assert placed(path, Counter(), after=place) == found[i + 1 :]
        again = read_page_at(path, place.offset, max_bytes=LIMIT)
        assert again == page


@pytest.mark.parametrize("content", [packed(A, B, C) * 50, (A + B + C) * 50], ids=["gzip", "plain"])
def test_ranges_of_a_file_cover_every_record_once(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.warc", content)
    found = []
    for start in range(0, len(content), 1000):
        span = ByteRange(start, start + 1000)
        found += list(read_pages(path, span, max_bytes=LIMIT, skipped=Counter()))
    assert found == placed(path, Counter())
    assert len(found) == 150


def test_the_warcs_of_a_wacz_are_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("archive/one.warc.gz", packed(A, B))
        archive.writestr("archive/two.warc", C)
    assert bodies(path) == ["<p>a", "<p>b", "<p>c"]


def test_compressed_warcs_in_a_wacz_and_an_invalid_zip_raise_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/two.warc", C)
    with pytest.raises(InputError, match="unpack"):
        warc_spans(path)
    with pytest.raises(InputError, match="cannot be read"):
        warc_spans(write(tmp_path / "b.wacz", b"nothing"))
    with pytest.raises(InputError, match="cannot be read"):
        warc_spans(tmp_path / "missing.warc")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (record(kind="request", block_type="application/http; msgtype=request"), "request"),
        (record(kind="revisit"), "revisit"),
        (record(kind="warcinfo", block_type="application/warc-fields"), "warcinfo"),
        (record(kind="of-the-future"), "unknown"),
        (record("dns:news.example"), "no-web-page"),
        (record("ftp://news.example/"), "no-web-page"),
        (record(status="404 Not Found"), "status"),
        (record(status="what"), "status"),
        (record(headers=["Content-Type: image/png"]), "not-html"),
        (record(body=b"x" * (LIMIT + 70_000)), "too-large"),
        (record(body=gzip.compress(b"x" * (LIMIT + 1)), headers=["Content-Encoding: gzip"]), "too-large"),
        (record(body=b" \n"), "empty"),
        (record(headers=["Content-Type: text/html", f"X: {'a' * 100_000}"]), "unreadable"),
        (record(block_type="text/css", kind="resource"), "not-html"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_page_is_skipped_and_counted(tmp_path: Path, content: bytes, kind: str) -> None:
    pages, skipped = read(write(tmp_path / "a.warc.gz", packed(A, content, C)))
    assert [page.body for page in pages] == [b"<p>a", b"<p>c"]
    assert skipped == {kind: 1}


PAGE = b"<p>" + b"a page of some length, " * 50


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("zstd", None),
        ("gzip, br", lambda b: brotli.compress(gzip.compress(b))),
        ("unknown", bytes),
        ("gzip", bytes),
        ("br", bytes),
        ("zstd", bytes),
    ],
    # Names of their own: those of functions hold an address, which is another one in every process.
    ids=[
        "gzip",
        "x-gzip",
        "deflate",
        "br",
        "raw deflate",
        "zstd",
        "two",
        "unknown",
        "said gzip",
        "said br",
        "said zstd",
    ],
)
def test_bodies_are_unpacked_whatever_they_are_said_to_be_packed_in(
    tmp_path: Path, coding: str, pack: Callable[[bytes], bytes] | None
) -> None:
    body = pack(PAGE) if pack else zstd(PAGE, tmp_path)
    content = record(body=body, headers=["Content-Type: text/html", f"Content-Encoding: {coding}"])
    assert read(write(tmp_path / "a.warc.gz", packed(content)))[0][0].body == PAGE


def test_chunked_body_is_joined_and_a_wrongly_declared_one_is_kept(tmp_path: Path) -> None:
    headers = ["Content-Type: text/html", "Transfer-Encoding: chunked"]
    chunked = record(body=b"5\r\n<p>ab\r\n3\r\ncde\r\n0\r\n\r\n", headers=headers)
    assert bodies(write(tmp_path / "a.warc", chunked + record(headers=headers))) == ["<p>abcde", "<p>page"]


def test_resource_record_and_a_url_in_angle_brackets_are_read(tmp_path: Path) -> None:
    content = record("<https://news.example/wget>", kind="resource", block_type="text/html")
    page = read(write(tmp_path / "a.warc", content))[0][0]
    assert (page.url, page.body) == ("https://news.example/wget", b"<p>page")


def test_a_record_without_a_time_is_read(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.warc", record(date="yesterday")))[0][0].retrieved_at is None


def test_undecodable_urls_and_headers_never_raise(
    tmp_path: Path,
) -> None:
    odd = record("https://news.example/caf\udce9")
    noisy = record(
        "https://news.example/x",
        headers=["Content-Type: text/html", "X-\udcff\x00: \udcfe", ": none", "nothing"],
    )
    pages, skipped = read(write(tmp_path / "a.warc.gz", packed(A, odd, noisy, C)))
    assert {b"<p>a", b"<p>c"} <= {page.body for page in pages}
    assert len(pages) + sum(skipped.values()) == 4
    for page in pages:
        page.url.encode()


FLIPPED = bytearray(packed(B))
FLIPPED[40] ^= 0xFF


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (packed(A, B)[:-30], ["<p>a"]),
        (packed(A) + b"\0" * 200_000 + packed(C), ["<p>a", "<p>c"]),
        (packed(A) + bytes(FLIPPED) + packed(C), ["<p>a", "<p>c"]),
        (packed(A) + packed(B)[5:] + packed(C), ["<p>a", "<p>c"]),
        (packed(A, b"not a record at all\r\n", C), ["<p>a", "<p>c"]),
        (packed(A, record(length=10), C), ["<p>a", "<p>c"]),
        (packed(A, record(length=10**15), C), ["<p>a", "<p>c"]),
        (A + b"garbage\r\n" * 30 + C, ["<p>a", "<p>c"]),
        (A + record(length=10), ["<p>a"]),
        (A + record(length=10) + C, ["<p>a", "<p>c"]),
        (b"\xef\xbb\xbf\r\n" + A, ["<p>a"]),
        (b"", []),
        (b"WARC/1.1\r\n", []),
        (b"\x1f\x8b\x08", []),
        (b"<html>" * 50_000, []),
    ],
    ids=range(15),
)
def test_broken_files_give_what_is_whole(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    assert bodies(write(tmp_path / "a.warc", content)) == expected


def test_records_hidden_by_a_length_that_is_too_great_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", A + record(length=10**6) + B + C)
    assert bodies(path)[-2:] == ["<p>b", "<p>c"]


def test_decompression_bomb_is_not_held_in_memory(tmp_path: Path) -> None:
    bomb = brotli.compress(b"a" * 200_000_000, quality=1)
    content = packed(record(body=bomb, headers=["Content-Type: text/html", "Content-Encoding: br"]), C)
    pages, skipped = read(write(tmp_path / "a.warc.gz", content))
    assert [page.body for page in pages] == [b"<p>c"]
    assert skipped == {"too-large": 1}


def test_no_damage_raises(tmp_path: Path) -> None:
    rng = random.Random(8)
    plain = (
        A
        + B
        + record(body=gzip.compress(PAGE), headers=["Content-Type: text/html", "Content-Encoding: gzip"])
        + C
    )
    for _ in range(400):
        content = bytearray(plain if rng.random() < 0.5 else packed(A, B, C))
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(content))
            if rng.random() < 0.5:
                content[at] = rng.randrange(256)
            else:
                del content[at : at + rng.randrange(40)]
        path = write(tmp_path / "a.warc", bytes(content[: rng.randint(1, len(content))]))
        pages, _ = read(path)
        assert len(pages) <= 4
