"""Archives are found and read wherever they are: in object stores, on servers with and without ranges, in lists."""

from __future__ import annotations

import gzip
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsbot.archive.warc_pages import ByteRange, read_pages, warc_spans
from newsbot.errors import InputError
from newsbot.jobs.remote import http_files
from newsbot.jobs.remote.archive_places import client_of, find_archives, opener_of
from newsbot.jobs.remote.objects import file_system
from newsbot.settings import read_settings
from tests.archive.warcs import packed, record, write
from tests.site import Answer, Asked, Site, running_site

LOOPBACK = read_settings({"NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8"})
BLOCK = 150_000
"""Size of a block in these tests, more than readers of archives read ahead."""


def body(number: int) -> bytes:
    return b"<p>" + random.Random(number).randbytes(20_000).hex().encode()


PAGES = packed(*(record(f"https://news.example/{number}", body(number)) for number in range(40)))


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        yield served


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_files, "BLOCK_BYTES", BLOCK)
    monkeypatch.setattr(http_files, "PAUSES_S", (0.0, 0.0))


def ranged(body: bytes) -> Callable[[Asked], Answer]:
    """Return a page of a server that sends ranges."""

    def answer(asked: Asked) -> Answer:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers.get("Range", ""))
        if found is None:
            return Answer(body)
        start, end = int(found[1]), min(int(found[2]) + 1, len(body))
        headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(body)}"}
        return Answer(body[start:end], status=206, headers=headers)

    return answer


def find(*patterns: str, lists: tuple[str, ...] = (), base_url: str = "") -> list[str]:
    found, failures = find_archives(patterns, lists=lists, base_url=base_url, client=client_of(LOOPBACK))
    assert failures == []
    return [archive.place for archive in found]


def read(place: str, span: ByteRange | None = None) -> list[str]:
    opener = opener_of(LOOPBACK)
    [whole] = warc_spans(place, opener)
    skipped: Counter[str] = Counter()
    pages = read_pages(place, span or whole, max_bytes=10**6, skipped=skipped, opener=opener)
    urls = [page.url for _, page in pages]
    assert skipped == {}
    return urls


ALL = [f"https://news.example/{number}" for number in range(40)]


def test_a_server_that_sends_ranges_is_read_from_any_position(site: Site) -> None:
    site.pages["/a.warc.gz"] = ranged(PAGES)
    url = f"{site.url}/a.warc.gz"
    [archive] = find_archives([url], client=client_of(LOOPBACK))[0]
    assert (archive.size, archive.has_ranges) == (len(PAGES), True)
    assert read(url) == ALL
    half = len(PAGES) // 2
    assert read(url, ByteRange(0, half)) + read(url, ByteRange(half, len(PAGES))) == ALL


def test_a_block_is_asked_for_once(site: Site) -> None:
    site.pages["/a.warc.gz"] = ranged(PAGES)
    read(f"{site.url}/a.warc.gz")
    blocks = [asked.headers["Range"] for asked in site.asked if asked.headers["Range"] != "bytes=0-0"]
    assert len(blocks) == len(set(blocks)) == -(-len(PAGES) // BLOCK)


def test_a_server_without_ranges_is_read_from_the_beginning(site: Site) -> None:
    site.pages["/a.warc.gz"] = Answer(PAGES)
    url = f"{site.url}/a.warc.gz"
    [archive] = find_archives([url], client=client_of(LOOPBACK))[0]
    assert not archive.has_ranges
    assert read(url) == ALL
    later = read(url, ByteRange(len(PAGES) // 2, len(PAGES)))
    assert later == ALL[-len(later) :]
    assert 15 < len(later) < 25


def test_redirects_are_followed_and_errors_that_pass_are_waited_out(site: Site) -> None:
    ranges, failures = ranged(PAGES), [503, 429]

    def answer(asked: Asked) -> Answer:
        return Answer(status=failures.pop()) if failures else ranges(asked)

    site.pages["/b.warc.gz"] = answer
    url = site.redirect("/a.warc.gz", "/b.warc.gz")
    assert read(url) == ALL


def test_a_private_address_is_refused_in_one_line(site: Site) -> None:
    site.pages["/a.warc.gz"] = Answer(PAGES)
    with pytest.raises(InputError, match="NEWSBOT_ALLOWED_NETWORKS") as error:
        find_archives([f"{site.url}/a.warc.gz"], client=client_of(read_settings({})))
    assert "\n" not in str(error.value)
    assert site.asked == []


def test_a_file_that_is_not_there_is_named(site: Site) -> None:
    with pytest.raises(InputError, match="HTTP 404"):
        find(f"{site.url}/a.warc.gz")
    with pytest.raises(InputError, match="no archive in it"):
        find(f"{site.url}/a.html")


def test_a_file_that_changes_while_it_is_read_fails(site: Site) -> None:
    site.pages["/a.warc.gz"] = ranged(PAGES)
    with opener_of(LOOPBACK)(f"{site.url}/a.warc.gz") as file:
        file.read(10)
        site.pages["/a.warc.gz"] = ranged(PAGES + b"more")
        with pytest.raises(InputError, match="has changed"):
            file.read(3 * BLOCK)


# ------------------------------------------------------------------ stores and lists


def test_globs_and_prefixes_of_a_store(bucket: str) -> None:
    files, path = file_system(bucket)
    for name in ("2026/a.warc.gz", "2026/b.warc.gz", "2025/c.warc.gz", "2026/notes.txt"):
        files.pipe_file(f"{path}/{name}", PAGES)
    assert find(f"{bucket}/*/*.warc.gz", f"{bucket}/2026/") == [
        f"{bucket}/{name}" for name in ("2025/c.warc.gz", "2026/a.warc.gz", "2026/b.warc.gz")
    ]
    assert find(f"{bucket}/2025/c.warc.gz") == [f"{bucket}/2025/c.warc.gz"]
    assert read(f"{bucket}/2025/c.warc.gz") == ALL
    with pytest.raises(InputError, match="no archive in it"):
        find(f"{bucket}/2024/*")


def test_a_list_names_archives_anywhere(site: Site, tmp_path: Path, bucket: str) -> None:
    site.pages["/a.warc.gz"] = ranged(PAGES)
    files, path = file_system(bucket)
    files.pipe_file(f"{path}/b.warc.gz", PAGES)
    write(tmp_path / "here" / "c.warc.gz", PAGES)
    listed = [f"{site.url}/a.warc.gz", "", "# a comment", f"{bucket}/b.warc.gz", "here/c.warc.gz"]
    (tmp_path / "paths.txt").write_text("\n".join(listed))
    expected = [f"{site.url}/a.warc.gz", f"{bucket}/b.warc.gz", str(tmp_path / "here" / "c.warc.gz")]
    assert find(f"@{tmp_path / 'paths.txt'}") == expected
    assert find(lists=(str(tmp_path / "paths.txt"),)) == expected


def test_the_paths_of_common_crawl_are_below_a_base_url(site: Site, tmp_path: Path) -> None:
    names = ["crawl-data/CC-NEWS/2026/10/1.warc.gz", "crawl-data/CC-NEWS/2026/10/2.warc.gz"]
    for name in names:
        site.pages[f"/{name}"] = ranged(PAGES)
    packed_list = gzip.compress("\n".join(names).encode())
    site.pages["/crawl-data/warc.paths.gz"] = ranged(packed_list)
    path = write(tmp_path / "warc.paths.gz", packed_list)
    expected = [f"{site.url}/{name}" for name in names]
    assert find(str(path), base_url=f"{site.url}/") == expected
    assert find(f"{site.url}/crawl-data/warc.paths.gz", base_url=site.url) == expected
    assert find(f"{site.url}/crawl-data/warc.paths.gz") == expected, "it is below the same folder"


def test_lines_that_cannot_be_read_are_named_and_the_others_are_found(site: Site, tmp_path: Path) -> None:
    write(tmp_path / "c.warc.gz", PAGES)
    (tmp_path / "list").write_text(f"c.warc.gz\nmissing.warc.gz\n{site.url}/gone.warc.gz\n")
    found, failures = find_archives([f"@{tmp_path / 'list'}"], client=client_of(LOOPBACK))
    assert [archive.place for archive in found] == [str(tmp_path / "c.warc.gz")]
    assert "no such file" in failures[0]
    assert "HTTP 404" in failures[1]


def test_a_list_from_elsewhere_names_no_files_of_this_machine(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "secret.warc.gz", PAGES)
    site.pages["/warc.paths"] = Answer(path.as_uri().encode())
    with pytest.raises(InputError, match="not elsewhere"):
        find(f"{site.url}/warc.paths")
    site.pages["/warc.paths"] = Answer(str(path).encode())
    with pytest.raises(AssertionError, match="404"):
        find(f"{site.url}/warc.paths")


@pytest.mark.parametrize("content", ["", "\n# nothing today\n"])
def test_a_list_without_archives_is_a_mistake(tmp_path: Path, content: str) -> None:
    (tmp_path / "today.txt").write_text(content)
    with pytest.raises(InputError, match="names no archive"):
        find(f"@{tmp_path / 'today.txt'}")


def test_an_address_of_ipv6_is_refused_as_what_it_is() -> None:
    with pytest.raises(InputError, match=r"::1.*private|private.*::1|not public|refused"):
        find("http://[::1]/x.warc.gz")
