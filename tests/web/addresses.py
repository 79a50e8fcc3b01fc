"""Addresses of every kind of page, from what a site links to."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

START = (
    "/",
    "/search?q=council",
    "/search?since=2026-03-01",
    "/entities",
    "/sources",
    "/watches?q=council",
    "/api",
)
KINDS = (
    r"/articles/\d+",
    r"/articles/\d+/revisions",
    r"/entities/\d+",
    r"/stories/\d+",
    r"/sources/[\w.-]+",
    r"/search\?[^\"]+",
    r"/feed\.atom(?:\?[^\"]+)?",
    r"/feed\.json(?:\?[^\"]+)?",
    r"/static/[^\"]+",
)


def every_kind(client: TestClient) -> list[str]:
    """Return the start pages, and the first address of each kind that they or articles link to."""
    found = list(START)
    html = "".join(client.get(address).text for address in START)
    changed = client.get("/api/articles?limit=60").json()["items"]
    revised = next(item["id"] for item in changed if item["revision"] > 1)
    html += client.get(f"/articles/{revised}").text
    for kind in KINDS:
        match = re.search(rf'"({kind})"', html)
        assert match, kind
        found.append(match[1].replace("&amp;", "&"))
    return found
