"""The pages of the reference that are made from the code: commands, API, tables, Python."""

from __future__ import annotations

import textwrap
from datetime import datetime

from docs.generate.markdown import table
from docs.generate.tables import tables_page
from newsbot.store.database import Database
from newsbot.web.app import application
from newsbot.web.openapi.description import Endpoint, endpoints
from newsbot.web.serving.site import Site

COMMANDS = """\
# Commands

Everything that `newsbot` can do, as `--help` says it. Results go to standard output, messages to standard error. The exit
status is 0; 2 for a mistake in arguments or settings, 1 for a failure, 130 after Ctrl-C.

::: mkdocs-click
    :module: newsbot.cli
    :command: newsbot
    :prog_name: newsbot
    :depth: 1
    :style: plain
"""

PYTHON = """\
# Python

What newsbot promises to those who import it; `newsbot.extract`, `newsbot.crawl`, `newsbot.open` and `newsbot.Article` are the
first of them under short names. Everything else may change in any version.
"""
PUBLIC = (
    "newsbot.extraction.extract",
    "newsbot.api.crawl",
    "newsbot.api.open_database",
    "newsbot.api.Database",
    "newsbot.api.Results",
    "newsbot.entities.recognize",
    "newsbot.urls.canonicalize",
    "newsbot.items.Article",
    "newsbot.items.Entity",
    "newsbot.items.Mention",
)
"""What `PYTHON` documents."""


def reference_pages() -> dict[str, str]:
    """Return the path of each page in the site and its Markdown."""
    return {
        "reference/commands.md": COMMANDS,
        "reference/api.md": api_page(),
        "reference/tables.md": tables_page(),
        "reference/python.md": PYTHON + "".join(f"\n::: {name}\n" for name in PUBLIC),
    }


def api_page() -> str:
    """Return the page of the API: every address, its parameters and its answer."""
    site = Site(database=Database("sqlite:///none.db"), now=_never, images=False, url=None)
    parts = "\n".join(_endpoint(endpoint) for endpoint in endpoints(application(site).openapi(), {}))
    return f"""\
# API

`newsbot serve` answers these addresses with JSON. `/docs` has the same with examples from your own database,
`/openapi.json` is the description for programs. All are for reading only. Answers with `next` come in pages: ask for
`next` until it is null. A mistake is answered with a problem document (RFC 9457); a parameter that an address does not
have is one.

{parts}"""


def _never() -> datetime:
    raise AssertionError("a description of the API asks for no time")


def _endpoint(endpoint: Endpoint) -> str:
    parameters = [(f"`{field.name}`", field.kind, field.about) for field in endpoint.parameters]
    answer = [(f"`{field.name}`", field.kind, field.about) for field in endpoint.answer]
    parts = [f"## `GET {endpoint.path}`", endpoint.about]
    parts += [table(("parameter", "type", ""), parameters)] if parameters else []
    parts += [table(("answer", "type", ""), answer)] if answer else []
    return "\n\n".join(textwrap.dedent(part) for part in parts) + "\n"
