"""Answers of servers as they should not be, made up from a seed: heads, lengths, codings, bodies, charsets, redirects."""

from __future__ import annotations

import gzip
import socket
import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from random import Random

import brotli

from tests.pages import article_page

Send = Callable[[socket.socket], None]
ESC = b"\x1b[31m\x07"
LABELS = [
    "undefined",
    "idna",
    "punycode",
    "hex",
    "base64",
    "rot13",
    "zlib_codec",
    "utf-7",
    "unicode_escape",
    "utf-16",
    "utf-32",
    "cp037",
    "x-none",
    "iso-2022-kr",
    "big5",
    "shift_jis",
    "euc-kr",
    "windows-1251",
    "iso-8859-8",
    "utf-8",
    "UTF8",
    "latin1",
]
TARGETS = (
    b"/",
    b"",
    b"/0",
    b"file:///etc/passwd",
    b"javascript:alert(1)",
    b"data:text/html,hello",
    b"http://10.0.0.1/",
    b"http://169.254.169.254/latest/meta-data/",
    b"http://[fec0::1]/",
    b"http://[::ffff:10.0.0.1]/",
    b"http://localhost.invalid/",
    b"//",
    b"http://",
    b"http://[",
    b"http://a:b@10.0.0.1:99999/",
    b"http://" + b"a" * 300 + b".invalid/",
    b"/" + b"a" * 9000,
    b"/\xff\xfe\x00",
    b"/" + ESC,
    b"https://127.0.0.1:1/",
)


def hostile_answer(seed: int, number: int) -> tuple[str, Send]:
    """Return the kind and the writer of the answer with this number. The same seed gives the same answers."""
    random = Random(f"{seed}-{number}")
    kind = list(KINDS)[number % len(KINDS)]
    return kind, KINDS[kind](random, number)


def page_of(random: Random, number: int) -> bytes:
    """Return an article, or what a hostile page has in its place."""
    page = article_page(number).encode()
    marks = "̖́".encode() * random.choice((10, 1000, 200_000))
    return random.choice(
        (
            page,
            page,
            page,
            b"",
            random.randbytes(random.choice((10, 5000))),
            bytes(random.choice((1, 50_000))),
            b"<div>" * 100_000 + page,
            page.replace(b"reopen", b"re" + marks),
            page.replace(b"<title>", b"<title>" + ESC * 10),
            page.replace(
                b"</head>", b'<script type="application/ld+json">' + b"[" * 50_000 + b"</script></head>"
            ),
            page.replace(
                b"</head>",
                b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"a\\ud800",'
                b'"image":"http://x.example/\\udfff","author":"\\ud800"}</script></head>',
            ),
            page.replace(b"<p>", b"<p " + b" ".join(b"a%d=b" % n for n in range(20_000)) + b">", 1),
            page.replace(b"<p>", b"<p>" + b"word " * 200_000, 1),
            page.replace(b"<p>", b"<p>" + b"x" * 1_000_000, 1),
            page.decode().encode("utf-16"),
            page.decode().encode("utf-16-be"),
            b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
            page[: random.randrange(len(page))],
        )
    )


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK", ending: bytes = b"\r\n") -> bytes:
    """Return a head that ends the connection after the response."""
    return ending.join([status, b"Connection: close", *lines, b"", b""])


HTML = b"Content-Type: text/html; charset=utf-8"


def written(*parts: bytes, pause_s: float = 0.0, is_reset: bool = False) -> Send:
    """Return a writer of parts, with a pause between them; a reset ends the connection without a farewell."""

    def send(connection: socket.socket) -> None:
        with suppress(OSError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause_s)
            if is_reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return send


def status_line(random: Random, number: int) -> Send:
    line = random.choice(
        (
            b"HTTP/1.1 200",
            b"HTTP/1.1 200 " + b"O" * random.choice((100, 100_000)),
            b"HTTP/1.1 200 " + ESC,
            b"HTTP/1.1 200 \xe4\xf6",
            b"HTTP/1.1 2OO OK",
            b"HTTP/1.1 -1 OK",
            b"HTTP/1.1 0 OK",
            b"HTTP/1.1 999 OK",
            b"HTTP/1.1 99999999999 OK",
            b"HTTP/1.1 \xd9\xa2\xd9\xa0\xd9\xa0 OK",
            b"HTTP/9.9 200 OK",
            b"HTTP/1.0 200 OK",
            b"HTTP/one.one 200 OK",
            b"ICY 200 OK",
            b"HTTP/1.1",
            b"",
            random.randbytes(50),
            b"HTTP/1.1 %d Reason" % random.randrange(100, 600),
        )
    )
    return written(head(HTML, status=line, ending=random.choice((b"\r\n", b"\n"))) + page_of(random, number))


def headers(random: Random, number: int) -> Send:
    line = random.choice(
        (
            b"Set-Cookie: " + b"a" * random.choice((10_000, 60_000, 70_000)),
            b"\r\n".join(
                b"Set-Cookie: c%d=%s" % (n, b"a" * 100) for n in range(random.choice((288, 900, 1500)))
            ),
            b"X-Name: a\0b",
            b"X-Name: " + ESC,
            b"X-Name: \xff\xfe",
            b"X-Name: a\r b\r\n c\r\n\td",
            b": no name",
            b"no colon",
            b" folded first",
            b"X-" + b"n" * 20_000 + b": a",
            b"Content-Type: " + ESC,
            b"Content-Type: text/html; charset=" + b"u" * 10_000,
            b"Content-Type: image/png",
            b"Content-Type: application/pdf",
            b"Last-Modified: " + ESC,
            b'ETag: "' + b"\xff" * 2000 + b'"',
            b"Refresh: 0; url=http://10.0.0.1/",
            b"Refresh: 0; url=" + ESC,
            b"Link: </a>; rel=canonical",
            b"Retry-After: 99999999999999999999",
            b"Date: never",
            b"Content-Encoding: " + ESC + b"evil",
            b"Content-Encoding: " + b", ".join([b"gzip"] * 100),
            b"Content-Encoding: identity, none, \xff",
        )
    )
    return written(head(HTML, line) + page_of(random, number))


def lengths(random: Random, number: int) -> Send:
    page = page_of(random, number)
    value = random.choice(
        (b"0", b"-1", b"1", b"99999999", b"9" * 50, b"1e3", b"abc", b"", b"5, 6", b"0x10", b"%d" % len(page))
    )
    twice = random.choice((b"Content-Length: " + value, b"X: y", b"Content-Length: 7"))
    return written(head(HTML, b"Content-Length: " + value, twice) + page)


def chunks(random: Random, number: int) -> Send:
    page = page_of(random, number)
    good = b"%x\r\n%s\r\n" % (len(page), page)
    body = random.choice(
        (
            good + b"0\r\n\r\n",
            good,
            b"-5\r\n" + page,
            b"zz\r\n" + page,
            b"ffffffffffffffff\r\n" + page,
            b"9" * 5000 + b"\r\n" + page,
            b"5;" + b"a" * 100_000 + b"\r\nhello\r\n0\r\n\r\n",
            good + b"0\r\n" + b"X-Trailer: a\r\n" * 20_000 + b"\r\n",
            good + b"0\r\n" + b"X-Trailer: " + b"a" * 200_000 + b"\r\n\r\n",
            b"%x\n%s\n0\n\n" % (len(page), page),
            b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n",
            page,
        )
    )
    coding = random.choice(
        (b"chunked", b"chunked", b"Chunked", b"gzip", b"identity", b"chunked, chunked", ESC)
    )
    return written(head(HTML, b"Transfer-Encoding: " + coding) + body)


def codings(random: Random, number: int) -> Send:
    page = page_of(random, number)
    bomb = bytes(random.choice((1_000_000, 30_000_000)))
    name, body = random.choice(
        (
            (b"gzip", gzip.compress(page)),
            (b"deflate", zlib.compress(page)),
            (b"br", brotli.compress(page, quality=1)),
            (b"gzip", gzip.compress(page)[: max(1, len(page) // 8)]),
            (b"gzip", page),
            (b"br", page),
            (b"zstd", page),
            (b"deflate", page),
            (b"gzip", gzip.compress(bomb, 1)),
            (b"deflate", zlib.compress(bomb, 1)),
            (b"br", brotli.compress(bomb, quality=1)),
            (b"gzip, gzip", gzip.compress(gzip.compress(bomb, 1), 1)),
            (b"gzip, br, deflate", zlib.compress(brotli.compress(gzip.compress(page), quality=1))),
            (b"gzip", gzip.compress(page) * 500),
            (b"gzip", random.randbytes(2000)),
            (b"x-gzip", gzip.compress(page)),
            (b"compress", page),
            (b"GZIP", gzip.compress(page)),
        )
    )
    return written(head(HTML, b"Content-Encoding: " + name) + body)


def bodies(random: Random, number: int) -> Send:
    kind = random.choice(
        (b"text/html", b"text/plain", b"application/xhtml+xml", b"application/xml", b"text/html", b"*/*")
    )
    page = page_of(random, number)
    if random.random() < 0.05:
        page += b" " * 11_000_000
    return written(head(b"Content-Type: " + kind) + page)


def charsets(random: Random, number: int) -> Send:
    label = random.choice(LABELS).encode()
    page = article_page(number, title="Grüße aus Köln").encode(random.choice(("utf-8", "cp1252")))
    if random.random() < 0.5:
        page = page.replace(b"<head>", b"<head><meta charset='" + label + b"'>")
        return written(head(b"Content-Type: text/html") + page)
    return written(head(b"Content-Type: text/html; charset=" + label) + page)


def redirects(random: Random, number: int) -> Send:
    target = random.choice((*TARGETS, b"/%d" % number, b"/%d?%d" % (number, random.randrange(10**9))))
    if random.random() < 0.25:
        page = b'<html><head><meta http-equiv="refresh" content="0; url=' + target + b'"></head><body>'
        return written(head(HTML) + page + article_page(number).encode())
    status = b"HTTP/1.1 %d Moved" % random.choice((300, 301, 302, 303, 304, 305, 307, 308, 399))
    return written(head(b"Location: " + target, status=status))


def broken_off(random: Random, number: int) -> Send:
    whole = head(HTML, b"Content-Length: 100000") + page_of(random, number)
    return written(whole[: random.choice((0, 1, 9, 40, len(whole)))], is_reset=random.random() < 0.5)


def slow(random: Random, number: int) -> Send:
    """Drip for a while; one in three for longer than the timeout of the crawl."""
    count, pause_s = random.choice(((10, 0.05), (10, 0.05), (200, 0.1)))
    page = article_page(number).encode()
    start = random.choice(
        (b"", b"HTTP/1.1 200 OK\r\n", head(HTML, b"Content-Length: %d" % (len(page) + count)))
    )
    filling = (
        b"X: y\r\n" if start.startswith(b"HTTP/1.1 200 OK\r\n") and not start.endswith(b"\r\n\r\n") else b" "
    )
    return written(start, *[filling] * count, page if start else b"", pause_s=pause_s)


def endless(random: Random, number: int) -> Send:
    start, part = random.choice(
        (
            (b"HTTP/1.1 200 OK\r\n", b"X-Name: " + b"a" * 16_000 + b"\r\n"),
            (b"HTTP/1.1 200 OK\r\nX-Name: ", b"a" * 16_000),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
            (b"", b"a" * 16_000),
            (head(HTML), b"<p>word</p>" * 1500),
            (head(HTML, b"Transfer-Encoding: chunked"), b"4000\r\n" + b"a" * 0x4000 + b"\r\n"),
        )
    )
    return written(start, *[part] * 1500)


KINDS: dict[str, Callable[[Random, int], Send]] = {
    function.__name__: function
    for function in (
        status_line,
        headers,
        lengths,
        chunks,
        codings,
        bodies,
        charsets,
        redirects,
        broken_off,
        slow,
        endless,
        bodies,
    )
}
