"""What a watch says of the articles that it has found: plain text, HTML, and the JSON of webhooks.

Everything comes from the web. HTML is escaped, and lines hold no control characters, so that no headline becomes markup, a
further line, or the mention of everybody in a chat."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from newsbot.items import utc_text
from newsbot.outputs.watches.watch_table import WatchTable
from newsbot.store.queries import WatchHit
from newsbot.text import UNPRINTABLE

MAX_TITLE_CHARS = 250
_MENTION = re.compile(r"@(?=\w)")
_WORD_JOINER = "\u2060"
"""A character that is not seen: chats do not take what follows an `@` and it for a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message, in the forms that addresses take."""

    subject: str
    text: str
    html: str
    payload: bytes
    """JSON for webhooks."""


def make_message(watch: WatchTable, hits: Sequence[WatchHit], *, message_id: str, is_sample: bool) -> Message:
    """Return what a watch says of articles."""
    count = f"{len(hits)} new article{'' if len(hits) == 1 else 's'}"
    subject = f"newsbot: {count} for {watch.name}" + (" (a test)" if is_sample else "")
    return Message(
        subject=subject,
        text="\n\n".join([subject, *map(_as_text, hits)]),
        html=f"<p>{escape(subject)}</p>\n<ul>\n" + "\n".join(map(_as_html, hits)) + "\n</ul>",
        payload=_payload(watch, hits, message_id, is_sample),
    )


def line(text: str | None, length: int = MAX_TITLE_CHARS) -> str:
    """Return text from the web on one line, of at most this length, without characters that control anything."""
    shown = " ".join(UNPRINTABLE.sub(" ", text or "").split())
    return shown if len(shown) <= length else f"{shown[:length].rstrip()}…"


def _said(text: str | None, length: int = MAX_TITLE_CHARS) -> str:
    return _MENTION.sub(f"@{_WORD_JOINER}", line(text, length))


def _link(url: str) -> str:
    """Return a URL for people to follow, or nothing: pages may claim addresses of any scheme."""
    shown = line(url, 2_000)
    return shown if re.match("https?://", shown) and " " not in shown else ""


def _about(hit: WatchHit) -> str:
    return f"{line(hit.source or 'unknown source')}, {hit.dated_at:%Y-%m-%d %H:%M} UTC"


def _as_text(hit: WatchHit) -> str:
    lines = [_said(hit.title) or "Without a title", _about(hit), _said(hit.snippet, 500), _link(hit.url)]
    return "\n".join(filter(None, lines))


def _as_html(hit: WatchHit) -> str:
    """Return an entry of a list. The link shows its address, which is what plain text made from it keeps."""
    title, link = escape(_said(hit.title) or "Without a title"), escape(_link(hit.url))
    lines = [f"<b>{title}</b>", escape(_about(hit)), escape(_said(hit.snippet, 500))]
    shown = [f'<a href="{link}">{link}</a>'] if link else []
    return f"<li>{'<br>'.join([*lines, *shown])}</li>"


def _payload(watch: WatchTable, hits: Sequence[WatchHit], message_id: str, is_sample: bool) -> bytes:
    value = {
        "type": "watch",
        "id": message_id,
        "watch": watch.name,
        "query": watch.query,
        "is_test": is_sample,
        "articles": [
            {
                "id": hit.id,
                "url": hit.url,
                "title": hit.title,
                "source": hit.source,
                "language": hit.language,
                "dated_at": utc_text(hit.dated_at),
                "found_at": utc_text(hit.found_at),
                "snippet": hit.snippet,
            }
            for hit in hits
        ],
    }
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")
