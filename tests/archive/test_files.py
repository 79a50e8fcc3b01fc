import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbot.archive.files import find_pages, read_page
from newsbot.errors import InputError, TooLargeError

LIMIT = 1_000


def write(path: Path, body: bytes = b"<p>page") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def found(pattern: object, root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in find_pages(str(pattern))]


def test_folder_gives_its_pages_and_those_of_subfolders_in_order(tmp_path: Path) -> None:
    for name in (
        "b.html",
        "a.htm",
        "sub/c.html.gz",
        "sub/d.txt",
        "UPPER.HTML",
        "e.pdf",
        "meta.json",
        "a.url",
    ):
        write(tmp_path / name)
    assert found(tmp_path, tmp_path) == ["UPPER.HTML", "a.htm", "b.html", "sub/c.html.gz", "sub/d.txt"]


def test_glob_gives_the_matching_files(tmp_path: Path) -> None:
    for name in ("2024/a.html", "2024/b.txt", "2025/c.html", "2025/d.json"):
        write(tmp_path / name)
    assert found(tmp_path / "*" / "*.html", tmp_path) == ["2024/a.html", "2025/c.html"]
    assert found(tmp_path / "20*", tmp_path) == ["2024/a.html", "2024/b.txt", "2025/c.html"]


def test_single_file_may_have_any_name(tmp_path: Path) -> None:
    page = write(tmp_path / "page.asp")
    assert list(find_pages(str(page))) == [page]


@pytest.mark.parametrize("name", ["missing.html", "empty", "empty/*.html"])
def test_path_without_pages_raises_an_error_with_the_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name.replace("*", r"\*")):
        list(find_pages(str(tmp_path / name)))


def test_the_url_is_read_from_the_url_file_beside_the_page(tmp_path: Path) -> None:
    page = write(tmp_path / "story.html.gz", gzip.compress(b"<p>text"))
    write(tmp_path / "story.url", b"https://news.example/story\n")
    saved = read_page(page, max_bytes=LIMIT)
    assert (saved.url, saved.body) == ("https://news.example/story", b"<p>text")


def test_meta_json_gives_url_time_and_charset(tmp_path: Path) -> None:
    page = write(tmp_path / "page.html")
    notes = {"url": "https://news.example/a", "fetched_at": "2024-05-01T12:00:00+02:00", "charset": "latin-1"}
    write(tmp_path / "meta.json", json.dumps(notes).encode())
    saved = read_page(page, max_bytes=LIMIT)
    assert saved.url == "https://news.example/a"
    assert saved.retrieved_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert saved.charset == "latin-1"
    assert saved.status == 200


@pytest.mark.parametrize(("given", "status"), [(410, 410), (404, 404), (503, 200), ("410", 200), ([], 200)])
def test_meta_json_says_that_a_page_is_gone(tmp_path: Path, given: object, status: int) -> None:
    page = write(tmp_path / "page.html")
    write(tmp_path / "meta.json", json.dumps({"status": given}).encode())
    assert read_page(page, max_bytes=LIMIT).status == status


def test_meta_json_is_ignored_if_several_pages_share_the_folder(tmp_path: Path) -> None:
    page = write(tmp_path / "a.html")
    write(tmp_path / "b.html")
    write(tmp_path / "meta.json", b'{"url": "https://news.example/a"}')
    assert read_page(page, max_bytes=LIMIT).url == page.as_uri()


@pytest.mark.parametrize(
    "notes", [b"", b"[]", b"{", b'{"url": 1}', b'{"url": "javascript:alert(1)"}', b"\xff"]
)
def test_invalid_metadata_is_ignored(tmp_path: Path, notes: bytes) -> None:
    page = write(tmp_path / "page.html")
    write(tmp_path / "meta.json", notes)
    assert read_page(page, max_bytes=LIMIT).url == page.as_uri()


def test_page_above_the_limit_raises_another_error_than_an_unreadable_one(tmp_path: Path) -> None:
    bomb = write(tmp_path / "bomb.html.gz", gzip.compress(b"a" * 1_000_000))
    with pytest.raises(TooLargeError):
        read_page(bomb, max_bytes=LIMIT)


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"a" * 100)[:-20], b"\x1f\x8b\x08\x00" + b"\xff" * 40]
)
def test_broken_gzip_is_unreadable(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        read_page(write(tmp_path / "page.html.gz", body), max_bytes=LIMIT)
    assert caught.value.reason == "unreadable"


def test_a_file_has_one_address_however_its_path_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write(tmp_path / "pages" / "a.html")
    monkeypatch.chdir(tmp_path / "pages")
    assert {page.as_uri()} == {
        read_page(Path(given), max_bytes=LIMIT).url for given in ("../pages/a.html", "a.html")
    }
