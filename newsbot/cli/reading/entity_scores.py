"""`newsbot entities check`: scores an entity engine on labelled texts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TextIO

import click

from newsbot.cli.options import common_options_without_database
from newsbot.cli.output import print_json, print_table
from newsbot.errors import UsageError

if TYPE_CHECKING:
    from newsbot.entities.labelled.engine_scores import Score


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--engine", "engine_name", metavar="NAME", help="The engine, in place of the configured one.")
@click.option("--language", metavar="L", default="en", help="Language of the texts that do not say theirs.")
@common_options_without_database
def check(file: TextIO, engine_name: str | None, language: str, as_json: bool) -> None:
    """Score an entity engine on a FILE of labelled texts.

    Precision, recall and F1 by type. FILE has one JSON object a line: {"language": "de", "text": "Karla Wiesner kam.",
    "mentions": [{"start": 0, "end": 13, "type": "PER"}]}, or {"language": "de", "tokens": ["Karla", "Wiesner", "kam"],
    "tags": ["B-PER", "I-PER", "O"]}. A name counts as found if its start, end and type are right. "-" reads from standard
    input.

    \b
    Examples:
      newsbot entities check labelled.jsonl --engine fast
    """
    from newsbot.entities.engine import engine_label, load_engine
    from newsbot.entities.labelled.engine_scores import Score, score
    from newsbot.entities.labelled.labelled_texts import read_labelled
    from newsbot.settings import configuration

    try:
        texts = list(read_labelled(file, file.name))
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name}: not UTF-8: {error.reason}", path=file.name) from error
    if not texts:
        raise UsageError(f"{file.name}: no labelled text", path=file.name)
    engine = load_engine(engine_name or configuration().entity_engine)
    scores = score(texts, engine.recognize, language)
    if left_out := sum((labelled.left_out for labelled in texts), Counter[str]()):
        click.echo(f"left out, being of other types: {_numbers(left_out)}", err=True)
    labels = sorted({engine_label(engine, labelled.language or language) for labelled in texts})
    if as_json:
        for name, found in scores.items():
            print_json({"type": name, "engines": labels, "texts": len(texts), **_score_json(found)})
        return
    click.echo(f"{len(texts)} texts, {', '.join(labels)}")
    rows = [(name, *_score_json(found).values()) for name, found in scores.items()]
    print_table(("type", *_score_json(Score())), rows)


def _score_json(found: Score) -> dict[str, int | float]:
    return {
        "labelled": found.labelled,
        "found": found.found,
        "right": found.right,
        "precision": round(found.precision, 3),
        "recall": round(found.recall, 3),
        "f1": round(found.f1, 3),
    }


def _numbers(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
