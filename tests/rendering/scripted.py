"""Pages whose text is made by scripts, and the processes of the browser that runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.pages import article_page
from tests.site import Answer, Site

SCRIPT = {"Content-Type": "text/javascript"}
SHELL = (
    "<!doctype html><html><head><title>Example</title>{head}</head><body>"
    '<noscript>Please enable scripts to read this page.</noscript><div id="root"></div></body></html>'
)
BUILD = """
(async () => {
  const text = await (await fetch('/content' + location.pathname)).text();
  const made = new DOMParser().parseFromString(text, 'text/html');
  for (const meta of made.head.querySelectorAll('meta, title')) document.head.append(meta);
  document.getElementById('root').replaceWith(made.querySelector('main'));
})();
"""


def scripted_page(site: Site, path: str, number: int, *, title: str | None = None) -> str:
    """Serve an article that only a script puts into its page; return its URL."""
    site.pages["/build.js"] = Answer(BUILD.encode(), headers=SCRIPT)
    site.html(f"/content{path}", article_page(number, title=title))
    return site.html(path, SHELL.format(head='<script defer src="/build.js"></script>'))


def answer_at(site: Site, path: str) -> Answer:
    """Return the answer of a site at a path."""
    answer = site.pages[path]
    assert isinstance(answer, Answer)
    return answer


def running_script(site: Site, path: str, script: str) -> str:
    """Serve a page that runs a script; return its URL."""
    return site.html(path, SHELL.format(head=f"<script>{script}</script>"))


def catalog(folder: Path, site: Site, *, render: bool = True, extra: str = "") -> str:
    """Write the catalog of a site to a folder; return its path."""
    path = folder / "sources.toml"
    path.write_text(
        f'[[source]]\nkey = "scripted"\nhomepage = "{site.url}/"\nrender = {str(render).lower()}\n{extra}'
    )
    return str(path)


def settings(folder: Path, sources: str, **others: Any) -> dict[str, Any]:
    """Return the settings of a crawl that renders pages of this machine."""
    return {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_SOURCES": sources,
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.1/32",
        "AUTOTHROTTLE_ENABLED": False,
        **others,
    }


def descendants(pid: int) -> set[int]:
    """Return the ids of the processes that a process has started, and of those that they have started."""
    children = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {child: parent for child in children if (parent := _parent(child))}
    found: set[int] = set()
    wanted = {pid}
    while wanted:
        wanted = {child for child, parent in parents.items() if parent in wanted} - found
        found |= wanted
    return found


def browsers(pid: int) -> set[int]:
    """Return the ids of the processes of browsers that a process has started."""
    return {
        child
        for child in descendants(pid)
        if b"--type=" in _command(child) or b"--headless" in _command(child)
    }


def is_running(pid: int) -> bool:
    """Return whether a process has not ended."""
    return _parent(pid) is not None


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int | None:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, parent = status.rpartition(")")[2].split()[:2]
    return None if state == "Z" else int(parent)
