"""Make the mentions of an article consistent: a name has the same type wherever it occurs.

Nothing is carried over to other articles: "Washington" may be a person in one and a place in the next.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from newsbot.entities import tables
from newsbot.items import EntityType, Mention

MAX_NAMES = 500
"""Maximum number of names, the most frequent ones, whose missed occurrences are searched; bounds the time on hostile texts."""
_MIN_INITIALS = 3
"""Minimum length of initials that are unlikely to be an accident."""

_IN_BRACKETS = re.compile(r" \(([A-Z]{2,8})\)")


def make_consistent(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions in order, with one type per name, and with the missed occurrences of names added."""
    mentions = _with_own_possessives(mentions, text)
    explained = _explained_acronyms(mentions, text)
    settled = _with_settled_types(mentions, explained)
    return sorted([*settled, *_missed(settled, text, explained)], key=lambda mention: mention.start)


def _with_own_possessives(mentions: list[Mention], text: str) -> list[Mention]:
    """Extend the mentions of organisations whose name has a possessive ("Moody's"), unless the name is a person's surname."""
    surnames = _surnames(mentions)
    return [
        Mention(
            start=mention.start, end=mention.end + 2, text=text[mention.start : mention.end + 2], type="ORG"
        )
        if text.startswith(("'s", "’s"), mention.end)
        and f"{mention.text}'s" in tables.organisations()
        and mention.text not in surnames
        else mention
        for mention in mentions
    ]


def _explained_acronyms(mentions: list[Mention], text: str) -> dict[str, EntityType]:
    """Return acronym -> type of the acronyms in brackets after the name that they abbreviate: "Harbour Board (HB)"."""
    found: dict[str, EntityType] = {}
    for mention in mentions:
        match = _IN_BRACKETS.match(text, mention.end)
        initials = _initials(mention.text)
        if match and match[1] == initials and mention.type != "PER":
            found[initials] = mention.type
    return found


def _with_settled_types(mentions: list[Mention], explained: Mapping[str, EntityType]) -> list[Mention]:
    """Give every mention of a name the most frequent type of its mentions; a full name also votes for its last word.

    An acronym has the type of the name that explains it. A name that the tables list as an organisation ("Kremlin") is
    one; a country is a place even if an engine took its team for an organisation; a surname is no place unless the tables
    list it as one.
    """
    votes: dict[str, Counter[EntityType]] = defaultdict(Counter)
    for mention in mentions:
        votes[mention.text][_known_type(mention)] += 1
    for surname in _surnames(mentions):
        votes[surname]["PER"] += 1
        if votes[surname]["LOC"] and surname not in tables.place_names():
            votes[surname]["PER"] += votes[surname].pop("LOC")
    for acronym in _initials_of_organisations(mentions):
        votes[acronym] = Counter({"ORG": 1})
    for acronym, explained_kind in explained.items():
        votes[acronym] = Counter({explained_kind: 1})
    return [_retyped(mention, votes[mention.text]) for mention in mentions]


def _known_type(mention: Mention) -> EntityType:
    if mention.text in tables.known_organisations():
        return "ORG"
    return "LOC" if mention.type == "ORG" and mention.text in tables.countries() else mention.type


def _surnames(mentions: list[Mention]) -> set[str]:
    """Return the last words of people's full names."""
    return {m.text.rpartition(" ")[2] for m in mentions if m.type == "PER" and " " in m.text}


def _initials_of_organisations(mentions: list[Mention]) -> set[str]:
    """Return the initials of organisations' names that have at least `_MIN_INITIALS` letters: "GAO"."""
    initials = {_initials(mention.text) for mention in mentions if mention.type == "ORG"}
    return {letters for letters in initials if len(letters) >= _MIN_INITIALS}


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _retyped(mention: Mention, votes: Counter[EntityType]) -> Mention:
    kind, count = votes.most_common(1)[0]
    if count == votes[mention.type]:
        return mention
    return Mention(start=mention.start, end=mention.end, text=mention.text, type=kind)


def _missed(mentions: list[Mention], text: str, explained: Mapping[str, EntityType]) -> Iterator[Mention]:
    """Yield mentions of names that were found elsewhere in the text, at places where nothing was found.

    A single word is added only if it was found at least as often as it was missed: in a text about the fruit, "Apple" is
    not always the company.
    """
    taken = bytearray(len(text))
    for mention in mentions:
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    counts = Counter((mention.text, mention.type) for mention in mentions) + Counter(explained.items())
    surnames = _surnames(mentions)
    for (name, kind), count in sorted(counts.most_common(MAX_NAMES), key=lambda item: -len(item[0][0])):
        places = [place for place in _whole_words(name, text) if not any(taken[place : place + len(name)])]
        sure = (
            " " in name
            or name in explained
            or (name in surnames and kind == "PER")
            or len(places) <= count > 1
        )
        for start in places if sure else ():
            taken[start : start + len(name)] = b"\1" * len(name)
            yield Mention(start=start, end=start + len(name), text=name, type=kind)


def _whole_words(name: str, text: str) -> Iterator[int]:
    """Yield the offsets of `name` in `text` where it is not part of a longer word or compound."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        if not any(character.isalnum() or character in "-_@" for character in around):
            yield start
        start = text.find(name, end)
