"""Joins the mentions of an article under one name each.

A lone surname belongs to the full name that ends in it, an acronym to its expansion; the nearest one before it if
there are several. Names are equal when their keys are (`keys.entity_key`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from newsbot.entities import tables
from newsbot.entities.keys import bare_name, canonical_name, entity_key
from newsbot.entities.roles import role_at
from newsbot.items import Entity, EntityType, Mention

_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,8}|[A-Z]{1,3}[a-z][A-Z]{1,3}")
_MINOR_WORDS = frozenset(
    ("of", "the", "and", "for", "in", "on", "to", "&", "de", "la", "du", "des", "der", "et")
)
_GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))
_MAX_NAME_WORDS = 8

Sightings = dict[str, list[tuple[int, str]]]
"""What a short form may stand for: short form -> (offset, key of the full form), in the order of the text."""


def link(mentions: list[Mention], text: str, title: str = "") -> list[Entity]:
    """Return the entities of an article in the order of their first mention; each mention is in exactly one.

    `text` is what the mentions' offsets count in. A full name that stands only in `title` still gives its surname
    a name.
    """
    ordered = sorted(mentions, key=lambda mention: mention.start)
    headline = _names_in_title(title)
    surnames = _surnames(ordered, headline)
    acronyms = _acronyms(ordered, text)
    same_person = _same_person(key for found in surnames.values() for _, key in found)
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in ordered:
        key = entity_key(mention.text, mention.type)
        if mention.type == "PER":
            key = _nearest(surnames, key, mention.start) or key
            key = same_person.get(key, key)
        elif mention.type == "ORG" and _is_acronym(mention):
            key = _nearest(acronyms, _letters(mention.text), mention.start) or key
        groups[key].append(mention)
    return [_entity(key, found, text, headline.get(key)) for key, found in groups.items()]


def _nearest(sightings: Sightings, short: str, offset: int) -> str | None:
    found = sightings.get(short)
    if not found:
        return None
    return found[max(0, bisect_left(found, (offset, "")) - 1)][1]


def _name_words(key: str) -> list[str]:
    return key.partition(":")[2].split()


def _names_in_title(title: str) -> dict[str, str]:
    """Return key -> name for each "Jens Stoltenberg" of a headline: a known first name and a capitalised word."""
    words = [word.strip('.,:;!?"“”‘()') for word in title.split()[:100]]
    pairs = ((a, b) for a, b in pairwise(words) if a in tables.first_names() and b[:1].isupper())
    names = (bare_name(f"{first} {last}", "PER") for first, last in pairs)
    return {entity_key(name, "PER"): name for name in names}


def _surnames(ordered: list[Mention], headline: dict[str, str]) -> Sightings:
    """Return what each lone surname may stand for; the headline's names come before all others."""
    seen = [(-1, key) for key in headline]
    seen += [(m.start, entity_key(m.text, "PER")) for m in ordered if m.type == "PER"]
    family_first = {name.lower() for name in tables.words("family_first")}
    sightings: Sightings = defaultdict(list)
    for start, key in seen:
        words = _name_words(key)
        if not 1 < len(words) <= _MAX_NAME_WORDS:
            continue
        core = words[:-1] if words[-1] in _GENERATIONS else words
        shorts = {" ".join(core[i:]) for i in range(1, len(core))}
        if words[0] in family_first:
            shorts.add(words[0])
        for short in shorts:
            sightings[f"PER:{short}"].append((start, key))
    return sightings


def _same_person(keys: Iterable[str]) -> dict[str, str]:
    """Return key -> fuller key, for names that differ only in what stands between first and last ("George W. Bush").

    Not if the article tells two people apart by it.
    """
    variants: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key in keys:
        words = _name_words(key)
        variants[words[0], words[-1]].add(key)
    fuller: dict[str, str] = {}
    for group in variants.values():
        initials = {"".join(word[0] for word in _name_words(key)[1:-1]) for key in group} - {""}
        if len(initials) == 1:
            fullest = max(group, key=lambda key: (len(key), key))
            fuller |= dict.fromkeys(group, fullest)
    return fuller


def _is_acronym(mention: Mention) -> bool:
    return bool(_ACRONYM.fullmatch(bare_name(mention.text, mention.type)))


def _letters(text: str) -> str:
    return bare_name(text, "ORG").replace(".", "").lower()


def _acronyms(ordered: list[Mention], text: str) -> Sightings:
    """Return what each acronym may stand for: names with its initials, and names that it follows in brackets."""
    organisations = [mention for mention in ordered if mention.type == "ORG"]
    sightings: Sightings = defaultdict(list)
    for i, mention in enumerate(organisations):
        words = bare_name(mention.text, "ORG").lower().replace("-", " ").split()
        if len(words) < 2 or len(words) > 2 * _MAX_NAME_WORDS:
            continue
        shorts = {
            "".join(word[0] for word in words if word not in _MINOR_WORDS),
            "".join(word[0] for word in words),
        }
        following = organisations[i + 1] if i + 1 < len(organisations) else None
        if following and _in_brackets(mention, following, text):
            shorts.add(_letters(following.text))
        for short in shorts:
            sightings[short].append((mention.start, entity_key(mention.text, "ORG")))
    return sightings


def _in_brackets(name: Mention, acronym: Mention, text: str) -> bool:
    """Whether `acronym` stands in brackets right after `name`, and begins as it does."""
    between, after = text[name.end : acronym.start], text[acronym.end : acronym.end + 1]
    same_letter = name.text[:1].lower() == acronym.text[:1].lower()
    return between == " (" and after == ")" and same_letter and _is_acronym(acronym)


def _entity(key: str, mentions: list[Mention], text: str, headline_name: str | None) -> Entity:
    kind = mentions[0].type
    own = [bare_name(m.text, kind) for m in mentions if entity_key(m.text, kind) == key]
    name = canonical_name(own[0], kind) if own else headline_name
    roles = (role_at(text, m.start, m.end) for m in mentions if kind == "PER")
    name = name or _best_spelling(own, kind)
    return Entity(name=name, type=kind, mentions=mentions, role=next(filter(None, roles), None))


def _best_spelling(names: list[str], kind: EntityType) -> str:
    """Return the fullest, then the commonest, spelling; one all in capitals or small letters only for want of better."""
    counts = Counter(names)
    best = max(
        counts, key=lambda name: (name.upper() != name != name.lower(), len(name.split()), counts[name])
    )
    return best.title() if kind == "PER" and best.isupper() else best


def salience(entity: Entity, text: str, title: str = "") -> float:
    """Return how much an article is about an entity, 0 to 1: half of it for the title, a quarter each for the lead
    and for how often it is named. Above 0.5: an article about it; below: one that mentions it.
    """
    names = {bare_name(mention.text, entity.type) for mention in entity.mentions}
    if entity.type == "PER":
        names |= {name.rpartition(" ")[2] for name in names}
    # Looked for as plain text first: to compile a pattern for every name took longer than storing the article.
    in_title = any(name in title and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) for name in names)
    lead_end = text.find("\n\n")
    in_lead = entity.mentions[0].start < (len(text) if lead_end < 0 else lead_end)
    count = len(entity.mentions)
    return 0.5 * in_title + 0.25 * in_lead + 0.25 * count / (count + 3)
