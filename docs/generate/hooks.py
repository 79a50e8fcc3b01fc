"""Hooks of mkdocs: they add the pages that are made from the code, and have links lead where the site has the page.

Build the site with `python -m mkdocs build --strict` in the root of the project."""

from __future__ import annotations

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.generate.links import ROOT, documents, outside_documents, site_links
from docs.generate.navigation import expanded
from docs.generate.reference import reference_pages


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Return the configuration with the pages of whole folders in the navigation."""
    nav: list[Any] = config.nav or []
    config.nav = expanded(nav, documents())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the documents of other folders."""
    for path, text in reference_pages().items():
        files.append(File.generated(config, path, content=text))
    for path in outside_documents():
        files.append(File.generated(config, path, content=(ROOT / path).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Return the text of a page with links that hold in the site."""
    return site_links(markdown, page.file.src_uri)
