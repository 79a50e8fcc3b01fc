"""Join the forms of a name that occur in one article: "Путина" and "Путиным" with "Путин", "Helsinkiin" with "Helsingissä".

A form joins a name of the article if that is the only name that it can be a form of. Forms of a name that the article
does not have in the nominative are joined with each other. In doubt nothing is joined: an article may name both Александр
and Александра Иванова.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from newsbot.entities.naming.grammar import grammar
from newsbot.entities.naming.readings import Readings, Words, genders_of, other_readings, person_readings
from newsbot.items import EntityType

MAX_NAMES = 2_000
"""Maximum number of names of one type that are compared; bounds the time on hostile texts."""


def joined(
    names: Mapping[Words, int], language: str, kind: EntityType, known: Collection[Words] = ()
) -> dict[Words, Words]:
    """Return form -> the name that it is a form of, given the names of one type in an article with their numbers.

    The names in `known` are no forms of others: "Malta" is none of "Mali"."""
    if grammar(language).words == "none" or len(names) > MAX_NAMES:
        return {}
    readings = {name: {} if name in known else readings_of(name, language, kind) for name in names}
    targets = _without_mutual(_targets(names, readings, language, kind), names, kind)
    forms_of: dict[Words, set[Words]] = defaultdict(set)
    for name, found in targets.items():
        for target in found:
            forms_of[target].add(name)
    joins: dict[Words, Words] = {}
    for name, found in targets.items():
        # "Череповце" may be a form of "Череповца", which is one of "Череповец" itself.
        found = {other for other in found if not targets.get(other, set()) & found}  # noqa: PLW2901
        if len(found) == 1 and not _is_itself_a_name(name, found, forms_of, targets):
            joins[name] = next(iter(found))
    settled = targets.keys() | forms_of.keys()
    others = {name: bases for name, bases in readings.items() if name not in settled}
    joins |= _among_themselves(names, others)
    return {name: _end_of_chain(name, joins) for name in joins}


def readings_of(name: Words, language: str, kind: EntityType) -> Readings:
    """Return the bases that a name may be a form of."""
    return (person_readings if kind == "PER" else other_readings)(name, language)


def _targets(
    names: Mapping[Words, int], readings: Mapping[Words, Readings], language: str, kind: EntityType
) -> dict[Words, set[Words]]:
    """Return form -> the names of the article that it may be a form of.

    The name of a person may leave out what the form has between first and last word, or add to it."""
    by_ends: dict[Words, set[Words]] = defaultdict(set)
    if kind == "PER":
        for name in names:
            if len(name) > 1:
                by_ends[name[0], name[-1]].add(name)
    targets: dict[Words, set[Words]] = {}
    for name, bases in readings.items():
        found = {
            base
            for base, genders in bases.items()
            if base in names and (kind != "PER" or genders & genders_of(base, language))
        }
        if not found and len(name) > 1:
            ends = {
                other
                for base in bases
                for other in by_ends.get((base[0], base[-1]), ())
                if 2 in {len(name), len(other)}
            }
            found = ends - {name}
        if found:
            targets[name] = found
    return targets


def _without_mutual(
    targets: dict[Words, set[Words]], names: Mapping[Words, int], kind: EntityType
) -> dict[Words, set[Words]]:
    """Return the targets with one direction of those that point at each other.

    Greek "Λάρισα" and "Λάρισας" may each be the nominative. It is the more frequent one; else the longer one for people whose
    surnames change, as those of men do, and the shorter one for all others."""

    order = {name: -place for place, name in enumerate(names)}
    last_words = Counter(name[-1] for name in targets)

    def rank(name: Words) -> tuple[int, int, int]:
        length = sum(map(len, name))
        is_longer_better = kind == "PER" and last_words[name[-1]] == 1
        return names[name], length if is_longer_better else -length, order[name]

    kept = {
        name: {other for other in found if name not in targets.get(other, ()) or rank(other) > rank(name)}
        for name, found in targets.items()
    }
    return {name: found for name, found in kept.items() if found}


def _is_itself_a_name(
    name: Words,
    found: set[Words],
    forms_of: Mapping[Words, set[Words]],
    targets: Mapping[Words, set[Words]],
) -> bool:
    """Return whether the article has forms of this name that cannot be forms of what it may be a form of itself.

    "Александрой Ивановой" shows that "Александра Иванова" is a woman, and not the genitive of "Александр Иванов"."""
    return any(not targets[form] & found for form in forms_of.get(name, ()))


def _among_themselves(names: Mapping[Words, int], readings: Mapping[Words, Readings]) -> dict[Words, Words]:
    """Join the forms that share a base which the article does not have, to the most frequent, then to the shortest."""
    sharing: dict[Words, list[Words]] = defaultdict(list)
    for name, bases in readings.items():
        for base in bases:
            sharing[base].append(name)
    groups = sorted((group for group in sharing.values() if len(group) > 1), key=len, reverse=True)
    known_as: dict[Words, set[Words]] = {}
    joins_here: dict[Words, Words] = {}
    for group in groups:
        members = [name for name in group if name not in known_as]
        if len(members) > 1:
            chosen = max(members, key=lambda name: (names[name], -sum(map(len, name))))
            joins_here |= {name: chosen for name in members if name != chosen}
            known_as |= {name: set(group) for name in members}
    # What might as well belong to another group stays apart.
    doubtful = {
        name for group in groups for name in group if name in known_as and set(group) - known_as[name]
    }
    return {name: other for name, other in joins_here.items() if not {name, other} & doubtful}


def _end_of_chain(name: Words, joins: Mapping[Words, Words]) -> Words:
    seen = {name}
    while (following := joins.get(name)) and following not in seen:
        name = following
        seen.add(name)
    return name
