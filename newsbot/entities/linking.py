"""Link the mentions of an article: group them into entities under one name each.

Forms of a name join by the grammar of the language (`naming.joining`). A lone surname belongs to the full name that it is
part of (`naming.short_forms`), an acronym to its expansion; if several people have the surname, to the one whom the article
is about, else to the nearest one before it. Well-known names are one entity in all scripts (`naming.known`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from newsbot.entities import tables
from newsbot.entities.keys import bare_name, canonical_name, entity_key, known_name, name_in
from newsbot.entities.naming import known
from newsbot.entities.naming.folding import fold, words_of
from newsbot.entities.naming.grammar import grammar
from newsbot.entities.naming.joining import joined, readings_of
from newsbot.entities.naming.people import People
from newsbot.entities.naming.readings import Words
from newsbot.entities.roles import role_at
from newsbot.items import Entity, EntityType, Mention

UNKNOWN = "und"
"""Code of ISO 639-2 for an undetermined language."""
_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,8}|[A-Z]{1,3}[a-z][A-Z]{1,3}")
_MINOR_WORDS = frozenset(
    ("of", "the", "and", "for", "in", "on", "to", "&", "de", "la", "du", "des", "der", "et")
)
_NICKNAME = re.compile(r"""[\s(]["“”„«‘'’]([^"“”„«»‘'’()]{2,30})["“”»‘'’]\s""")
_MAX_NAME_WORDS = 8
_MAX_TITLE_WORDS = 100
_MAX_TITLE_CHARS = 1_000
_MARKS = ".,:;!?…()[]'-–—"
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u9fff]+")

FullForms = dict[str, list[tuple[int, str]]]
"""Acronym -> (offset, key) of every name that it may abbreviate, in the order of the text."""


@dataclass(frozen=True, slots=True)
class Named:
    """A mention with its name: without title, possessive and marked ending."""

    mention: Mention
    name: str
    words: Words


def link(mentions: list[Mention], text: str, title: str = "", language: str = UNKNOWN) -> list[Entity]:
    """Return the entities of an article in the order of their first mention; every mention is in exactly one.

    `text` is the text that the offsets of the mentions refer to, `language` its language (ISO 639-1). A full name that
    occurs only in `title` also gives its surname a name.
    """
    ordered = sorted(mentions, key=lambda mention: mention.start)
    named = [_named(mention, language) for mention in ordered]
    headline = _names_in_title(title)
    people = _people(named, headline, title, language)
    names = _meant_names(named, people, language)
    known_as = _Known(named, people, headline, language)
    keys = [known_as.key(name, one.mention.type) for one, name in zip(named, names, strict=True)]
    acronyms = _Acronyms(named, keys, text)
    groups: dict[str, list[Named]] = defaultdict(list)
    for one, key in zip(named, keys, strict=True):
        if one.mention.type == "ORG" and _is_acronym(one.name):
            is_known = known_as.has_canonical_name(key)
            key = acronyms.meant(_letters(one.name), one.mention.start, is_known=is_known) or key  # noqa: PLW2901
        groups[key].append(one)
    return [known_as.entity(key, found, text) for key, found in groups.items()]


def _named(mention: Mention, language: str) -> Named:
    name = name_in(mention.text, mention.type, language)
    return Named(mention, name, words_of(name) or (name,))


def _meant_names(named: Sequence[Named], people: People, language: str) -> list[Words]:
    """Return for each mention the name of the article that it is a form of, or abbreviates."""
    joins = {kind: _joins(named, kind, language) for kind in ("ORG", "LOC")}
    return [
        people.full_name(one.words, one.mention.start)
        if one.mention.type == "PER"
        else joins[one.mention.type].get(one.words, one.words)
        for one in named
    ]


def _joins(named: Sequence[Named], kind: EntityType, language: str) -> dict[Words, Words]:
    of_kind = [one for one in named if one.mention.type == kind]
    known_here = {
        one.words for one in of_kind if canonical_name(one.name, kind) or one.name in tables.countries()
    }
    return joined(Counter(one.words for one in of_kind), language, kind, known_here)


def _people(named: Sequence[Named], headline: Mapping[Words, str], title: str, language: str) -> People:
    people = [one for one in named if one.mention.type == "PER"]
    in_title = f" {' '.join(words_of(title[:_MAX_TITLE_CHARS]))} "
    return People(
        [*((-1, words) for words in headline), *((one.mention.start, one.words) for one in people)],
        language,
        family_first=_names_before_given_names(),
        main={one.words for one in people if len(one.words) > 1 and f" {' '.join(one.words)} " in in_title},
        famous=_famous(people, language),
        nicknames={
            one.words: [words_of(found[1])] for one in people if (found := _NICKNAME.search(one.name))
        },
    )


def _famous(people: Sequence[Named], language: str) -> dict[Words, str]:
    """Return the canonical names of well-known people by their names in the article."""
    found = {}
    for one in people:
        canonical = canonical_name(one.name, "PER") or _canonical_form(one.name, one.words, "PER", language)
        if canonical:
            found[one.words] = canonical
    return found


def _canonical_form(name: str, words: Words, kind: EntityType, language: str) -> str | None:
    """Return the canonical name of what is used alone, is known by this name in the language, or is an inflected form."""
    folded = kind, fold(name)
    found = known.names_in(language).get(folded) or known.short_names().get(folded)
    if found or grammar(language).words == "none":
        return found
    if same := known_name(words, kind, language):
        return same
    here = known.names_in_by_words(language)
    readings = readings_of(words, language, kind)
    bases = {here.get((kind, base)) or known_name(base, kind, language) for base in readings} - {None}
    return bases.pop() if len(bases) == 1 else None


class _Known:
    """What the names of an article are called everywhere, and in the article."""

    def __init__(
        self, named: Sequence[Named], people: People, headline: Mapping[Words, str], language: str
    ) -> None:
        self._language = language
        self._people = people
        self._headline = headline
        self._spellings: dict[tuple[EntityType, Words], Counter[str]] = defaultdict(Counter)
        for one in named:
            self._spellings[one.mention.type, one.words][one.name] += 1
        self._names: dict[str, tuple[str | None, Words]] = {}
        """Key -> canonical name, and the name in the article."""
        self._keys: dict[tuple[EntityType, Words], str] = {}

    def key(self, words: Words, kind: EntityType) -> str:
        """Return the key of the entity with this name."""
        key = self._keys.get((kind, words))
        if key is None:
            spellings = self._spellings.get((kind, words))
            name = (
                _best_spelling(spellings, kind) if spellings else self._headline.get(words) or " ".join(words)
            )
            canonical = canonical_name(name, kind) or self._known(name, words, kind)
            key = self._keys[kind, words] = entity_key(canonical or name, kind)
            self._names.setdefault(key, (canonical, words))
        return key

    def _known(self, name: str, words: Words, kind: EntityType) -> str | None:
        """Return the canonical name of a name; None if it may be that of somebody whom the article names in full."""
        is_taken = kind == "PER" and not self._people.is_famous_alone(words)
        if is_taken and self._people.may_be_somebody(words):
            return None
        return _canonical_form(name, words, kind, self._language)

    def has_canonical_name(self, key: str) -> bool:
        """Return whether the tables have the entity with this key."""
        return self._names[key][0] is not None

    def entity(self, key: str, group: Sequence[Named], text: str) -> Entity:
        """Return the entity of a group of mentions, named by the mentions that have the group's own key.

        Without such a mention the name comes from the headline, else from all mentions of the group."""
        kind = group[0].mention.type
        canonical, words = self._names[key]
        own = [one.name for one in group if entity_key(one.name, kind) == key]
        name = canonical or (None if own else self._headline.get(words))
        name = name or _best_spelling(Counter(own or [one.name for one in group]), kind)
        mentions = [one.mention for one in group]
        roles = (role_at(text, m.start, m.end) for m in mentions if kind == "PER")
        return Entity(
            name=name,
            type=kind,
            mentions=mentions,
            role=next(filter(None, roles), None),
            wikidata=known.wikidata_id(name, kind),
        )


def _best_spelling(counts: Counter[str], kind: EntityType) -> str:
    """Return the fullest, then the commonest, spelling; one all in capitals or all in lower case only as a last resort."""
    best = max(
        counts, key=lambda name: (name.upper() != name != name.lower(), len(name.split()), counts[name])
    )
    return best.title() if kind == "PER" and best.isupper() else best


def _nearest(full_forms: FullForms, short: str, offset: int) -> str | None:
    """Return the key of the last full form before `offset`, else of the first one after it; None if there is none."""
    found = full_forms.get(short)
    if not found:
        return None
    return found[max(0, bisect_left(found, (offset, "")) - 1)][1]


def _names_in_title(title: str) -> dict[Words, str]:
    """Return words -> name for each "Jens Stoltenberg" of a headline: a known first name and a capitalised word."""
    words = [word.strip('.,:;!?"“”‘()') for word in title.split()[:_MAX_TITLE_WORDS]]
    pairs = ((a, b) for a, b in pairwise(words) if a in tables.first_names() and b[:1].isupper())
    names = (bare_name(f"{first} {last}", "PER") for first, last in pairs)
    return {words_of(name): name for name in names}


@cache
def _names_before_given_names() -> frozenset[str]:
    """Return the family names that are written before the given name ("xi"), in lower case."""
    return frozenset(name.lower() for name in tables.words("family_first"))


def _is_acronym(name: str) -> bool:
    return bool(_ACRONYM.fullmatch(name))


def _letters(name: str) -> str:
    return name.replace(".", "").lower()


class _Acronyms:
    """The names that each acronym of an article may abbreviate: names with its initials, and names it follows in brackets."""

    def __init__(self, named: Sequence[Named], keys: Sequence[str], text: str) -> None:
        organisations = [
            (one, key) for one, key in zip(named, keys, strict=True) if one.mention.type == "ORG"
        ]
        self._initials: FullForms = defaultdict(list)
        self._explained: FullForms = defaultdict(list)
        for i, (one, key) in enumerate(organisations):
            words = one.name.lower().replace("-", " ").split()
            if not 1 < len(words) <= 2 * _MAX_NAME_WORDS:
                continue
            place = one.mention.start, key
            for short in {
                "".join(word[0] for word in words if word not in _MINOR_WORDS),
                "".join(word[0] for word in words),
            }:
                self._initials[short].append(place)
            following = organisations[i + 1][0] if i + 1 < len(organisations) else None
            if following and _in_brackets(one.mention, following, text):
                letters = _letters(following.name)
                self._explained[letters].append(place)
                if place not in self._initials[letters]:
                    self._initials[letters].append(place)

    def meant(self, letters: str, offset: int, *, is_known: bool) -> str | None:
        """Return the key of the name that an acronym at `offset` abbreviates; None if the article has none.

        One that the tables know means another name only if that explains it in brackets."""
        return _nearest(self._explained if is_known else self._initials, letters, offset)


def _in_brackets(name: Mention, acronym: Named, text: str) -> bool:
    """Return whether `acronym` is in brackets right after `name` and begins with the same letter."""
    mention = acronym.mention
    between, after = text[name.end : mention.start], text[mention.end : mention.end + 1]
    same_letter = name.text[:1].lower() == mention.text[:1].lower()
    return between == " (" and after == ")" and same_letter and _is_acronym(acronym.name)


def salience(entity: Entity, text: str, title: str = "", language: str = UNKNOWN) -> float:
    """Return how much an article is about an entity, from 0 to 1; above 0.5 the article is about it.

    Half of it is for the title, a quarter for the lead and a quarter for the number of mentions. `language` is that of the
    article: in the title the name may have another ending than in the text.
    """
    names = {name_in(mention.text, entity.type, language) for mention in entity.mentions}
    if entity.type == "PER":
        names |= {name.rpartition(" ")[2] for name in names}
    in_title = any(_is_in(title, name) for name in names) or _form_is_in(title, names, language)
    lead_end = text.find("\n\n")
    in_lead = entity.mentions[0].start < (len(text) if lead_end < 0 else lead_end)
    count = len(entity.mentions)
    return 0.5 * in_title + 0.25 * in_lead + 0.25 * count / (count + 3)


def _is_in(title: str, name: str) -> bool:
    """Return whether a name is in a title, as a word of its own where the script has spaces."""
    if name not in title:  # to compile a pattern for every name took longer than storing the article
        return False
    if len(name) > 1 and _WITHOUT_SPACES.fullmatch(name[0] + name[-1]):
        return True
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title))


def _form_is_in(title: str, names: Iterable[str], language: str) -> bool:
    """Return whether the last word of a name is in a title with another ending."""
    if grammar(language).words == "none":
        return False
    bases = _bases_in(title[:_MAX_TITLE_CHARS], language)
    return any(not bases.isdisjoint(_with_bases(words_of(name)[-1:], language)) for name in names)


@lru_cache(maxsize=1_000)
def _bases_in(title: str, language: str) -> frozenset[str]:
    return _with_bases(tuple(word.strip(_MARKS) for word in words_of(title)), language)


def _with_bases(words: Words, language: str) -> frozenset[str]:
    rules = grammar(language)
    return frozenset(words) | {base for word in words for base, _ in rules.bases(word)}
