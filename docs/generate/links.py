"""Links of documents: relative to the repository in the sources, relative to the site in what is built."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUTSIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/*.md", "training/README.md")
"""Documents that are not in docs/ and are pages of the site."""

_LINK = re.compile(r"\[(?P<words>[^\[\]]*)\]\((?P<target>(?![a-z]+:|#)[^()\s#]+)(?P<anchor>#[^()\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def outside_documents() -> list[str]:
    """Return the paths of `OUTSIDE`, relative to the repository, which are also those in the site."""
    return sorted(path.relative_to(ROOT).as_posix() for pattern in OUTSIDE for path in ROOT.glob(pattern))


def documents() -> list[str]:
    """Return the paths in the site of all pages that are not generated."""
    folder = ROOT / "docs"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md")) + outside_documents()


def site_links(markdown: str, page: str) -> str:
    """Return the text of a page with links that hold in the site; `page` is its path there.

    Of a link to a file that the site has not, the words remain."""
    parts = _FENCE.split(markdown)
    parts[::2] = [_LINK.sub(lambda link: _site_link(link, page), part) for part in parts[::2]]
    return "".join(parts)


def _site_link(link: re.Match[str], page: str) -> str:
    in_repository = page if page in outside_documents() else f"docs/{page}"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository), link["target"]))
    anchor = link["anchor"] or ""
    if target.startswith("docs/"):
        target = target.removeprefix("docs/")
    elif target not in outside_documents():
        return link["words"]
    place = posixpath.relpath(target, posixpath.dirname(page) or ".")
    return f"[{link['words']}]({place}{anchor})"
