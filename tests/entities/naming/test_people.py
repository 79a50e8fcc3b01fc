"""Who is meant by a name, whatever the text is."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbot.entities.linking import link, salience
from newsbot.items import ENTITY_TYPES, Entity, EntityType, Mention

ReadMarks = Callable[[str], tuple[str, list[Mention]]]
Linked = Callable[..., list[Entity]]


@pytest.fixture(scope="module")
def linked(read_marks: ReadMarks) -> Linked:
    def link_marked(marked: str, title: str = "", language: str = "en") -> list[Entity]:
        text, mentions = read_marks(marked)
        return link(mentions, text, title, language)

    return link_marked


MAIN = {
    "deceased and her husband": (
        "Remi Oyelaran dies at 80",
        "{PER Remi Oyelaran} has died. Her husband, {PER Tunde Oyelaran}, was there. {PER Oyelaran} changed lives.",
        [("Remi Oyelaran", 2), ("Tunde Oyelaran", 1)],
    ),
    "both in the title": (
        "Remi Oyelaran and Tunde Oyelaran",
        "{PER Remi Oyelaran} and {PER Tunde Oyelaran} came. {PER Oyelaran} left.",
        [("Remi Oyelaran", 1), ("Tunde Oyelaran", 2)],
    ),
    "namesake of somebody famous": (
        "Igor Putin retires",
        "{PER Igor Putin} retired. {PER Putin} left.",
        [("Igor Putin", 2)],
    ),
    "nobody in the title": (
        "A death",
        "{PER Remi Oyelaran} and {PER Tunde Oyelaran} came. {PER Oyelaran} left.",
        [("Remi Oyelaran", 1), ("Tunde Oyelaran", 2)],
    ),
}


@pytest.mark.parametrize(("title", "marked", "expected"), MAIN.values(), ids=MAIN)
def test_surname_belongs_to_the_person_whom_the_article_is_about(
    linked: Linked, title: str, marked: str, expected: list[tuple[str, int]]
) -> None:
    assert [(entity.name, len(entity.mentions)) for entity in linked(marked, title)] == expected


@pytest.mark.parametrize(
    ("language", "title", "marked"),
    [
        ("ru", "Заварскому вручили премию", "{PER Олег Заварский} рад.\n\nКонец."),
        ("fi", "Virtasen voitto", "{PER Matti Virtanen} voitti.\n\nLoppu."),
        ("tr", "Karaca'dan yanıt", "{PER Selim Karaca} konuştu.\n\nSon."),
        ("zh", "王晓明会见记者", "{PER 王晓明}讲话。\n\n完。"),
        ("ko", "박민수는 떠났다", "{PER 박민수}가 말했다.\n\n끝."),
        ("he", "לשקדי יש תוכנית", "{PER אורי שקדי} דיבר.\n\nסוף."),
    ],
)
def test_title_may_have_another_form_of_the_name(
    linked: Linked, read_marks: ReadMarks, language: str, title: str, marked: str
) -> None:
    [entity] = linked(marked, title, language)
    text, _ = read_marks(marked)
    assert salience(entity, text, title, language) > 0.5 > salience(entity, text, "", language)


LANGUAGES = st.sampled_from(
    ["ru", "pl", "fi", "hu", "el", "tr", "ar", "he", "zh", "ja", "ko", "vi", "th", "is", "xx"]
)
PARTS = st.sampled_from(
    [
        *(
            "Иванов",
            "Иванова",
            "Ивановой",
            "Александр",
            "Александра",
            "Putin",
            "Putinem",
            "王",
            "王晓明",
            "先生",
        ),
        *(
            "김",
            "김민수는",
            "씨",
            "והבנק",
            "الحداد",
            "والحداد",
            "κ.",
            "Παπαδάκη",
            "นาย",
            "Virtasen",
            "'in",
            '"',
            "ё",
        ),
    ]
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map(" ".join) | st.text(min_size=1, max_size=4).filter(
    str.strip
)


@settings(max_examples=300, deadline=None)
@given(LANGUAGES, st.lists(st.tuples(st.sampled_from(ENTITY_TYPES), NAMES), max_size=12))
def test_every_mention_is_in_one_entity_in_every_language(
    language: str, marks: list[tuple[EntityType, str]]
) -> None:
    text, mentions = "", []
    for kind, name in marks:
        mentions.append(Mention(start=len(text), end=len(text) + len(name), text=name, type=kind))
        text += f"{name} ("
    entities = link(mentions, text, "Иванов", language)
    found = [mention for entity in entities for mention in entity.mentions]
    assert sorted(found, key=lambda mention: mention.start) == mentions
    assert all(entity.name for entity in entities)


@pytest.mark.parametrize("language", ["ru", "pl", "fi", "ar", "zh"])
def test_linking_of_many_names_is_fast(read_marks: ReadMarks, language: str) -> None:
    names = (f"{{PER Алексей Громов{i % 1_500}а}} {{LOC Москвы{i % 1_500}}}" for i in range(3_000))
    text, mentions = read_marks(" ".join(names))
    started = time.process_time()
    link(mentions, text, "", language)
    assert time.process_time() - started < 5
