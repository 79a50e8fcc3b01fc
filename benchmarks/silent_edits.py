"""How often an edit is called silent, rightly and wrongly: `python -m benchmarks.silent_edits [--write] [--misses]`.

Composes pairs of versions of invented articles in 47 languages from `silent_edits.toml` and `silent_edits_forms.toml`.
The rules and their words were written with a look at the tuned half only.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from newsbot.dedupe.admissions import judge_edit
from newsbot.items import Article

FOLDER = Path(__file__).parent
RECORD = FOLDER / "silent_edits.json"
HALVES = ("tuned", "kept")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FILLER = (
    "The timetable hangs in every shop on the pier, and the captain knows most of the passengers by name.",
    "In the winter the boat carries bread, letters and the teacher, who lives on the mainland with two dogs.",
    "A new engine would cost as much as the wages of the crew for three years, the yard has calculated.",
)


class Pair(NamedTuple):
    """Two versions of an article, and whether the edit is silent."""

    kind: str
    language: str
    old: Article
    new: Article
    is_silent: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="record the figures beside this file")
    parser.add_argument(
        "--misses", choices=HALVES, help="print the pairs of this half that are judged wrongly"
    )
    arguments = parser.parse_args()
    figures = {half: measured(list(pairs(half))) for half in HALVES}
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    if arguments.misses:
        for pair in pairs(arguments.misses):
            said = judge_edit(pair.old, pair.new)
            if said.is_silent != pair.is_silent:
                print(pair.kind, pair.language, said, _added(pair), sep="\t")
    if arguments.write:
        RECORD.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")


def measured(half: list[Pair]) -> dict[str, Any]:
    """Return precision and recall of `silent`, and the share of pairs judged rightly, by kind."""
    said = [(pair, judge_edit(pair.old, pair.new).is_silent) for pair in half]
    right = sum(pair.is_silent and silent for pair, silent in said)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for pair, silent in said:
        kinds[pair.kind].append(pair.is_silent == silent)
    return {
        "pairs": len(half),
        "languages": len({pair.language for pair in half}),
        "precision": round(right / sum(silent for _, silent in said), 4),
        "recall": round(right / sum(pair.is_silent for pair in half), 4),
        "right": {kind: f"{sum(found)} of {len(found)}" for kind, found in kinds.items()},
    }


def pairs(half: str) -> Iterator[Pair]:
    """Yield the pairs of a half, "tuned" or "kept"."""
    with (FOLDER / "silent_edits.toml").open("rb") as file:
        languages: dict[str, dict[str, Any]] = tomllib.load(file)
    for language, texts in languages.items():
        yield from _of_language(language, texts, half)
    with (FOLDER / "silent_edits_forms.toml").open("rb") as file:
        forms = {kind: table[half] for kind, table in tomllib.load(file).items()}
    yield from _of_forms(languages["en"], forms)
    yield from _of_structure(languages, half)


def _of_language(language: str, texts: dict[str, Any], half: str) -> Iterator[Pair]:
    first, last = texts["around"]
    old, new = ([first, texts[name], last] for name in ("first", "second"))
    notes, traps = texts[f"notes_{half}"], texts[f"traps_{half}"]

    def pair(kind: str, before: list[str], after: list[str], is_silent: bool) -> Pair:
        first = Article(url="https://post.example/ferry", title=texts["title"], language=language)
        versions = [replace(first, body="\n\n".join(paragraphs)) for paragraphs in (before, after)]
        return Pair(kind, language, versions[0], versions[1], is_silent)

    yield pair("edit", old, new, True)
    for note, is_top in zip(notes, cycle((False, False, True)), strict=False):
        yield pair("note", old, [note, *new] if is_top else [*new, note], False)
    for trap, is_top in zip(traps, cycle((False, True)), strict=False):
        yield pair("trap", old, [new[0], trap, *new[1:]] if is_top else [*new, trap], True)
    yield pair("note of before", [*old, notes[0]], [*new, notes[0]], True)
    if len(notes) > 1:
        yield pair("note amended", [*old, notes[0]], [*new, notes[1]], False)


def _of_forms(texts: dict[str, Any], forms: dict[str, list[Any]]) -> Iterator[Pair]:
    first, last = texts["around"]

    def made(*paragraphs: str, title: str = texts["title"]) -> Article:
        body = "\n\n".join(filter(None, (first, *paragraphs, last, *FILLER)))
        return Article(url="https://post.example/ferry", title=title, language="en", body=body)

    old, new = made(texts["first"]), made(texts["second"])
    for line in forms["announcements"]:
        yield Pair("announced", "en", replace(old, body=f"{old.body}\n\n{line}"), new, False)
    for form in forms["headlines"]:
        yield Pair("headline", "en", old, replace(new, title=form.format(new.title)), False)
    for line in forms["boilerplate"]:
        with_line = replace(old, body=f"{old.body}\n\n{line}")
        yield Pair("boilerplate comes", "en", old, with_line, False)
        yield Pair("boilerplate goes", "en", with_line, old, False)
        yield Pair("boilerplate and edit", "en", old, replace(new, body=f"{new.body}\n\n{line}"), True)
    for before, after in forms["counters"]:
        yield Pair("counter", "en", made(texts["first"], before), made(texts["first"], after), False)
        yield Pair("counter and edit", "en", made(texts["first"], before), made(texts["second"], after), True)
    for before, after in forms["silent_edits"]:
        yield Pair("silent", "en", made(texts["first"], before), made(texts["first"], after), True)


def _of_structure(languages: dict[str, dict[str, Any]], half: str) -> Iterator[Pair]:
    """Yield teasers, first reports, live blogs, dates and forms of pages, in a third of the languages for each half."""
    names = list(languages)[half == "kept" :: 3]
    for language in names:
        texts = languages[language]
        first, last = texts["around"]
        new = Article(
            url="https://post.example/ferry",
            title=texts["title"],
            language=language,
            published_at=NOON,
            body="\n\n".join((first, texts["second"], last, *FILLER)),
        )
        old = replace(new, body=new.body.replace(texts["second"], texts["first"]))
        yield Pair("teaser", language, replace(new, body=first), new, False)
        yield Pair("teaser", language, replace(new, body=f"{new.body[: len(new.body) // 2]} …", is_free=False), new, False)  # fmt: skip
        yield Pair(
            "first report", language, replace(old, title=f"{FILLER[0]}", body=texts["first"]), new, False
        )
        live = replace(new, body=f"14:05 {texts['second']}\n\n{old.body}")
        yield Pair("live blog", language, old, live, False)
        yield Pair(
            "live blog", language, replace(old, kind="live_blog"), replace(new, kind="live_blog"), False
        )
        yield Pair("free", language, replace(old, is_free=True), replace(new, is_free=False), False)
        yield Pair("date", language, old, replace(new, modified_at=NOON + timedelta(hours=3)), False)
        yield Pair("date", language, old, replace(new, published_at=NOON + timedelta(hours=3)), False)
        yield Pair(
            "headline only", language, old, replace(old, title=f"{texts['title']}, {FILLER[2][:30]}"), True
        )
        yield Pair(
            "paragraph gone", language, old, replace(old, body=old.body.replace(f"{last}\n\n", "")), True
        )
        yield Pair(
            "paragraphs joined", language, old, replace(old, body=old.body.replace("\n\n", " ", 2)), False
        )


def _added(pair: Pair) -> list[str]:
    before = pair.old.body.split("\n\n")
    return [line for line in pair.new.body.split("\n\n") if line not in before]


if __name__ == "__main__":
    main()
