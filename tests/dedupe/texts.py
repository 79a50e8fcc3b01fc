"""Made-up texts: as many different ones as a test asks for, and what publishers do to them."""

from __future__ import annotations

import random

_SYLLABLES = "ba ke li mo nu ra se ti vo za dro fle gri pla sto".split()  # noqa: SIM905
_SMALL = "the of and in to said that for with on was by at from which they had been will about".split()  # noqa: SIM905
NAMES = (
    "Ada Kovac",
    "Jon Abe",
    "Mira Holt",
    "Port Lindow",
    "Harbour Board",
    "Teo Varga",
    "Lena Osk",
    "Nord Rail",
)


def text(seed: int, sentences: int = 14) -> str:
    """Return paragraphs of made-up words with names and numbers in them; other seeds share next to nothing."""
    chance = random.Random(seed)
    return "\n\n".join(
        " ".join(_sentence(chance) for _ in range(min(3, sentences - start)))
        for start in range(0, sentences, 3)
    )


def _sentence(chance: random.Random) -> str:
    words = [
        chance.choice(_SMALL) if chance.random() < 0.5 else "".join(chance.choices(_SYLLABLES, k=3))
        for _ in range(12)
    ]
    words[3:3] = [chance.choice(NAMES)]
    words[8:8] = [str(chance.randrange(10, 99_000))]
    return " ".join(words).capitalize().replace(words[3].lower(), words[3]) + "."


def reprint(body: str) -> str:
    """Return a text as another publisher prints it: other dateline, quotes, paragraphs and footer."""
    return f"PORT LINDOW (Wire) — {body.replace(chr(10) * 2, ' ')}\n\nMore news in our morning letter."


def update(body: str, seed: int) -> str:
    """Return a text with a new first paragraph and without its last one."""
    return text(seed, 2) + "\n\n" + body.rpartition("\n\n")[0]


def follow_up(body: str, seed: int) -> str:
    """Return a new text that ends in two paragraphs of an older one."""
    return text(seed, 12) + "\n\n" + "\n\n".join(body.split("\n\n")[2:4])


def market_report(seed: int) -> str:
    """Return a text of which only the facts differ from one day to the next."""
    chance = random.Random(seed)

    def name() -> str:
        return chance.choice(_SYLLABLES).title() + chance.choice(_SYLLABLES)

    def number() -> str:
        return f"{chance.randrange(1, 900)}.{chance.randrange(10, 99)}"

    return (
        f"Shares in {name()} closed higher on Monday, as gains in the {name()} and {name()} sectors led the index up "
        f"by {number()} per cent to {number()}.\n\nThe best performers of the session were {name()}, which rose "
        f"{number()} points to trade at {number()} at the close, and {name()}, which added {number()} to end at "
        f"{number()}. The worst was {name()}, which fell by {number()} to {number()}.\n\nRising stocks outnumbered "
        f"declining ones by {number()} to {number()}. Crude oil for delivery in May was down {number()} to {number()} "
        f"a barrel, while gold rose to {number()} an ounce.\n\nThe volatility of {name()} options was unchanged at "
        f"{number()}."
    )


def match_report(seed: int) -> str:
    """Return a German text of one template: every noun has a capital, as names have, and most of them stay."""
    chance = random.Random(seed)

    def name() -> str:
        return "".join(chance.choices(_SYLLABLES, k=3)).title()

    def number() -> int:
        return chance.randrange(10, 90)

    home, guests = name(), name()
    return (
        f"Der SV {home} hat gegen den FC {guests} mit {number()}:{number()} gewonnen. Vor {number() * 10} Zuschauern "
        f"brachte {name()} die Gastgeber in der {number()}. Minute in Führung. Noch vor der Pause glich {name()} aus.\n\n"
        f"Nach dem Seitenwechsel drängten die Gäste auf den Führungstreffer, doch in der {number()}. Minute traf {name()} "
        f"nach einer Ecke mit dem Kopf. Trainer {name()} sagte nach dem Spiel, darauf könne die Mannschaft aufbauen.\n\n"
        f"Am kommenden Spieltag empfängt {home} den TSV {name()}, während {guests} beim VfL {name()} antreten muss. In der "
        f"Tabelle steht {home} nun auf Platz {number()} mit {number()} Punkten."
    )
