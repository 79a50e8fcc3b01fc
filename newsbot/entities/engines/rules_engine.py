"""The engine of rules and word lists: needs no model, and prefers missing a name to guessing one.

In English it finds known names, capitalised runs around words such as "Ministry", people by first name or title, and
acronyms. In other languages it finds only the places and organisations of the tables, and people after a title or a
first name. A capital letter alone is no evidence: it says nothing in German and does not exist in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import NamedTuple

from newsbot.entities import tables
from newsbot.entities.lexicon import SPACELESS, SUPPORTED, Lexicon, lexicon, spaceless_names
from newsbot.entities.tokens import Token, split_sentences, split_words
from newsbot.items import EntityType, Mention

_JOINING = frozenset(("of", "for", "and", "on", "the", "in", "&"))
# The joining words that may also separate two names: "Foreign Ministry and Kremlin".
_PARTING = frozenset(("and", "on", "in"))
_ELIDING = frozenset(("ca", "fr", "it"))
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|un|[dns]?[aeu]ll)['’](?=\w)", re.IGNORECASE)
_MAX_ORGANISATION_WORDS = 12
_MAX_PERSON_WORDS = 4


class Sentence(NamedTuple):
    """The input of a rule: the words of a sentence, the text that their offsets refer to, and the lexicon."""

    words: list[Token]
    text: str
    known: Lexicon


FoundName = tuple[int, EntityType]
"""The index after the last word of a name, and the type of the name."""


class RulesEngine:
    """Finds names by lists and patterns."""

    name = "rules"
    version = "3"

    def supports(self, language: str) -> bool:
        """Return whether there are word lists for this language."""
        return language in SUPPORTED

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        """Return the mentions that the lists and patterns find."""
        if not self.supports(language):
            return []
        if language in SPACELESS:
            return list(_known_anywhere(text, language))
        sentences = [split_words(text, start, end) for start, end in split_sentences(text)]
        if language in _ELIDING:
            sentences = [[_without_elision(word) for word in words] for words in sentences]
        known = lexicon(language)
        found = [mention for words in sentences for mention in _scan(Sentence(words, text, known))]
        return _with_surnames(found, sentences, text)


def _known_anywhere(text: str, language: str) -> Iterator[Mention]:
    names = lexicon(language).names
    for match in spaceless_names(language).finditer(text):
        yield Mention(start=match.start(), end=match.end(), text=match[0], type=names[match[0]])


def _without_elision(word: Token) -> Token:
    """Return a word without an elided article or preposition: "Union" for "l’Union"."""
    found = _ELISION.match(word.text)
    return Token(word.text[found.end() :], word.start + found.end(), word.end) if found else word


def _scan(sentence: Sentence) -> Iterator[Mention]:
    """Yield the names of a sentence; at every word the first rule that matches decides."""
    words, text, known = sentence
    i = 0
    while i < len(words):
        for rule in RULES if known.language == "en" else RULES_ELSEWHERE:
            found = rule(sentence, i)
            if found:
                end, kind = found
                yield _mention(text, words[i].start, words[end - 1].end, kind)
                i = end
                break
        else:
            yield from _before_hyphen(words[i], text, known)
            i += 1


def _mention(text: str, start: int, end: int, kind: EntityType) -> Mention:
    return Mention(start=start, end=end, text=text[start:end], type=kind)


def _before_hyphen(word: Token, text: str, known: Lexicon) -> Iterator[Mention]:
    """Yield the name in a compound such as "US-led"."""
    name, hyphen, rest = word.text.partition("-")
    if hyphen and rest.islower() and name in known.names:
        yield _mention(text, word.start, word.start + len(name), known.names[name])


def _is_capitalised(word: Token) -> bool:
    return word.text[0].isupper()


def _known(sentence: Sentence, i: int) -> FoundName | None:
    """Return the longest name of the lists that begins at word `i`."""
    words, text, known = sentence
    if not words[i].text[0].isalnum() or (words[i].text[0].islower() and words[i].text not in known.names):
        return None
    for end in range(min(len(words), i + known.longest), i, -1):
        name = " ".join(text[words[i].start : words[end - 1].end].split())
        kind = known.names.get(name)
        if kind is None and end == i + 1 and known.language == "de" and name.endswith("s"):
            kind = known.names.get(name[:-1])  # the German genitive: "Russlands"
        if kind:
            return end, kind
    return None


def _organisation(sentence: Sentence, i: int) -> FoundName | None:
    """Return the capitalised run at word `i` if it has a word such as "Ministry"."""
    words, _, known = sentence
    first = words[i].text
    never_first = (tables.words("sentence_starts"), tables.demonyms(), known.first_names, known.cues)
    if not _is_capitalised(words[i]) or any(first in listed for listed in never_first):
        return None
    run = _capitalised_run(words, i)
    cue = next((j for j, word in enumerate(run) if word in tables.words("organisation_words")), None)
    if cue is None or any(word in _PARTING for word in run[:cue]):
        return None
    end = next((j for j in range(cue, len(run)) if run[j] in _PARTING), len(run))
    return (i + end, "ORG") if end > 1 else None


def _capitalised_run(words: list[Token], i: int) -> list[str]:
    """Return the capitalised words from `i` on, with the joining words between them."""
    ahead = words[i : i + _MAX_ORGANISATION_WORDS]
    run = [
        word.text for word in takewhile(lambda word: _is_capitalised(word) or word.text in _JOINING, ahead)
    ]
    while run[-1] in _JOINING:
        run.pop()
    return run


def _person(sentence: Sentence, i: int) -> FoundName | None:
    """Return the person whose first name is word `i`, or whose title precedes it."""
    words, _, known = sentence
    if not _is_capitalised(words[i]):
        return None
    has_first_name = words[i].text in known.first_names
    end = _person_end(words, i, _MAX_PERSON_WORDS if known.language != "de" else 2)
    if has_first_name and end > i + 1:
        return end, "PER"
    if _follows_cue(words, i, known) and words[i].text not in known.cues:
        limit = 1 if known.language == "de" else _MAX_PERSON_WORDS
        return _person_end(words, i, limit), "PER"
    return None


def _person_end(words: list[Token], i: int, limit: int) -> int:
    """Return the index after the last word of the name that begins at `i`."""
    end, count, last = i, 0, i
    while end < len(words) and count < limit:
        word = words[end].text
        if _is_capitalised(words[end]) and word not in tables.demonyms():
            count += 1
            last = end + 1
        elif word not in tables.words("particles") and not (word == "." and len(words[end - 1].text) == 1):
            break
        end += 1
    return last


def _follows_cue(words: list[Token], i: int, known: Lexicon) -> bool:
    before = i - 2 if i > 1 and words[i - 1].text == "." else i - 1
    return before >= 0 and words[before].text in known.cues


def _acronym(sentence: Sentence, i: int) -> FoundName | None:
    """Return word `i` if it is three to six capitals in a sentence that is not in capitals itself."""
    word = sentence.words[i].text
    if not (3 <= len(word) <= 6 and word.isalpha() and word.isupper()) or word in tables.words("no_acronyms"):
        return None
    is_in_capitals = sum(w.text.isupper() for w in sentence.words) * 2 > len(sentence.words)
    return None if is_in_capitals else (i + 1, "ORG")


NameRule = Callable[[Sentence, int], FoundName | None]
RULES: tuple[NameRule, ...] = (_organisation, _known, _person, _acronym)
RULES_ELSEWHERE: tuple[NameRule, ...] = (_known, _person)


def _with_surnames(found: list[Mention], sentences: list[list[Token]], text: str) -> list[Mention]:
    """Add the lone surnames of people whose full name is elsewhere in the text."""
    surnames = {m.text.split()[-1] for m in found if m.type == "PER" and " " in m.text}
    taken = {offset for m in found for offset in range(m.start, m.end)}
    lone = [
        _mention(text, word.start, word.end, "PER")
        for words in sentences
        for word in words
        if word.text in surnames and word.start not in taken
    ]
    return sorted(found + lone, key=lambda mention: mention.start)
