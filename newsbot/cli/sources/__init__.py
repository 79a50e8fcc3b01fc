"""`newsbot sources`: what is crawled, and how it is doing."""

from __future__ import annotations

import click

from newsbot.cli.groups import LazyGroup, Sections

SECTIONS: Sections = {
    "See": {
        "list": ("newsbot.cli.sources.listing:list_", "List the configured sources, all or some."),
        "show": ("newsbot.cli.sources.detail:show", "Show everything that is known of sources."),
        "health": (
            "newsbot.cli.sources.health:health",
            "Show how each source is doing; flag what needs a look.",
        ),
        "boilerplate": (
            "newsbot.cli.sources.boilerplate:boilerplate",
            "Show the lines that a source repeats; keep some.",
        ),
        "check": (
            "newsbot.cli.sources.checking:check",
            "Say what is wrong with TOML files, or with live sources.",
        ),
    },
    "Change": {
        "add": ("newsbot.cli.sources.adding:add", "Look at a homepage, and propose a source for it."),
        "enable": ("newsbot.cli.sources.editing:enable", "Crawl sources again."),
        "disable": ("newsbot.cli.sources.editing:disable", "Crawl sources no longer."),
        "tag": ("newsbot.cli.sources.editing:tag", "Add tags to sources, or remove some."),
        "import-opml": (
            "newsbot.cli.sources.subscriptions:import_opml",
            "Take over the subscriptions of a feed reader.",
        ),
        "export-opml": (
            "newsbot.cli.sources.subscriptions:export_opml",
            "Write the feeds of sources for a feed reader.",
        ),
    },
}


@click.group(cls=LazyGroup, table=SECTIONS)
def sources() -> None:
    """List, check and edit what is crawled; see how it is doing.

    Sources are TOML files: those of the folder that NEWSBOT_SOURCES names, else those of the catalog that ships with
    newsbot. Commands edit only a folder or file of your own.
    """
