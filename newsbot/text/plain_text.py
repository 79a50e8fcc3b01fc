"""Functions on text that all modules share: white space, Unicode, words."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any, Literal

from newsbot.text.compiled_core import load_core

MAX_MARKS = 30
"""Maximum number of combining marks in a row. Sorting them takes the square of their number, and no writing system
needs as many (Unicode Standard Annex 15, section 13: stream-safe text)."""
_MARKS_IN_ZEROS_CLASS = "\u0f73\u0f75\u0f81"
"""Marks that `unicodedata.combining` does not know as such: they decompose into marks."""
# A run that may have too many marks: no letters, digits, spaces and Latin-1.
_SIGNS = re.compile(rf"[^\w\s\x00-\u02ff]{{{MAX_MARKS + 1},}}+")
MAX_LINE_CHARS = 20_000
"""Number of characters that are read of a text in the metadata of a page; more than a thousand are rare."""
# Invisible characters: C0 controls except tab and line feed, soft hyphen, zero-width space and direction marks, word
# joiner and invisible operators, byte order mark, specials, tags, lone surrogates (which cannot be encoded as
# UTF-8), and noncharacters.
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape Arabic and Indic words and combine emoji; after a Latin, Greek or Cyrillic letter they have no effect.
_NEEDLESS_JOINER = re.compile(
    "(?<![\u0590-\u1fff\u20d0-\u2bff\ua800-\uabff\ufb1d-\ufeff\U00010000-\U0010ffff])[\u200c\u200d]"
)
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_C1 = re.compile("[\x80-\x9f]")
# All characters that the patterns above replace, to find in one pass that a text has none, as most texts do.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff]+"
)
"""Characters that control a terminal, end a line or reorder its text, surrogates, and private-use characters."""
_LONE_SURROGATE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BLANK_LINE = re.compile(r"\n\s*\n")
# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
_BARE_TAG = re.compile(r"<(?P<name>[a-zA-Z][a-zA-Z0-9-]{0,20})>")
_END_TAG = re.compile(r"</([a-z][a-z0-9-]{0,20})")
_FORMATTING_TAG = re.compile(
    "a|b|big|br|cite|code|div|em|font|hr|i|mark|p|q|s|small|span|strong|sub|sup|tt|u|wbr"
)
"""Tags that texts contain by mistake without an end tag: cut summaries, line breaks."""
_NOT_LETTERS = re.compile(r"[\W_]+")
_ASCII_LETTERS = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}
_MIN_LOOKED_AT = 50
"""Number of characters from which looking at a text takes less time than taking it apart."""
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def collapse_space(text: str) -> str:
    """Return the text with single spaces for white space of any kind (also no-break spaces), and none at the ends."""
    if len(text) >= _MIN_LOOKED_AT and type(text) is str and (look := compiled_look()) and look(text):
        return text
    return " ".join(text.split())


@cache
def compiled_look() -> Callable[[str], bool] | None:
    """Return the function of the compiled core that says whether a text needs no change; None without it."""
    core = load_core()
    return None if core is None else core.words.is_collapsed


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return the text in a Unicode normalization form, in linear time: of a run of combining marks the first 30 are kept.

    A text that is in this form already is returned as it is."""
    if len(text) <= MAX_MARKS or unicodedata.is_normalized(form, text):
        return unicodedata.normalize(form, text)
    if "K" in form:  # the only letters that it turns into marks: the halfwidth sound marks of katakana
        text = text.replace("\uff9e", "\u3099").replace("\uff9f", "\u309a")
    return unicodedata.normalize(form, _SIGNS.sub(_with_few_marks, text))


def _with_few_marks(signs: re.Match[str]) -> str:
    kept, run = [], 0
    for sign in signs[0]:
        run = run + 1 if unicodedata.combining(sign) or sign in _MARKS_IN_ZEROS_CLASS else 0
        if run <= MAX_MARKS:
            kept.append(sign)
    return "".join(kept)


def without_surrogates(json: str) -> str:
    """Return a JSON text with U+FFFD for every escape of half a character (`\\ud800`), which could not be stored."""
    if _SURROGATE.search(json) is None:
        return json
    return _LONE_SURROGATE.sub(lambda escape: r"\ufffd" if escape["lone"] else escape[0], json)


def clean_text(text: str) -> str:
    """Return the text in NFC, with line feeds as line ends, without control and invisible characters.

    Joiners are kept where a script or an emoji needs them. C1 controls are read as the Windows-1252 characters that
    were intended, as the HTML standard does for numeric character references.
    """
    # The first test is the quicker one, but line feeds do not pass it.
    if not text.replace("\n", " ").isprintable() and _SUSPECT.search(text):
        text = _LINE_END.sub("\n", text)
        text = _C1.sub(lambda match: match[0].encode("latin-1").decode("windows-1252", "ignore"), text)
        text = _NEEDLESS_JOINER.sub("", _JUNK.sub("", text))
    return text if text.isascii() else normalized("NFC", text)


def escape_controls(text: str) -> str:
    """Return the text with characters that could control a terminal or reorder its text as escapes (`\\x1b`); tabs stay."""

    def escape(match: re.Match[str]) -> str:
        return match[0].encode("unicode_escape").decode("ascii").replace("\\t", "\t")

    return UNPRINTABLE.sub(escape, text)


def one_line(text: str) -> str:
    """Return the cleaned text on one line with single spaces, for headlines and names."""
    return collapse_space(clean_text(text))


def plain_line(text: str) -> str:
    """Return the text on one line, without tags, and with character references resolved twice.

    For metadata, which may contain markup or doubly escaped characters by mistake.
    """
    text = text[:MAX_LINE_CHARS]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return one_line(_without_tags(text) if "<" in text else text)


def _without_tags(text: str) -> str:
    """Return the text without tags; "<video>" without attributes and without an end tag is a word that is written about."""
    ended = set(_END_TAG.findall(text.casefold()))

    def replacement(tag: re.Match[str]) -> str:
        bare = _BARE_TAG.fullmatch(tag[0])
        name = bare["name"].casefold() if bare else ""
        return tag[0] if name and name not in ended and not _FORMATTING_TAG.fullmatch(name) else " "

    return _TAG.sub(replacement, text)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which blank lines separate; each is cleaned and on one line."""
    return list(_paragraphs(text))


@lru_cache(maxsize=64)  # asked for when a body is cleaned, of its Markdown, and when it is stored with others
def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for part in _BLANK_LINE.split(clean_text(text)) if (line := collapse_space(part)))


def without_repeats(texts: Iterable[str]) -> list[str]:
    """Return the texts in order without repeats, ignoring case; the first spelling is kept."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(text.casefold(), text)
    return list(first.values())


@lru_cache(maxsize=64)
def word_count(text: str) -> int:
    """Return the number of words: parts between spaces that contain a letter or a digit.

    In scripts without spaces between words, two characters count as a word. The last counts are kept: a body is counted when
    it is found, and again when it is clean.
    """
    counter = compiled_counter()
    return count_in_python(text) if counter is None else counter.count(text)


def count_in_python(text: str) -> int:
    """Return what `word_count` returns, without the compiled core."""
    rest, spaceless = (text, 0) if text.isascii() else _SPACELESS.subn(" ", text)
    words = [word for word in rest.split() if word[0].isalnum() or _LETTER_OR_DIGIT.search(word)]
    return (spaceless + 1) // 2 + len(words)


@cache
def compiled_counter() -> Any:
    """Return what counts words in the compiled core; None without it."""
    core = load_core()
    return None if core is None else core.words.WordCounter(_word_flags)


def _word_flags(char: str) -> int:
    return char.isspace() | char.isalnum() << 1 | (_SPACELESS.match(char) is not None) << 2


def letters(text: str) -> str:
    """Return only the letters and digits of a text, case-folded, to compare names and headlines."""
    if text.isascii():
        return text.translate(_ASCII_LETTERS)
    return _NOT_LETTERS.sub("", text).casefold()


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in their order: a list of names that is short to write."""
    return tuple(text.split())


_FIRST_OF_EAST_ASIA = "\u2e80"


def size_of(text: str) -> int:
    """Return the length of a text in characters of an alphabet.

    A character counts as three if the text begins in a script of East Asia, which take a third of the characters."""
    return len(text) * 3 if text > _FIRST_OF_EAST_ASIA else len(text)
