"""Templates. Every value is escaped, and links lead to http and https only."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from newsbot.items import EntityType
from newsbot.query.written_values import written_name
from newsbot.store.queries import MARK_END, MARK_START
from newsbot.web.html import charts, maps, ties
from newsbot.web.html.display_names import country_name, language_name

STATIC = {file.name: file.read_bytes() for file in files("newsbot.web").joinpath("static").iterdir()}
"""File name -> content of the files that pages load."""
KINDS: Mapping[EntityType, str] = {"PER": "Person", "ORG": "Organisation", "LOC": "Place"}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
"""Codes of languages that are written from right to left."""
MAX_WORD_CHARS = 25
"""Maximum length of a word that is left out at the end of a teaser."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]\W*$")
_MARKED = re.compile(f"{MARK_START}([^{MARK_START}{MARK_END}]*)(?:{MARK_END}|$|(?=…$))")
"""What is between marks; a text that was cut may lack the last one."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MAX_TITLE_CHARS = 250
"""Maximum length of a headline in a list; the article's own page shows the rest."""


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from a template."""
    site = request.app.state.site
    given = {"root": request.scope.get("root_path", ""), "images": site.images, "now": site.now()}
    html = TEMPLATES.get_template(template).render(request=request, **given | values)
    return HTMLResponse(html.encode(errors="replace"), status)


def web_link(url: str | None) -> str | None:
    """Return the URL if its scheme is http or https, otherwise None: only such URLs may be linked to."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:
        return None


def host(url: str) -> str:
    """Return the host of a URL for display, without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or url[:80]
    except ValueError:
        return url[:80]


def marked(snippet: str) -> Markup:
    """Return a snippet as HTML, with the search terms in `<mark>`."""
    html = _MARKED.sub(r"<mark>\1</mark>", str(escape(snippet)))
    return Markup(html)  # noqa: S704 -- escaped above


def clipped(text: str | None, length: int = MAX_TITLE_CHARS) -> str:
    """Return text on one line, cut to `length` characters."""
    line = " ".join((text or "")[: 2 * length].split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def teaser(text: str | None, length: int) -> str:
    """Return the beginning of a text on one line, which ends with a sentence or a whole word.

    Sites cut descriptions after a number of characters, in the middle of a word."""
    line = clipped(text, length)
    is_cut = len(line) > length
    if not line or (not is_cut and _SENTENCE_END.search(line)):
        return line
    words, _, last = line.removesuffix("…").rpartition(" ")
    if not words or len(last) > MAX_WORD_CHARS:  # a language that is written without spaces
        return f"{line.removesuffix('…')}…"
    return words if _SENTENCE_END.search(words) else f"{words.rstrip(',;:–—- ')} …"


def direction(language: str | None) -> str:
    """Return the HTML `dir` value of a language: `rtl` or `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def day(moment: datetime | date) -> str:
    """Return "3 March 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def time_of(moment: datetime, *, is_short: bool = False) -> str:
    """Return "3 March 2026, 14:05 UTC", or "3 Mar 2026, 14:05 UTC"."""
    shown = f"{moment.day} {moment:%b %Y}" if is_short else day(moment)
    return f"{shown}, {moment:%H:%M} UTC"


def short_time(moment: datetime, now: datetime) -> str:
    """Return the time of an article in a list, in UTC: "14:05" if it is of today, "Mon 14:05" of this week, else the day."""
    days = (now.date() - moment.date()).days
    if 0 <= days < 7:
        return f"{moment:%H:%M}" if days == 0 else f"{moment:%a %H:%M}"
    return day(moment)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newsbot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clipped": clipped,
        "teaser": teaser,
        "day": day,
        "direction": direction,
        "host": host,
        "is_day": lambda text: bool(_DAY.fullmatch(text)),
        "listed": lambda names: ", ".join(map(written_name, names)),
        "marked": marked,
        "language_name": language_name,
        "country_name": country_name,
        "short_time": short_time,
        "time_of": time_of,
        "web_link": web_link,
        "path": lambda text: quote(text, safe=""),
    }
    versions = {name: hashlib.blake2b(content, digest_size=6).hexdigest() for name, content in STATIC.items()}
    environment.globals |= {
        "kinds": KINDS,
        "versions": versions,
        "Series": charts.Series,
        "time_chart": charts.time_chart,
        "tie_picture": ties.tie_picture,
        "sparkline": charts.sparkline,
        "share_bar": charts.share_bar,
        "world_map": maps.world_map,
        "max_title_chars": MAX_TITLE_CHARS,
    }
    return environment


TEMPLATES = _environment()
