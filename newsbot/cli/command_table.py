"""All commands of `newsbot`, in the sections of its help.

A row is command -> (module and name, summary). The module is imported only when the command is asked for, so that the
help of all commands costs no import; the summary is the first line of the command's own help.
"""

from __future__ import annotations

from newsbot.cli.groups import Entry, Sections

SECTIONS: Sections = {
    "Collect": {
        "init": (
            "newsbot.cli.setting_up.init:init",
            "Make a folder to begin with: settings, sources and database.",
        ),
        "crawl": (
            "newsbot.cli.crawling.commands:crawl",
            "Store what sources have published: new and changed articles.",
        ),
        "fetch": (
            "newsbot.cli.crawling.commands:fetch",
            "Fetch single articles from the web and store them.",
        ),
        "take": (
            "newsbot.cli.crawling.commands:take",
            "Store saved pages, without the network.",
        ),
        "extract": (
            "newsbot.cli.extract:extract",
            "Extract the article of one page; nothing is stored.",
        ),
        "import": (
            "newsbot.cli.jobs.imports:import_",
            "Store articles that another program has extracted.",
        ),
    },
    "Read": {
        "search": (
            "newsbot.cli.reading.articles:search",
            "Find articles, best first; without a query, the newest ones.",
        ),
        "count": (
            "newsbot.cli.reading.count:count",
            "Count the articles that queries find, side by side.",
        ),
        "export": (
            "newsbot.cli.reading.export:export",
            "Write whole articles to a file or to stdout.",
        ),
        "show": (
            "newsbot.cli.reading.articles:show",
            "Show one article with everything known of it.",
        ),
        "history": (
            "newsbot.cli.reading.history:history",
            "Show how an article changed, oldest change first.",
        ),
        "stories": (
            "newsbot.cli.reading.stories:stories",
            "List groups of articles that tell the same, biggest first.",
        ),
        "story": (
            "newsbot.cli.reading.stories:story",
            "Show the articles of one story, oldest first.",
        ),
        "entities": (
            "newsbot.cli.reading.entities:entities",
            "List the most mentioned names; correct them.",
        ),
        "entity": (
            "newsbot.cli.reading.one_entity:entity",
            "Show one person, organisation or place.",
        ),
        "trends": (
            "newsbot.cli.reading.one_entity:trends",
            "List who and what rises this week.",
        ),
        "methods": (
            "newsbot.cli.reading.methods:methods",
            "Say for a paper how articles were collected and counted.",
        ),
        "serve": (
            "newsbot.cli.serve:serve",
            "Show the database to browsers, feed readers and programs.",
        ),
    },
    "Follow": {
        "changes": (
            "newsbot.cli.reading.changes:changes",
            "Print every change of an article once, in one order.",
        ),
        "watch": (
            "newsbot.cli.sending.watch:watch",
            "Be notified of new articles: by e-mail, chat or webhook.",
        ),
        "outputs": (
            "newsbot.cli.sending.outputs:outputs",
            "Deliver changes elsewhere: in order, at least once.",
        ),
    },
    "Sources": {
        "sources": (
            "newsbot.cli.sources:sources",
            "List, check and edit what is crawled; see how it is doing.",
        ),
    },
    "Archive": {
        "archive": (
            "newsbot.cli.jobs.archive:archive",
            "Look after the raw pages that crawls have kept.",
        ),
        "backfill": (
            "newsbot.cli.jobs.backfill:backfill",
            "Store the pages of WARC and WACZ files.",
        ),
        "reextract": (
            "newsbot.cli.jobs.reextract:reextract",
            "Apply today's rules of extraction to archived pages.",
        ),
        "reclean": (
            "newsbot.cli.jobs.reclean:reclean",
            "Remove boilerplate that was learnt since, or put it back.",
        ),
        "embed": (
            "newsbot.cli.jobs.embed:embed",
            "Compute the vectors by which related articles are found.",
        ),
    },
    "Many machines": {
        "worker": (
            "newsbot.cli.jobs.worker:worker",
            "Do jobs that are shared by many machines (extra cluster).",
        ),
        "cluster": (
            "newsbot.cli.jobs.cluster:cluster",
            "Share the work between many machines (extra cluster).",
        ),
    },
    "Look after": {
        "doctor": (
            "newsbot.cli.setting_up.doctor:doctor",
            "Look whether newsbot can work here; say what to do about it.",
        ),
        "stats": (
            "newsbot.cli.reading.overview:stats",
            "Count what is stored, by source, day and language.",
        ),
        "rejects": (
            "newsbot.cli.reading.overview:rejects",
            "List what was not stored, and why; the last seen first.",
        ),
        "db": (
            "newsbot.cli.database:db",
            "Bring the database up to date, check, copy or prune it.",
        ),
        "settings": (
            "newsbot.cli.settings:settings",
            "Show every setting, its value, and where the value came from.",
        ),
    },
}

COMMANDS = {name: Entry(*row) for rows in SECTIONS.values() for name, row in rows.items()}
"""Command -> where it is, and its summary."""
