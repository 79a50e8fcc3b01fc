"""Find organisations that the tables know, and runs of capitalised words that end as an organisation does.

A network with an uncased vocabulary misses "Shell" and "Target", and takes names that it has never seen for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from newsbot.entities import tables
from newsbot.entities.english.mention_set import Mentions, mention
from newsbot.entities.places.gazetteer import places_by_first_name
from newsbot.items import Mention

_CAPITALISED = re.compile(r"[A-ZÀ-ÖØ-ÞŁŚŠŽ][\w&+'’-]*")
_JOINED = re.compile(r"[\w@#/.-]$")
_GOES_ON = re.compile(
    r"[-/@]\w|['’](?!s\b)\w|\.\w| (?=[^\W\d_a-zß-ÿ])(?!I\b)| (?:election|primar|caucus|nominat)"
)
_GOES_BACK = re.compile(r"([^\W\d_a-zß-ÿ][\w'’.&-]*) $")
_THE = re.compile(r"\bThe $")
_LISTED_NAME = re.compile(r"(?:,| and) ([^\W\d_a-zß-ÿ][\w&-]*)")
_POSSESSED_NAME = re.compile(r"['’]s [^\W\d_a-zß-ÿ]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:…\n][\"”’')\]]{0,2}\s*|[\"“‘(\[•*–—-]\s*)$")
_ARTICLE = re.compile(r"(?:The|Der|Die|Das|Le|La|Les|El|Il|De|Het) ")
_END_WITHIN = re.compile(r"['’]s\. ")
_RUN = re.compile(
    r"[A-ZÀ-ÖØ-ÞŁŚŠŽ](?<![\w@#/.-].)(?:[\w'’&-]* [A-ZÀ-ÖØ-ÞŁŚŠŽ]){1,6}[\w-]*\b(?! of [^\W\d_a-zß-ÿ]| for [^\W\d_a-zß-ÿ]| (?:presidential |general |leadership )?(?:election|primar|caucus|nominat))"
)
_LISTED_PLACE = re.compile(r" and ([^\W\d_a-zß-ÿ][a-zß-ÿ]{2,})\b(?!['’-]\w| [^\W\d_a-zß-ÿ])")
_REGION_BEFORE = re.compile(r"\b(?:(?:North|South|East|West)(?:[- ](?:East|West))? of |[A-Z][a-z]+ with )$")
_NO_PART = frozenset(
    """
    Der Die Das Le La Les El Il De Het Both Former Local Our Monday Tuesday Wednesday Thursday Friday Saturday Sunday Today Yesterday Meanwhile However
    Analysts Officials January February March April May June July August September October November December
    """.split()  # noqa: SIM905
)
_MAX_TITLE_CASE = 0.85
"""Share of capitalised words from which a sentence is set as a headline, where capitals say nothing."""
_MEDIA_STEMS = ("paper", "magazine", "edit", "column", "tabloid", "journalis")
_LONGEST_ABBREVIATION = 5
_MIN_MEDIA = 2
"""Number of words about newspapers, and of newspapers, that make "The Sun" a paper also where a sentence begins."""


def with_known_names(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions with those of known organisations, and of organisations named as such ("Adani Group")."""
    found = Mentions(mentions)
    for one in _known(text):
        longer = [other for other in found.overlapping(one.start, one.end) if _contains(other, one)]
        if not longer:
            found.replace(one)
        elif _ARTICLE.fullmatch(text, longer[0].start, one.start) and longer[0].end == one.end:
            found.replace(mention(text, longer[0].start, one.end, "ORG"))
    for one in list(_named_as_organisations(found, text)):
        found.replace(one)
    for one in list(_listed_places(found, text)):
        found.replace(one)
    return found.all()


def _contains(longer: Mention, one: Mention) -> bool:
    """Return whether a mention is part of a longer one, unless a network has read on over the end of a sentence."""
    is_part = longer.start <= one.start and one.end <= longer.end and len(longer.text) > len(one.text)
    return is_part and not _END_WITHIN.search(longer.text)


def _known(text: str) -> Iterator[Mention]:
    """Yield the mentions of organisations that the tables know, the longest names only, without overlaps."""
    after = 0
    starts, is_on_media = _by_first_word(), _is_on_media(text)
    for match in _CAPITALISED.finditer(text):
        start = match.start()
        if start < after:
            continue
        word = _first_word(match[0])
        if word not in starts or _JOINED.search(text, max(0, start - 1), start):
            continue
        name = next((name for name in starts[word] if _is_here(name, text, start)), None)
        name = name or _word_name(word, text, start, is_on_media)
        if name:
            after = start + len(name)
            yield mention(text, start, after, "ORG")


def _is_on_media(text: str) -> bool:
    """Return whether a text names several newspapers, or speaks of them."""
    if text.count("The ") <= _MIN_MEDIA and not any(word in text for word in _MEDIA_STEMS):
        return False
    words = set(re.findall(r"[a-z][a-z-]+", text)) & tables.words("media_words")
    papers = {match[1] for match in re.finditer(r"\bThe ([A-Z][a-z]+)\b", text)} & tables.words("papers")
    return len(words) + len(papers) > _MIN_MEDIA


def _is_here(name: str, text: str, start: int) -> bool:
    """Return whether a name is at an offset, and is no part of a longer name."""
    end = start + len(name)
    is_whole = (
        text.startswith(name, start) and not text[end : end + 1].isalnum() and not _GOES_ON.match(text, end)
    )
    return is_whole and not _is_continued(text, start)


def _is_continued(text: str, start: int) -> bool:
    """Return whether the capitalised word before an offset may belong to the same name."""
    before = _GOES_BACK.search(text, max(0, start - 40), start)
    if before is None or before[1].endswith(("'s", "’s", "s'", "s’")) or _is_opening(before[1]):
        return False
    return not (before[1].endswith(".") and len(before[1]) > _LONGEST_ABBREVIATION)


def _word_name(word: str, text: str, start: int, is_on_media: bool) -> str | None:
    """Return a name that is a word too, if it is within a sentence: "Shell", or "Sun" after "The"."""
    end = start + len(word)
    if text[end : end + 1].isalnum() or _GOES_ON.match(text, end):
        return None
    if word in tables.words("papers") and _THE.search(text, max(0, start - 5), start):
        return word if is_on_media or not _is_sentence_start(text, start - 4) else None
    if word not in tables.words("word_names") or _is_headline(text, start):
        return None
    if _is_sentence_start(text, start):
        listed = _LISTED_NAME.match(text, end)
        is_name = _POSSESSED_NAME.match(text, end) or (listed and listed[1] in _by_first_word())
        return word if is_name else None
    return None if _is_continued(text, start) else word


def _is_sentence_start(text: str, start: int) -> bool:
    return start == 0 or bool(_SENTENCE_START.search(text, max(0, start - 8), start))


def _is_headline(text: str, start: int) -> bool:
    """Return whether most words around an offset are capitalised."""
    words = re.findall(r"\b[^\W\d_]\w{3,}", text[max(0, start - 100) : start + 100])
    return len([word for word in words if word[0].isupper()]) > _MAX_TITLE_CASE * max(5, len(words))


def _named_as_organisations(found: Mentions, text: str) -> Iterator[Mention]:
    """Yield runs of capitalised words that end in a word such as "Group" or "Ministry", where no name goes beyond them."""
    ends = tables.words("organisation_ends")
    for match in _RUN.finditer(text):
        words = match[0].split(" ")
        if ends.isdisjoint(words) and not match[0].isupper() and "Service" not in words:
            continue
        last = max((n for n in range(1, len(words)) if _is_end(words, n)), default=0)
        possessed = max(
            (n + 1 for n, word in enumerate(words[:last]) if word.endswith(("'s", "’s", "s'", "s’"))),
            default=0,
        )
        first = next((n for n in range(possessed, last) if not _is_opening(words[n])), last)
        end = match.start() + len(" ".join(words[: last + 1]))
        around = found.overlapping(match.start(), end)
        if match[0].isupper():
            # Only the network knows where a name begins among nothing but capitals.
            start = around[-1].start if around and around[-1].type != "PER" else end
        else:
            start = match.start() + sum(len(word) + 1 for word in words[:first])
            start = _with_region(text, start)
            around = found.overlapping(start, end)
        inside = [one for one in around if one.end > start]
        is_new = all(
            start <= one.start and one.end <= end and one.end - one.start < end - start for one in inside
        )
        if first < last and start < end and is_new and (inside or not _is_headline(text, start)):
            yield mention(text, start, end, "ORG")


def _is_end(words: list[str], n: int) -> bool:
    """Return whether the name of an organisation may end in a word: "Council", "Ambulance Service"."""
    word = words[n]
    is_service = word == "Service" and words[n - 1] in tables.words("services")
    return (
        is_service
        or word in tables.words("organisation_ends")
        or word.title() in tables.words("organisation_ends")
    )


def _with_region(text: str, start: int) -> int:
    """Return where the name of an organisation begins that goes by a region: "East of England Ambulance Service"."""
    before = _REGION_BEFORE.search(text, max(0, start - 30), start)
    return before.start() if before else start


def _is_opening(word: str) -> bool:
    return word in tables.words("sentence_starts") or word in tables.demonyms() or word in _NO_PART


def _listed_places(found: Mentions, text: str) -> Iterator[Mention]:
    """Yield known towns after a place and "and": "in Reading and Bath"."""
    for one in found.all():
        match = _LISTED_PLACE.match(text, one.end) if one.type == "LOC" else None
        is_new = match is not None and not found.overlapping(*match.span(1))
        if match and is_new and places_by_first_name(match[1]):
            yield mention(text, *match.span(1), "LOC")


def _first_word(name: str) -> str:
    return name.partition(" ")[0].partition("'")[0].partition("’")[0]


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    """Return first word -> the known organisations that begin with it, the longest first; none for a name that is a word."""
    found: dict[str, list[str]] = {word: [] for word in tables.words("word_names") | tables.words("papers")}
    for name in sorted(tables.organisations(), key=len, reverse=True):
        if name not in tables.words("word_names") and len(name) > 2:
            found.setdefault(_first_word(name), []).append(name)
    return {word: tuple(names) for word, names in found.items()}
