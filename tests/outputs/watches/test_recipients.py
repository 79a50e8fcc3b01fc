"""Addresses of Apprise: what arrives at services. The mail server is a fake that speaks as much SMTP as is needed."""

from __future__ import annotations

import email
import socketserver
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message as Mail
from threading import Thread

import pytest

from newsbot.errors import UsageError
from newsbot.outputs.output_protocol import UndeliveredError
from newsbot.outputs.watches.messages import make_message
from newsbot.outputs.watches.recipients import addresses_of_watch
from newsbot.outputs.watches.watch_table import WatchTable
from tests.outputs.receiver import receiving
from tests.outputs.watches.test_messages import HIT

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
"""Apprise imports it, on Python 3.11 and 3.12."""

HOSTILE = '<b onclick="x()">Bold</b> [click](https://evil.example) \r\nBcc: all@evil.example'


class FakeSmtp(socketserver.StreamRequestHandler):
    """Takes one mail after the other."""

    mails: list[str]

    def handle(self) -> None:
        self._say("220 fake")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self._say("354 go on")
                body = iter(self.rfile.readline, b".\r\n")
                lines = [
                    line.removeprefix(b".") for line in body
                ]  # a leading dot is doubled (RFC 5321, 4.5.2)
                self.mails.append(b"".join(lines).decode())
            if line.upper().startswith(b"QUIT"):
                break
            self._say("250 OK")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """The port of a mail server, and the mails that it gets."""
    mails: list[str] = []
    handler = type("Handler", (FakeSmtp,), {"mails": mails})
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1], mails
        server.shutdown()
        thread.join()


def parts(mail: Mail) -> dict[str, str]:
    return {
        part.get_content_type(): (part.get_payload(decode=True) or b"").decode()  # type: ignore[union-attr]
        for part in mail.walk()
        if not part.is_multipart()
    }


def send(url: str, title: str = HOSTILE) -> None:
    watch = WatchTable.model_validate({"name": "harbour", "notify": [url]})
    hit = replace(HIT, title=title)
    [address] = addresses_of_watch(watch, ())
    address.send(make_message(watch, [hit], message_id="m", is_sample=False), "m")


def test_mail_has_text_and_html_and_no_headers_or_markup_of_a_headline(
    mail_server: tuple[int, list[str]],
) -> None:
    port, mails = mail_server
    send(f"mailto://127.0.0.1:{port}?from=bot@news.example&to=reader@news.example&mode=insecure")
    mail = email.message_from_string(mails[0])
    assert "newsbot: 1 new article for harbour" in str(mail["Subject"])
    assert mail["Bcc"] is None
    found = parts(mail)
    assert "&lt;b onclick=" in found["text/html"]
    assert '<a href="https://news.example/1">' in found["text/html"]
    assert "<b onclick" not in found["text/html"]
    assert "https://news.example/1" in found["text/plain"]


def test_chat_in_markdown_shows_a_headline_as_it_is_written() -> None:
    with receiving() as receiver:
        send(f"{receiver.url.replace('http', 'json')}?format=markdown")
    said = receiver.requests[0].value["message"]
    assert "[click](https://evil.example)" not in said
    assert "<b onclick" not in said.replace("\\<", "")


def test_service_that_fails_says_why() -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: (503, b"")
        with pytest.raises(UndeliveredError, match="503"):
            send(receiver.url.replace("http", "json"))


def test_address_that_apprise_does_not_know_is_an_error_without_its_secrets() -> None:
    with pytest.raises(UsageError) as caught:
        send("pigeon://user:hush@roof")
    assert "[[watch]] 'harbour': notify has an address of the kind 'pigeon'" in str(caught.value)
    assert "hush" not in str(caught.value)
