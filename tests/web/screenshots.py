"""`python -m tests.web.screenshots http://127.0.0.1:8000 docs/screenshots` takes the pictures of the README.

The site is a running `newsbot serve` over the database of `make demo`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.web.browser import chromium, look

HARBOUR = "/search?q=climate+OR+flood&since=60d&by=week"
PICTURES = {
    "home": ("/", ["1280-light", "1280-dark", "390-dark"]),
    "search": (HARBOUR, ["1280-light", "390-light"]),
    "compare": ("/search?q=climate&q2=energy&q3=flood&since=60d&by=week&share=1", ["1280-light"]),
    "entity": ("/entities?name=Ada+Kovac", ["1280-dark"]),
    "story": ("/search?q=ferry+fishing+boats -> .badge", ["1280-light"]),
    "article": ("/search?q=ferry+fishing+boats -> .hit h2 a", ["1280-light"]),
    "edits": ("/edits", ["1280-light"]),
    "sources": ("/sources", ["1280-dark"]),
}
"""Name -> address, or the address of a page and the first link on it that is followed, and the looks."""


def main(site: str, folder: Path) -> None:
    """Write the pictures to a folder."""
    with TemporaryDirectory() as profile, chromium(Path(profile)) as reader:
        for name, (address, looks) in PICTURES.items():
            for each in looks:
                width, scheme = each.split("-")
                look(reader, width=int(width), scheme=scheme)
                _open(reader, site, address)
                assert reader.save_screenshot(str(folder / f"{name}-{each}.png"))


def _open(reader: webdriver.Chrome, site: str, address: str) -> None:
    path, _, link = address.partition(" -> ")
    reader.get(site + path)
    if link:
        reader.get(str(reader.find_element(By.CSS_SELECTOR, link).get_attribute("href")))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
