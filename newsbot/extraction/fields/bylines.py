"""Names of people and agencies, as bylines and author fields print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsbot.languages.byline_words import (
    AND,
    BY,
    BY_AFTER_CREDITS,
    CREDIT_LABELS,
    CREDITS,
    DEGREES,
    NAMES_LIKE_BY,
    NOT_NAMES,
    ORGANISATIONS,
    PARTICLES,
    PLACES_FOLLOW,
    REPORTERS,
    REPORTERS_BEFORE,
    REPORTERS_BEFORE_JOINED,
    REPORTERS_JOINED,
    ROLES,
)
from newsbot.languages.word_patterns import any_of, any_word_of, entries_of
from newsbot.text import one_line, without_repeats

MAX_NAMES = 30
MAX_BYLINE_CHARS = 200
_MAX_TEXT_CHARS = 1000
_MAX_NAME_CHARS = 80
_MIN_NAME_WORDS = 2
_MAX_NAME_WORDS = 5
_MAX_GIVEN_NAMES = 3
_MAX_UNCASED_NAME_CHARS = 20
"""Maximum number of characters of a name in a script without capitals."""
_AGENCY_CODES = [
    "dpa",
    "afp",
    "ap",
    "apa",
    "sda",
    "sid",
    "kna",
    "epd",
    "ats",
    "ansa",
    "efe",
    "pa",
    "ntb",
    "pap",
    "mti",
    "aa",
    "dha",
    "iha",
    "ani",
    "pti",
    "ians",
    "upi",
    "lusa",
    "belga",
    "ritzau",
    "tass",
    "reuters",
    "xinhua",
    "bloomberg",
]
"""Short names of agencies, which a service may follow: dpa-infocom, AFP/TT."""
AGENCY_NAMES = {
    "en": "associated press, press association, agencies",
    "fr": "agence france-presse",
    "es": "agencias",
    "ru": "тасс, риа новости",
    "tr": "anadolu ajansı",
    "ko": "연합뉴스",
    "ja": "共同, 時事",
    "zh": "新华社",
}
"""Names of agencies that are printed in full, and words for "agencies"."""

_COLON = r"\s?[:：＝]\s?"
_PREFIX = re.compile(
    rf"(?:{any_of(CREDITS)}\s{any_of(BY_AFTER_CREDITS)}(?:\s|:\s?)|"
    rf"{any_of(BY)}(?:\s|\s?[:：/]\s?|\s[–—-]\s)|"
    r"(?-i:di)\s(?=\w+\s\w)|"  # Italian, in lower case: "Di Maria" is a name
    rf"{any_of(CREDIT_LABELS)}{_COLON})",
    re.IGNORECASE,
)
_NAMES_LIKE_BY = frozenset(entries_of(NAMES_LIKE_BY))
_REPORTER_BEFORE = re.compile(
    rf"(?:{any_of(REPORTERS_BEFORE)}\s+(?=\w+\s+\w)|{any_of(REPORTERS_BEFORE_JOINED)}\s*(?=\w))",
    re.IGNORECASE,
)
_REPORTER_BEHIND = re.compile(rf"\s{any_of(REPORTERS_BEFORE)}$", re.IGNORECASE)
_SUFFIX = re.compile(
    rf"\s*(?:\([^()]{{0,60}}\)?|\s{any_of(REPORTERS)}|{any_of(REPORTERS_JOINED)}|\s[/|–—-]\s.{{0,80}}|@\w{{1,30}}|"
    r"\s(?:on\s)?\d{1,2}(?:[.:/]|\s\w+\s\d{4}).*|\s(?:on\s)?\d{4}[-年./].*|\sstand:.*)$",
    re.IGNORECASE,
)
_PLACE = re.compile(rf"\s{any_of(PLACES_FOLLOW)}\s(?=(?:(?:the|der|die|das|la|el|le|los|las)\s)?[A-ZÀ-Ý])")
_GENERATION = re.compile(r",\s+(?=(?:Jr|Sr|II|III|IV)\b)")
_DEGREE = re.compile(any_of(DEGREES))
_INITIAL = re.compile(r"[^\W\d_]\.?(?:-?[^\W\d_]\.)*")
_NOT_NAME = re.compile(any_of(NOT_NAMES), re.IGNORECASE)
_ADDRESSES = re.compile(r"(?:^|/)authors?/\S+|[^\s@]+@[^\s@]+\.[^\s@]+|\S*(?:https?://|www\.)\S+")
_GROUP_SEPARATOR = re.compile(r"\s*[|•]\s*|\s+·\s+")
_NAME_SEPARATOR = re.compile(r"\s*[,、،／]\s*|\s+/\s+")
_AND = re.compile(rf"\s+{any_of(AND)}\s+", re.IGNORECASE)
_AGENCY = re.compile(
    rf"(?:{'|'.join(_AGENCY_CODES)})(?:[-/]\w{{1,10}})?|{any_of(AGENCY_NAMES)}", re.IGNORECASE
)
_ACRONYM = re.compile("[A-ZÄÖÜ]{2,6}")
_ROLE = re.compile(any_word_of(ROLES), re.IGNORECASE)
_ORGANISATION = re.compile(rf"\b(?:{any_of(ORGANISATIONS)})\b|{any_word_of(ROLES)}", re.IGNORECASE)
_MARKS = "\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0980-\u0e7f\u0e80-\u109f\u1780-\u17ff\u200c\u200d"
r"""Combining marks, which `\w` does not match: accents, and vowel signs of Indic scripts, Thai, Lao, Burmese and Khmer."""
_WORD_OF_NAME = re.compile(rf"['’]?[^\W\d_][\w.'’`\-{_MARKS}]*")
_PARTICLES = frozenset(entries_of(PARTICLES))
_JOINED_PARTICLE = re.compile("(?:al|el|d|l)[-'’]")


def clean_names(texts: Iterable[str], *, family_name_first: bool = False) -> list[str]:
    """Return the names in author fields or bylines, in order and without repeats; a text may hold several names.

    `family_name_first`: the field has the form "Lee, Ann", as those of libraries and scientific journals.
    """
    found = (name for text in texts for name in _split(text, family_name_first=family_name_first))
    return without_repeats(found)[:MAX_NAMES]


def _split(text: str, *, family_name_first: bool) -> Iterator[str]:
    """Yield the names in one text; what follows a name after a comma may be a role or a place and is then left out."""
    fields = _ADDRESSES.sub("", one_line(text[:_MAX_TEXT_CHARS])).split(";")
    groups = (pair for field in fields for pair in enumerate(_GROUP_SEPARATOR.split(field)))
    for number, group in groups:
        if family_names := _family_names(_without_prefix(group)):
            yield from family_names
            continue
        turned = _turned(group, family_name_first=family_name_first)
        first, *others = map(_bare, [turned] if turned else _parts(group))
        if first and (number == 0 or (looks_like_name(first) and not is_organisation(first))):
            yield first
        has_degree = any(map(_DEGREE.fullmatch, others))
        for name in others:
            is_house = name.isupper() and not first.isupper() and not is_agency(name)
            if (looks_like_name(name) and not is_house) or (_ACRONYM.fullmatch(name) and not has_degree):
                yield name


def _family_names(group: str) -> list[str]:
    """Return the names of a list of single words with "and" before the last one: "Kim, Lee and Park"."""
    if _AND.search(group) is None:
        return []
    names = [name for part in _NAME_SEPARATOR.split(group) for name in _AND.split(part)]
    are_names = all(
        name.istitle() and _WORD_OF_NAME.fullmatch(name) and not _ROLE.search(name) for name in names
    )
    return names if len(names) > _MIN_NAME_WORDS and are_names else []


def _parts(group: str) -> Iterator[str]:
    """Yield the parts between the separators of names, after the words that begin a byline."""
    parts = _NAME_SEPARATOR.split(_GENERATION.sub(" ", _without_prefix(group)))
    for part in parts:
        people, sides = _AND.split(part), part.split("/")
        if all(map(is_person, people)):
            yield from people
        elif is_person(sides[0]) and all(is_person(side) or is_agency(side) for side in sides):
            yield from sides
        else:
            yield part


def _without_prefix(text: str) -> str:
    """Return a byline without "By" and the like, once, and without a word for "reporter" before the name."""
    match = _PREFIX.match(text)
    if match is not None and not _is_name_like_by(match, text[match.end() :]):
        text = text[match.end() :]
    return _REPORTER_BEFORE.sub("", text, count=1) if _REPORTER_BEFORE.match(text) else text


def _is_name_like_by(prefix: re.Match[str], rest: str) -> bool:
    """Return whether a word for "by" is part of the name: "Par Lindh", "Yazan al-Saadi", "von der Heyde"."""
    following = rest.partition(",")[0].split()
    is_short = len(following) < _MIN_NAME_WORDS or following[0].lower() in _PARTICLES
    return prefix[0].strip().lower() in _NAMES_LIKE_BY and is_short


def _turned(group: str, *, family_name_first: bool) -> str:
    """Return "Ann Lee" for "Lee, Ann"; "" if the text has another form, such as a list of names."""
    family, comma, given = _without_prefix(group).partition(",")
    names, given_names = family.split(), given.split()
    if not comma or "," in given or not 1 <= len(given_names) <= _MAX_GIVEN_NAMES or not names:
        return ""
    has_initial = any(map(_INITIAL.fullmatch, given_names))
    is_noble = len(names) > 1 and all(word.lower() in _PARTICLES for word in names[:-1])
    is_family_name = len(names) == 1 or is_noble
    is_turned = family_name_first or (is_family_name and (len(given_names) == 1 or has_initial or is_noble))
    full = f"{given.strip()} {family.strip()}"
    is_listed = _GENERATION.search(group) or any(map(_is_known_word, (family.strip(), given.strip())))
    return full if is_turned and not is_listed and is_person(full) else ""


def _is_known_word(text: str) -> bool:
    return _AGENCY.fullmatch(text) is not None or _ACRONYM.fullmatch(text) is not None


def byline_names(line: str) -> list[str]:
    """Return the names in a line that begins like a byline: "By Ann Lee, Rome and Bo Ek | 3 May 2021"."""
    if len(line) > MAX_BYLINE_CHARS or _PREFIX.match(line) is None:
        return []
    first, *others = clean_names([line]) or [""]
    words = first.split()
    is_name = 1 <= len(words) <= _MAX_NAME_WORDS and not any(
        word[0].islower() and word not in _PARTICLES for word in words
    )
    return [first, *others] if is_name else []


def dated_names(line: str) -> list[str]:
    """Return the names in a line that consists of names and a date, separated by commas; [] for any other line."""
    parts = [part.strip() for part in line.split(",")] if len(line) <= MAX_BYLINE_CHARS else []
    names = [part for part in parts if not any(map(str.isdigit, part))]
    return names if len(names) < len(parts) and all(map(is_person, names)) else []


def _bare(name: str) -> str:
    """Return the name without what follows it; "" if it is not usable as a name."""
    name = _SUFFIX.sub("", name.strip()).strip(" .,;:|/-–—·•*#")
    for more in (_PLACE.search(name), _REPORTER_BEHIND.search(name)):
        if more is not None and is_person(name[: more.start()]):
            name = name[: more.start()]
    is_usable = 1 < len(name) <= _MAX_NAME_CHARS and not name.isdecimal() and not _NOT_NAME.fullmatch(name)
    return name if is_usable else ""


def is_agency(text: str) -> bool:
    """Return whether a text is the name of a news agency."""
    return _AGENCY.fullmatch(text) is not None


def is_organisation(text: str) -> bool:
    """Return whether a text has a word that names of organisations, departments and roles have."""
    return _ORGANISATION.search(text) is not None


def looks_like_name(text: str) -> bool:
    """Return whether a text may be the name of a person, in any script, or of an agency."""
    if is_agency(text):
        return True
    if any(char.islower() or char.isupper() for char in text):
        return is_person(text)
    # Han, kana, Hangul and Arabic have no capitals.
    return (
        2 <= len(text) <= _MAX_UNCASED_NAME_CHARS
        and not _ROLE.search(text)
        and all(map(_WORD_OF_NAME.fullmatch, text.split()))
    )


def is_person(text: str) -> bool:
    """Return whether a text may be a person's name in a script with capitals: two to five capitalised words."""
    words = text.split()
    return (
        _MIN_NAME_WORDS <= len(words) <= _MAX_NAME_WORDS
        and all(map(_is_word_of_person, words))
        and words[-1] not in _PARTICLES
        and sum(word not in _PARTICLES for word in words) >= _MIN_NAME_WORDS
        and all(map(_WORD_OF_NAME.fullmatch, words))
        and not _ROLE.search(text)
    )


def _is_word_of_person(word: str) -> bool:
    """Return whether a word is capitalised, is a particle, or begins with one: "al-Saadi", "d'Estaing"."""
    return word[0].isupper() or word.lower() in _PARTICLES or _JOINED_PARTICLE.match(word) is not None
