"""Answers with endless or very many headers."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from newsbot.middlewares.bounded_http import MAX_HEAD_LINES
from newsbot.store.queries import list_rejects
from tests.certificates import Authority
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page
from tests.raw_site import running_raw_site

OK = b"HTTP/1.1 200 OK\r\n"
PAGE = article_page(1).encode()
SENT_BYTES = 30_000_000


def endless(start: bytes, line: bytes) -> object:
    def send(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(start)
            for _ in range(0, SENT_BYTES, len(line)):
                connection.sendall(line)

    return send


HEADS = {
    "long lines": endless(OK, b"X-Name: " + b"a" * 16_000 + b"\r\n"),
    "short lines": endless(OK, b"a: b\r\n" * 1000),
    "one line": endless(OK + b"X-Name: ", b"a" * 16_000),
    "one folded line": endless(OK + b"X-Name: a\r\n", b" " + b"a" * 16_000 + b"\r\n"),
    "no colon": endless(OK, b"a" * 1000 + b"\r\n"),
    "status line": endless(b"HTTP/1.1 200 ", b"O" * 16_000),
    "interim responses": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100),
    "HTTP/1.0": endless(b"HTTP/1.0 200 OK\n", b"X-Name: " + b"a" * 16_000 + b"\n"),
}


def settings(folder: Path) -> dict[str, object]:
    return {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
        "DOWNLOAD_TIMEOUT": 30,
    }


@pytest.mark.parametrize("is_tls", [False, True], ids=["http", "https"])
@in_reactor
async def test_endless_headers_are_a_reject_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_tls: bool
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    tls = authority.server("127.0.0.15") if is_tls else None
    with running_raw_site("127.0.0.15", tls) as site:
        site.answers |= {f"/{name.replace(' ', '-').replace('/', '')}": send for name, send in HEADS.items()}  # type: ignore[misc]
        urls = [site.url + path for path in site.answers]
        outcome = await crawl("article", settings(tmp_path), url=",".join(urls))
        pages = [line for line in site.asked if "robots" not in line]
        assert len(pages) == len(HEADS)  # none is asked for again
    with reading(f"sqlite:///{tmp_path / 'newsbot.db'}") as session:
        found = {
            reject.url.rpartition("/")[2]: (reject.reason, reject.detail) for reject in list_rejects(session)
        }
    assert {reason for reason, _ in found.values()} == {"headers-too-large"}
    assert found["long-lines"][1] == "the headers have more than 262144 bytes"
    assert found["short-lines"][1] == f"the headers have more than {MAX_HEAD_LINES} lines"
    assert outcome.stats.get("memusage/max", 0) - outcome.stats.get("memusage/startup", 0) < 100_000_000


@in_reactor
async def test_many_headers_within_the_limits_are_read(tmp_path: Path) -> None:
    lines = b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"a" * 400) for number in range(500))
    lines += b"Content-Security-Policy: " + b"a" * 40_000 + b"\r\n"
    with running_raw_site("127.0.0.15") as site:
        site.answers["/1"] = OK + b"Content-Type: text/html\r\n" + lines + b"Connection: close\r\n\r\n" + PAGE
        outcome = await crawl("article", settings(tmp_path), url=site.url + "/1")
    assert outcome.stats["newsbot/store/new"] == 1


@in_reactor
async def test_a_status_that_no_column_can_hold_is_no_answer(tmp_path: Path) -> None:
    with running_raw_site("127.0.0.15") as site:
        statuses = [b"0", b"-1", b"99", b"1000", b"99999999999"]
        for number, status in enumerate(statuses):
            head = b"HTTP/1.1 " + status + b" OK\r\nConnection: close\r\n\r\n"
            site.answers[f"/{number}"] = head + PAGE
        urls = [site.url + path for path in site.answers]
        await crawl("article", settings(tmp_path) | {"RETRY_TIMES": 0}, url=",".join(urls))
    with reading(f"sqlite:///{tmp_path / 'newsbot.db'}") as session:
        rejects = list_rejects(session)
    assert [reject.reason for reject in rejects] == ["fetch-failed"] * len(statuses)
    assert all("the status has not three digits" in (reject.detail or "") for reject in rejects)
