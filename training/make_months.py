"""Write newsbot/languages/data/month_names.tsv: names of the months from the Unicode CLDR, as Babel ships it.

    pip install babel
    python -m training.make_months

A line is a language and twelve cells, one for each month from January on; a comma separates the names in a cell. The
names are those of all regions and scripts of a language, in full and abbreviated, alone and within dates, folded as
`newsbot.languages.calendar.month_names.fold` does. What CLDR lacks is in `newsbot.languages.calendar.month_names.ADDED_NAMES`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from babel import Locale, localedata

from newsbot.languages.calendar.month_names import DATA, fold

LANGUAGES = tuple(
    """af am ar as az be bg bn bo br bs ca ceb ckb cs cy da de dsb el en eo es et eu fa ff fi fil fo fr fur fy
    ga gd gl gu ha haw he hi hr hsb hu hy ia id ig is it ja jv ka kk kl km kn ko kok ku ky lb lg lo lt lv mai mg mi mk
    ml mn mr ms mt my ne nl nb nn nso oc or pa pap pcm pl ps pt rm ro ru rw sa sc sd se si sk sl sn so sq sr st su sv
    sw szl ta te tg th tk tn to tr tt ug uk ur uz vi wo xh yi yo yue zh zu""".split()  # noqa: SIM905
)
"""Languages of the catalog of sources and their neighbours.

Tigrinya and Oromo are left out: they have the same names for the months of the Gregorian and the Ethiopian calendar.
"""
RARE = re.compile("[\u1800-\u18af\U00010000-\U0010ffff]")
"""Scripts that hardly any page uses: traditional Mongolian, Adlam, Deseret, Shavian."""


def names_of(language: str) -> list[list[str]]:
    """Return the names of the twelve months in a language, without those that are only numbers."""
    found: list[dict[str, None]] = [{} for _ in range(12)]
    for identifier in localedata.locale_identifiers():
        if identifier.split("_")[0] == language:
            for months in _tables(Locale.parse(identifier)):
                for number, name in months.items():
                    key = fold(name).strip("་")  # a sign between Tibetan syllables
                    if len(key) > 1 and not RARE.search(key) and not any(map(str.isdecimal, key)):
                        found[number - 1][key] = None
    return [list(names) for names in found]


def _tables(locale: Locale) -> list[dict[int, str]]:
    return [
        dict(locale.months[context][width])
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]


def without_ambiguous(months: list[list[str]]) -> list[list[str]]:
    """Return the names without those that name two months of one language, as some abbreviations do."""
    counts: dict[str, int] = defaultdict(int)
    for names in months:
        for name in names:
            counts[name] += 1
    return [[name for name in names if counts[name] == 1] for names in months]


def main() -> None:
    """Write the table."""
    lines = []
    for language in LANGUAGES:
        months = without_ambiguous(names_of(language))
        if any(months):
            lines.append("\t".join([language, *(",".join(names) for names in months)]))
    Path(str(DATA)).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
