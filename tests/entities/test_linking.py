"""Hand-checked cases of joining names inside an article.

In the texts `{PER Angela Merkel}` marks a mention, as an engine would have found it. Expected: each entity's name and
how many mentions it has, in the order of the text.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.entities.keys import canonical_name, entity_key
from newsbot.entities.linking import link, salience
from newsbot.items import ENTITY_TYPES, Entity, EntityType, Mention

ReadMarks = Callable[[str], tuple[str, list[Mention]]]
Linked = Callable[..., list[Entity]]


@pytest.fixture(scope="module")
def linked(read_marks: ReadMarks) -> Linked:
    def link_marked(marked: str, title: str = "") -> list[Entity]:
        text, mentions = read_marks(marked)
        return link(mentions, text, title)

    return link_marked


SURNAMES = {
    "surname after full name": ("{PER Jens Holm} spoke. {PER Holm} left.", [("Jens Holm", 2)]),
    "surname before full name": ("{PER Holm} spoke. {PER Jens Holm} left.", [("Jens Holm", 2)]),
    "surname alone stays": ("{PER Holm} spoke.", [("Holm", 1)]),
    "two people of one surname, nearest before": (
        "{PER Anna Berg} and {PER Holm} met {PER Karl Berg}. {PER Berg} left.",
        [("Anna Berg", 1), ("Holm", 1), ("Karl Berg", 2)],
    ),
    "each surname to the last full name": (
        "{PER Anna Berg} spoke. {PER Berg} sat. {PER Karl Berg} spoke. {PER Berg} sat.",
        [("Anna Berg", 2), ("Karl Berg", 2)],
    ),
    "surname with honorific": ("{PER Jens Holm} spoke. {PER Mr. Holm} left.", [("Jens Holm", 2)]),
    "honorific only": ("{PER Mrs Holm} spoke.", [("Holm", 1)]),
    "several honorifics": ("{PER Prof. Dr. Eva Lind} spoke. {PER Dr Lind} left.", [("Eva Lind", 2)]),
    "president is no part of the name": ("{PER President Jens Holm} spoke.", [("Jens Holm", 1)]),
    "possessive surname": ("{PER Jens Holm} spoke. {PER Holm's} plan failed.", [("Jens Holm", 2)]),
    "curly possessive": ("{PER Jens Holm’s} plan. {PER Holm’s} plan.", [("Jens Holm", 2)]),
    "possessive after s": ("{PER Eva Lindros'} plan. {PER Lindros} left.", [("Eva Lindros", 2)]),
    "surname in capitals": ("{PER HOLM} WINS\n\n{PER Jens Holm} won.", [("Jens Holm", 2)]),
    "full name in capitals": ("{PER JENS HOLM} WINS\n\n{PER Jens Holm} won.", [("Jens Holm", 2)]),
    "only in capitals is set as a name": ("{PER JENS HOLM} WINS", [("Jens Holm", 1)]),
    "lower case": ("{PER jens holm} wrote. {PER Jens Holm} won.", [("Jens Holm", 2)]),
    "accents left out": (
        "{PER José Núñez} won. {PER Jose Nunez} left. {PER Nunez} sat.",
        [("José Núñez", 3)],
    ),
    "surname of two words": (
        "{PER Ursula von der Leyen} came. {PER von der Leyen} spoke.",
        [("Ursula von der Leyen", 2)],
    ),
    "particle in capital": (
        "{PER Chris Van Hollen} came. {PER Van Hollen} spoke.",
        [("Chris Van Hollen", 2)],
    ),
    "spanish double surname": (
        "{PER Gabriel García Márquez} wrote. {PER García Márquez} died.",
        [("Gabriel García Márquez", 2)],
    ),
    "hyphenated surname": ("{PER Eva Holm-Berg} came. {PER Holm-Berg} spoke.", [("Eva Holm-Berg", 2)]),
    "hyphen of another kind": ("{PER Eva Holm‑Berg} came. {PER Holm-Berg} spoke.", [("Eva Holm‑Berg", 2)]),
    "part of a hyphenated surname is another": (
        "{PER Eva Holm-Berg} came. {PER Berg} spoke.",
        [("Eva Holm-Berg", 1), ("Berg", 1)],
    ),
    "irish apostrophes": ("{PER Pat O’Brien} came. {PER O'Brien} spoke.", [("Pat O’Brien", 2)]),
    "junior": ("{PER Robert Hale Jr.} came. {PER Hale} spoke.", [("Robert Hale Jr.", 2)]),
    "family name first": ("{PER Xi Jinping} came. {PER Xi} spoke.", [("Xi Jinping", 2)]),
    "family name first, three parts": ("{PER Kim Jong Un} came. {PER Kim} spoke.", [("Kim Jong Un", 2)]),
    "first name alone is not joined": (
        "{PER Jens Holm} spoke. {PER Jens} left.",
        [("Jens Holm", 1), ("Jens", 1)],
    ),
    "middle initial": (
        "{PER Jens P. Holm} came. {PER Jens Holm} spoke. {PER Holm} left.",
        [("Jens P. Holm", 3)],
    ),
    "two middle initials are two people": (
        "{PER George W. Hale} and {PER George H. Hale} came.",
        [("George W. Hale", 1), ("George H. Hale", 1)],
    ),
    "middle name and initial": (
        "{PER John Fitz Hale} came. {PER John F. Hale} sat.",
        [("John Fitz Hale", 2)],
    ),
    "line break inside the name": ("{PER Jens\nHolm} came. {PER Holm} sat.", [("Jens Holm", 2)]),
    "position fused to the front of a name, as in tables of statistics": (
        "{PER S Orlan Petrakis} 42. {PER Orlan Petrakis} did well. {PER Petrakis} rested.",
        [("S Orlan Petrakis", 3)],
    ),
    "surname before a fused position": (
        "{PER Ridgewell} led. {PER Tomas Ridgewell} sat. {PER G Tomas Ridgewell} 12.",
        [("G Tomas Ridgewell", 3)],
    ),
    "full names that each end in the next": (
        "{PER Ana Mara Vel Korrin} came. {PER Mara Vel Korrin} sat. {PER Vel Korrin} spoke. {PER Korrin} left.",
        [("Ana Mara Vel Korrin", 4)],
    ),
    "fused position and middle initial": (
        "{PER QB Jon A. Tarn} threw. {PER Jon A. Tarn} ran. {PER Jon Tarn} fell. {PER Tarn} rose.",
        [("QB Jon A. Tarn", 4)],
    ),
    "name that ends in another, and begins with a family name": (
        "{PER Kim Xi Lindow} came. {PER Xi Lindow} spoke. {PER Xi} sat. {PER Lindow} left.",
        [("Kim Xi Lindow", 4)],
    ),
    "surname that is a place too": (
        "{PER Ann London} went to {LOC London}. {PER London} liked it.",
        [("Ann London", 2), ("London", 1)],
    ),
    "surname that is a firm too": ("{PER Henry Vord} founded {ORG Vord}.", [("Henry Vord", 1), ("Vord", 1)]),
}

ORGANISATIONS = {
    "acronym in brackets": (
        "The {ORG Northern Fishing Council} ({ORG NFC}) met. {ORG NFC} agreed.",
        [("Northern Fishing Council", 3)],
    ),
    "acronym before its expansion": (
        "{ORG NFC} met. The {ORG Northern Fishing Council} agreed.",
        [("Northern Fishing Council", 2)],
    ),
    "acronym over minor words": (
        "{ORG Bank of the Western Isles} ({ORG BWI})",
        [("Bank of the Western Isles", 2)],
    ),
    "acronym with minor words": ("{ORG Voice of the People} ({ORG VOTP})", [("Voice of the People", 2)]),
    "acronym with full stops": (
        "{ORG Northern Fishing Council}; {ORG N.F.C.} met",
        [("Northern Fishing Council", 2)],
    ),
    "acronym of hyphenated words": ("{ORG Anti-Doping Board} ({ORG ADB})", [("Anti-Doping Board", 2)]),
    "acronym in another order, in brackets": (
        "{ORG Fonds Nord} ({ORG FDN}); {ORG FDN} pays.",
        [("Fonds Nord", 3)],
    ),
    "other acronym stays": (
        "{ORG Northern Fishing Council} met {ORG XYZ}.",
        [("Northern Fishing Council", 1), ("XYZ", 1)],
    ),
    "two expansions, nearest before": (
        "{ORG Northern Fishing Council} met. {ORG New Farm Club} met. {ORG NFC} won.",
        [("Northern Fishing Council", 1), ("New Farm Club", 2)],
    ),
    "possessive acronym": (
        "{ORG Northern Fishing Council}: {ORG NFC’s} plan",
        [("Northern Fishing Council", 2)],
    ),
    "expansion in the article goes before the curated one": (
        "The {ORG Alpine Union} ({ORG AU}) met. {ORG AU} agreed.",
        [("Alpine Union", 3)],
    ),
    "curated acronym": ("{ORG EU} and {ORG European Union} and {ORG E.U.}", [("European Union", 3)]),
    "alliance": ("{ORG NATO} and {ORG Nato} and {ORG North Atlantic Treaty Organization}", [("NATO", 3)]),
    "article is no part of the name": (
        "{ORG The Daily Gull} and {ORG the Daily Gull} and {ORG Daily Gull}",
        [("Daily Gull", 3)],
    ),
    "possessive that is part of the name": ("{ORG Moody's} and {ORG Moody’s}", [("Moody's", 2)]),
    "legal form": ("{ORG Gullwing Inc.} and {ORG Gullwing}", [("Gullwing Inc.", 2)]),
    "capitals": ("{ORG GULLWING} SINKS\n\n{ORG Gullwing} sank.", [("Gullwing", 2)]),
    "seat of power": ("{ORG Kremlin} and {ORG the Kremlin}", [("Kremlin", 2)]),
    "ministries of two countries": (
        "{ORG Russian Foreign Ministry} and {ORG German Foreign Ministry}",
        [("Russian Foreign Ministry", 1), ("German Foreign Ministry", 1)],
    ),
    "no person in an organisation": ("{ORG Holm} and {PER Jens Holm}", [("Holm", 1), ("Jens Holm", 1)]),
}

PLACES = {
    "united states": (
        "{LOC US}, {LOC U.S.}, {LOC USA}, {LOC United States}, {LOC America}",
        [("United States", 5)],
    ),
    "with article": ("{LOC the United States} and {LOC the US}", [("United States", 2)]),
    "united kingdom": ("{LOC UK}, {LOC U.K.}, {LOC Britain}, {LOC United Kingdom}", [("United Kingdom", 4)]),
    "england is not the kingdom": ("{LOC England} and {LOC UK}", [("England", 1), ("United Kingdom", 1)]),
    "old and new spelling": ("{LOC Kiev} and {LOC Kyiv}", [("Kyiv", 2)]),
    "two koreas": ("{LOC North Korea} and {LOC South Korea}", [("North Korea", 1), ("South Korea", 1)]),
    "possessive": ("{LOC Russia's} and {LOC Russia}", [("Russia", 2)]),
    "dateline in capitals": ("{LOC MOSCOW} — In {LOC Moscow}", [("Moscow", 2)]),
    "capital district": ("{LOC Washington, D.C.} and {LOC Washington}", [("Washington", 2)]),
    "saint": ("{LOC St. Petersburg} and {LOC St Petersburg}", [("Saint Petersburg", 2)]),
    "in german": ("{LOC Russland} and {LOC Russia}", [("Russia", 2)]),
    "in chinese": ("{LOC 俄罗斯}", [("Russia", 1)]),
    "person and place apart": ("{PER Paris Holm} in {LOC Paris}", [("Paris Holm", 1), ("Paris", 1)]),
}
CASES = {"surname: " + k: v for k, v in SURNAMES.items()}
CASES |= {"organisation: " + k: v for k, v in ORGANISATIONS.items()} | {
    "place: " + k: v for k, v in PLACES.items()
}


@pytest.mark.parametrize(("marked_text", "expected"), CASES.values(), ids=CASES)
def test_names_are_joined(linked: Linked, marked_text: str, expected: list[tuple[str, int]]) -> None:
    assert [(entity.name, len(entity.mentions)) for entity in linked(marked_text)] == expected


@pytest.mark.parametrize(("marked_text", "expected"), CASES.values(), ids=CASES)
def test_no_mention_is_lost_or_doubled(
    read_marks: ReadMarks, linked: Linked, marked_text: str, expected: list[tuple[str, int]]
) -> None:
    _, mentions = read_marks(marked_text)
    kept = [mention for entity in linked(marked_text) for mention in entity.mentions]
    assert sorted(kept, key=lambda m: m.start) == mentions


NAME_PARTS = st.sampled_from(
    ["Orlan", "Jens", "Xi", "Kim", "S", "A.", "Petrakis", "Vel", "Jr.", "NFC", "the", "Mr.", "’s", "-"]
)
NAMES = st.lists(NAME_PARTS, min_size=1, max_size=6).map(" ".join) | st.text(min_size=1, max_size=4)
MARKS = st.lists(st.tuples(st.sampled_from(ENTITY_TYPES), NAMES), max_size=12)


@settings(max_examples=100, deadline=None)
@given(MARKS, st.lists(NAME_PARTS, max_size=6).map(" ".join))
def test_any_names_in_any_order_are_linked_and_every_mention_is_in_one_entity(
    marks: list[tuple[EntityType, str]], title: str
) -> None:
    text, mentions = "", []
    for kind, name in marks:
        mentions.append(Mention(start=len(text), end=len(text) + len(name), text=name, type=kind))
        text += f"{name} ("
    linked = [mention for entity in link(mentions, text, title) for mention in entity.mentions]
    assert sorted(linked, key=lambda mention: mention.start) == mentions


TITLES = {
    "full name only in the title": ("Anna Berg resigns", "{PER Berg} left.", "Anna Berg"),
    "title with quotes": ("“Anna Berg” resigns", "{PER Berg} left.", "Anna Berg"),
    "body goes before the title": (
        "Anna Berg resigns",
        "{PER Karl Berg} came. {PER Berg} left.",
        "Karl Berg",
    ),
    "a full name that a longer one in the text ends in": (
        "Anna Berg resigns",
        "{PER S Anna Berg} 4. {PER Anna Berg} came. {PER Berg} left.",
        "S Anna Berg",
    ),
    "no first name in the title": ("Angry Berg resigns", "{PER Berg} left.", "Berg"),
}


@pytest.mark.parametrize(("title", "marked_text", "name"), TITLES.values(), ids=TITLES)
def test_title_gives_a_surname_its_name(linked: Linked, title: str, marked_text: str, name: str) -> None:
    assert linked(marked_text, title)[-1].name == name


ROLES = {
    "before": ("Foreign Minister {PER Jens Holm} spoke.", "Foreign Minister"),
    "before, with comma": ("The bloc’s Secretary General, {PER Jens Holm}, spoke.", "Secretary General"),
    "lower case": ("deputy prime minister {PER Jens Holm} spoke.", "deputy prime minister"),
    "ministry's": ("Foreign Ministry spokeswoman {PER Eva Lind} spoke.", "Foreign Ministry spokeswoman"),
    "after, with article": ("{PER Jens Holm}, the prime minister, spoke.", "prime minister"),
    "after, with possessive": ("{PER Jens Holm}, Norway’s foreign minister, spoke.", "foreign minister"),
    "at the second mention": ("{PER Jens Holm} came. President {PER Holm} spoke.", "President"),
    "none": ("Yesterday {PER Jens Holm} spoke.", None),
    "of another": ("The president met {PER Jens Holm}.", None),
}


@pytest.mark.parametrize(("marked_text", "role"), ROLES.values(), ids=ROLES)
def test_role_in_apposition(linked: Linked, marked_text: str, role: str | None) -> None:
    assert linked(marked_text)[0].role == role


SAME: list[tuple[EntityType, str, str]] = [
    ("LOC", "US", "United States"),
    ("LOC", "U.S.", "USA"),
    ("LOC", "UK", "Britain"),
    ("ORG", "EU", "European Union"),
    ("ORG", "UN", "U.N."),
    ("ORG", "Gullwing Corp.", "GULLWING"),
    ("PER", "José Núñez", "JOSE NUNEZ"),
    ("PER", "Mr. Holm", "Holm’s"),
    ("LOC", "Moskau", "Moscow"),
    ("LOC", "Deutschland", "Allemagne"),
]
DIFFERENT: list[tuple[EntityType, str, str]] = [
    ("PER", "Holm", "Jens Holm"),
    ("PER", "Anna Berg", "Karl Berg"),
    ("LOC", "North Korea", "South Korea"),
    ("LOC", "Niger", "Nigeria"),
    ("ORG", "European Council", "Council of Europe"),
    ("LOC", "Congo", "Republic of the Congo"),
    ("LOC", "Congo", "Democratic Republic of the Congo"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_key_is_equal_for_names_of_one(kind: EntityType, one: str, other: str) -> None:
    assert entity_key(one, kind) == entity_key(other, kind)


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_key_differs_for_names_of_two(kind: EntityType, one: str, other: str) -> None:
    assert entity_key(one, kind) != entity_key(other, kind)


@pytest.mark.parametrize("name", ["", " ", "...", "the", "Mr.", "’s", "\x00", "A" * 10_000])
@pytest.mark.parametrize("kind", ENTITY_TYPES)
def test_any_text_has_a_key(name: str, kind: EntityType) -> None:
    assert entity_key(name, kind).startswith(f"{kind}:")


def test_key_of_the_entity_is_the_key_of_its_name(linked: Linked) -> None:
    entity = linked("{ORG E.U.} law")[0]
    assert entity_key(entity.name, "ORG") == entity_key("EU", "ORG")
    assert canonical_name("E.U.", "ORG") == "European Union"


def test_linking_ten_thousand_names_is_linear(read_marks: ReadMarks) -> None:
    text, mentions = read_marks(
        " ".join(f"{{PER Jens Holm{i % 5_000}}} {{PER Holm{i % 5_000}}}" for i in range(10_000))
    )
    assert len(link(mentions, text)) == 5_000


def test_salience_distinguishes_the_subject_from_a_mention(read_marks: ReadMarks) -> None:
    marked_text = "{PER Jens Holm} resigned. {PER Holm} left.\n\nHe once met {PER Eva Lind}."
    text, mentions = read_marks(marked_text)
    subject, aside = link(mentions, text)
    assert salience(subject, text, "Holm resigns") > 0.5 > salience(aside, text, "Holm resigns")
