"""Link the mentions of an article: group them into entities under one name each.

A lone surname belongs to the full name that ends in it, an acronym to its expansion; the nearest one before it if
there are several. Names are equal when their keys are (`keys.entity_key`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
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
_MAX_TITLE_WORDS = 100

FullForms = dict[str, list[tuple[int, str]]]
"""Short form -> (offset, key) of every full name that it may abbreviate, in the order of the text."""


def link(mentions: list[Mention], text: str, title: str = "") -> list[Entity]:
    """Return the entities of an article in the order of their first mention; every mention is in exactly one.

    `text` is the text that the offsets of the mentions refer to. A full name that occurs only in `title` also
    gives its surname a name.
    """
    ordered = sorted(mentions, key=lambda mention: mention.start)
    headline = _names_in_title(title)
    surnames = _surnames(ordered, headline)
    acronyms = _acronyms(ordered, text)
    fuller = _fuller_keys(key for found in surnames.values() for _, key in found)
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in ordered:
        key = entity_key(mention.text, mention.type)
        if mention.type == "PER":
            key = _full_person_key(key, mention.start, surnames, fuller)
        elif mention.type == "ORG" and _is_acronym(mention):
            key = _nearest(acronyms, _letters(mention.text), mention.start) or key
        groups[key].append(mention)
    return [_entity(key, found, text, headline.get(key)) for key, found in groups.items()]


def _full_person_key(key: str, offset: int, surnames: FullForms, fuller: Mapping[str, str]) -> str:
    """Return the key of the fullest name that a person's name at `offset` abbreviates.

    The full form of a surname may itself be short for a longer one, so the look-up is repeated until nothing changes:
    in "S Orlan Petrakis ... Orlan Petrakis ... Petrakis" a single step would put the last mention into a group that
    no mention gives a name to. Every step leads to a longer key, or to a greater one of the same length, so it ends.
    """
    while True:
        longer = _nearest(surnames, key, offset) or key
        longer = fuller.get(longer, longer)
        if longer == key:
            return key
        key = longer


def _nearest(full_forms: FullForms, short: str, offset: int) -> str | None:
    """Return the key of the last full form before `offset`, else of the first one after it; None if there is none."""
    found = full_forms.get(short)
    if not found:
        return None
    return found[max(0, bisect_left(found, (offset, "")) - 1)][1]


def _name_words(key: str) -> list[str]:
    return key.partition(":")[2].split()


def _names_in_title(title: str) -> dict[str, str]:
    """Return key -> name for each "Jens Stoltenberg" of a headline: a known first name and a capitalised word."""
    words = [word.strip('.,:;!?"“”‘()') for word in title.split()[:_MAX_TITLE_WORDS]]
    pairs = ((a, b) for a, b in pairwise(words) if a in tables.first_names() and b[:1].isupper())
    names = (bare_name(f"{first} {last}", "PER") for first, last in pairs)
    return {entity_key(name, "PER"): name for name in names}


def _surnames(ordered: list[Mention], headline: dict[str, str]) -> FullForms:
    """Return the full names that each lone surname may abbreviate; names of the headline come before all others."""
    seen = [(-1, key) for key in headline]
    seen += [(m.start, entity_key(m.text, "PER")) for m in ordered if m.type == "PER"]
    full_forms: FullForms = defaultdict(list)
    for start, key in seen:
        for short in _short_forms(_name_words(key)):
            full_forms[f"PER:{short}"].append((start, key))
    return full_forms


def _short_forms(words: list[str]) -> set[str]:
    """Return the surnames that abbreviate a full name; none for a single word or an implausibly long name."""
    if not 1 < len(words) <= _MAX_NAME_WORDS:
        return set()
    core = words[:-1] if words[-1] in _GENERATIONS else words
    shorts = {" ".join(core[i:]) for i in range(1, len(core))}
    return shorts | {words[0]} if words[0] in _names_before_given_names() else shorts


@cache
def _names_before_given_names() -> frozenset[str]:
    """Return the family names that are written before the given name ("xi"), in lower case."""
    return frozenset(name.lower() for name in tables.words("family_first"))


def _fuller_keys(keys: Iterable[str]) -> dict[str, str]:
    """Return key -> fuller key, for names that differ only between first and last word ("George W. Bush").

    Names are left apart if the article has several people with the same first and last word.
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


def _acronyms(ordered: list[Mention], text: str) -> FullForms:
    """Return the names that each acronym may abbreviate: names with its initials, and names it follows in brackets."""
    organisations = [mention for mention in ordered if mention.type == "ORG"]
    full_forms: FullForms = defaultdict(list)
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
            full_forms[short].append((mention.start, entity_key(mention.text, "ORG")))
    return full_forms


def _in_brackets(name: Mention, acronym: Mention, text: str) -> bool:
    """Return whether `acronym` is in brackets right after `name` and begins with the same letter."""
    between, after = text[name.end : acronym.start], text[acronym.end : acronym.end + 1]
    same_letter = name.text[:1].lower() == acronym.text[:1].lower()
    return between == " (" and after == ")" and same_letter and _is_acronym(acronym)


def _entity(key: str, mentions: list[Mention], text: str, headline_name: str | None) -> Entity:
    """Return the entity of a group of mentions, named by the mentions that have the group's own key.

    Without such a mention the name comes from the headline, else from all mentions of the group.
    """
    kind = mentions[0].type
    own = [bare_name(m.text, kind) for m in mentions if entity_key(m.text, kind) == key]
    name = canonical_name(own[0], kind) if own else headline_name
    roles = (role_at(text, m.start, m.end) for m in mentions if kind == "PER")
    name = name or _best_spelling(own or [bare_name(m.text, kind) for m in mentions], kind)
    return Entity(name=name, type=kind, mentions=mentions, role=next(filter(None, roles), None))


def _best_spelling(names: list[str], kind: EntityType) -> str:
    """Return the fullest, then the commonest, spelling; one all in capitals or all in lower case only as a last resort."""
    counts = Counter(names)
    best = max(
        counts, key=lambda name: (name.upper() != name != name.lower(), len(name.split()), counts[name])
    )
    return best.title() if kind == "PER" and best.isupper() else best


def salience(entity: Entity, text: str, title: str = "") -> float:
    """Return how much an article is about an entity, from 0 to 1; above 0.5 the article is about it.

    Half of it is for the title, a quarter for the lead and a quarter for the number of mentions.
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
