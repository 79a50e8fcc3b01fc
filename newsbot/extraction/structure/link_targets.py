"""Where the links and pictures of a page lead to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import urljoin

from newsbot.extraction.page.page import Page
from newsbot.extraction.structure.markdown import safe_url

Resolve = Callable[[str], str]
"""A function that returns the safe, absolute URL of an address as written on the page; "" if it leads nowhere else."""
_WEB = ("http://", "https://")


def resolver(page: Page, canonical_url: str | None) -> Resolve:
    """Return the function that resolves the addresses of a page; "" for a place on the same page, a script, nonsense.

    A page that was saved without its URL has relative addresses; they belong to its canonical URL."""
    base = page.base_url or ""
    if not base.startswith(_WEB):
        base = canonical_url or ""
    own = (page.url if page.url and page.url.startswith(_WEB) else base).partition("#")[0]

    @cache
    def resolve(address: str) -> str:
        address = address.strip()
        if not address or address.startswith("#"):
            return ""
        url = safe_url(address if address[:8].lower().startswith(_WEB) else _joined(base, address))
        return "" if "#" in url and url.partition("#")[0] == own else url

    return resolve


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # "//[broken"
        return ""
