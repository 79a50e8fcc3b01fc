"""Names of people and agencies, as bylines and author fields print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsbot.languages.word_patterns import any_of, any_word_of, entries_of
from newsbot.text import one_line, without_repeats

MAX_NAMES = 30
MAX_BYLINE_CHARS = 200
_MAX_TEXT_CHARS = 1000
_MAX_NAME_CHARS = 80
_MAX_NAME_WORDS = 5
_MAX_UNCASED_NAME_CHARS = 20
"""Maximum number of characters of a name in a script without capitals."""

CREDITS = {
    "en": """written, posted, published, reported, edited, compiled, words, story, text, report, analysis,
        photos?""",
    "de": "erstellt, geschrieben, verfasst, text",
    "fr": "texte",
    "es": "texto",
}
"""Words before "by" that begin a byline: "Text by"."""
BY_AFTER_CREDITS = {"en": "by", "de": "von", "fr": "par", "es": "por"}
"""Words for "by" after one of the `CREDITS`."""
BY = {
    "en": "by",
    "de": "von",
    "fr": "par",
    "es": "por",
    "pt": "por",
    "nl": "door",
    "sv": "av",
    "no": "av",
    "da": "af",
    "pl": "od",
    "cs": "od",
    "tr": "yazan",
    "id": "oleh",
}
"""Words for "by" at the start of a byline."""
CREDIT_LABELS = {
    "en": "text, authors?",
    "de": "text, autor(?:in|en)?",
    "fr": "texte, auteurs?",
    "es": "texto, autor, autores",
    "pt": "texto, autor, autores",
    "it": "testo",
    "nl": "tekst, auteurs?",
    "no": "tekst",
    "da": "tekst",
    "pl": "tekst, autor, autorka",
    "cs": "text, autor, autorka",
    "ru": "автор, текст",
    "tr": "yazar",
    "id": "penulis",
    "vi": "tác giả",
    "ja": "作者, 記者, 文",
    "zh": "作者, 記者, 记者, 文",
}
"""Words before a colon that begin a byline: "Author: Ann Lee"."""
REPORTERS = {"ko": "기자, 특파원"}
"""Words for "reporter" after a space at the end of a name."""
REPORTERS_JOINED = {"ja": "記者", "zh": "記者, 记者"}
"""Words for "reporter" at the end of a name, with or without a space."""
AND = {
    "en": "and, with",
    "de": "und, mit",
    "fr": "et",
    "es": "y, e",
    "ca": "i",
    "it": "e",
    "pt": "e",
    "nl": "en",
    "sv": "och",
    "no": "og",
    "da": "og",
    "fi": "ja",
    "pl": "i",
    "ru": "и",
    "uk": "та",
    "tr": "ve",
    "id": "dan",
    "mul": "&, \\+",
}
"""Words between two names."""
ROLES = {
    "en": """\\w*editor\\w*, \\w*reporter\\w*, correspondents?, journalist\\w*, writers?, columnists?, producers?,
        photograph\\w*, contributor\\w*, presenter, professor\\w*, universit\\w*, institut\\w*, minutes?, read, updated,
        published, follow, chief, director, staff, bureau, news, desk, team, newsletter, more, about, articles?, share,
        image, the""",
    "de": "\\w*redak\\w*, \\w*korrespond\\w*, autor\\w*, fotograf\\w*, stand, bild, foto",
    "mul": "twitter, facebook",
}
"""Words that are not part of a name: roles, departments, and words of the lines around bylines."""
PARTICLES = {
    "de": "von, der, den, zu",
    "nl": "van, de, der, den, ter, ten",
    "fr": "de, du, la, le",
    "es": "de, del, la, el, y",
    "ca": "de, i",
    "pt": "de, da, do, dos, das, e",
    "it": "de, del, della, di, da",
    "sv": "af, av",
    "ar": "al, el, bin, ibn, ben",
}
"""Words inside names that are written without a capital."""
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

_COLON = r"\s?[:：]\s?"
_PREFIX = re.compile(
    rf"(?:{any_of(CREDITS)}\s{any_of(BY_AFTER_CREDITS)}(?:\s|:\s?)|"
    rf"{any_of(BY)}(?:\s(?!d[eor][rmns]?\b)|:\s?)|"  # not "von der Heyde", which is a name
    r"(?-i:di)\s(?=\w+\s\w)|"  # Italian, in lower case: "Di Maria" is a name
    rf"{any_of(CREDIT_LABELS)}{_COLON})",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    rf"\s*(?:\([^()]{{0,60}}\)?|\s{any_of(REPORTERS)}|{any_of(REPORTERS_JOINED)}|\s[/|–—-]\s.{{0,80}}|@\w{{1,30}}|"
    r"\s(?:on\s)?\d{1,2}(?:[.:/]|\s\w+\s\d{4}).*|\sstand:?)$",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    {"admin", "administrator", "webmaster", "unknown", "no author", "super user", "editor", "guest", "user"}
)
"""Names of accounts that content management systems print where nobody is named."""
_ADDRESSES = re.compile(r"(?:^|/)authors?/\S+|[^\s@]+@[^\s@]+\.[^\s@]+|\S*(?:https?://|www\.)\S+")
_GROUP_SEPARATOR = re.compile(r"\s*[;|•]\s*")
_NAME_SEPARATOR = re.compile(r"\s*[,·、،／]\s*|\s+/\s+")
_AND = re.compile(rf"\s+{any_of(AND)}\s+", re.IGNORECASE)
_AGENCY = re.compile(
    rf"(?:{'|'.join(_AGENCY_CODES)})(?:[-/]\w{{1,10}})?|{any_of(AGENCY_NAMES)}", re.IGNORECASE
)
_ACRONYM = re.compile("[A-ZÄÖÜ]{2,6}")
_ROLE = re.compile(any_word_of(ROLES), re.IGNORECASE)
_WORD_OF_NAME = re.compile(r"[^\W\d_][\w.'’`\-]*")
_PARTICLES = frozenset(entries_of(PARTICLES))


def clean_names(texts: Iterable[str]) -> list[str]:
    """Return the names in author fields or bylines, in order and without repeats; a text may hold several names."""
    return without_repeats(name for text in texts for name in _split(text))[:MAX_NAMES]


def _split(text: str) -> Iterator[str]:
    """Yield the names in one text; what follows a name after a comma may be a role or a place and is then left out."""
    for group in _GROUP_SEPARATOR.split(_ADDRESSES.sub("", one_line(text[:_MAX_TEXT_CHARS]))):
        for place, part in enumerate(_NAME_SEPARATOR.split(_PREFIX.sub("", group, count=1))):
            sides = _AND.split(part)
            for side in sides if all(map(is_person, sides)) else [part]:
                name = _bare(side)
                if name and (place == 0 or looks_like_name(name)):
                    yield name


def byline_names(line: str) -> list[str]:
    """Return the names in a line that begins like a byline: "By Ann Lee, Rome and Bo Ek | 3 May 2021"."""
    if len(line) > MAX_BYLINE_CHARS or _PREFIX.match(line) is None:
        return []
    first, *others = clean_names([line]) or [""]
    words = first.split()
    is_name = 1 <= len(words) <= _MAX_NAME_WORDS and not any(
        word[0].islower() and word not in _PARTICLES for word in words
    )
    return [first, *filter(looks_like_name, others)] if is_name else []


def dated_names(line: str) -> list[str]:
    """Return the names in a line that consists of names and a date, separated by commas; [] for any other line."""
    parts = [part.strip() for part in line.split(",")] if len(line) <= MAX_BYLINE_CHARS else []
    names = [part for part in parts if not any(map(str.isdigit, part))]
    return names if len(names) < len(parts) and all(map(is_person, names)) else []


def _bare(name: str) -> str:
    """Return the name without what follows it; "" if it is not usable as a name."""
    name = _SUFFIX.sub("", name.strip()).strip(" .,;:|/-–—·•*#")
    is_usable = (
        1 < len(name) <= _MAX_NAME_CHARS and not name.isdecimal() and name.casefold() not in _NOT_NAMES
    )
    return name if is_usable else ""


def looks_like_name(text: str) -> bool:
    """Return whether a text may be the name of a person, in any script, or of an agency."""
    if _AGENCY.fullmatch(text) or _ACRONYM.fullmatch(text):
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
        2 <= len(words) <= _MAX_NAME_WORDS
        and all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
        and words[-1] not in _PARTICLES
        and all(map(_WORD_OF_NAME.fullmatch, words))
        and not _ROLE.search(text)
    )
