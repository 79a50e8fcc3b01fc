"""The engine for many languages."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from newsbot.entities import engine as engine_module
from newsbot.entities.engine import Engine, engine_label, load_engine
from newsbot.entities.engines import multi_engine
from newsbot.errors import UsageError
from tests.entities.conftest import ReadMarks
from tests.models import loaded

CASES = {
    "de": "{PER Petra Brandauer} sprach in {LOC Köln} über die Fähre. {PER Brandauer} war zufrieden.",
    "fr": "{PER Hélène Marchetti} a visité {LOC Marseille} lundi avec son équipe.",
    "es": "La ministra {PER Lucía Carranza} viajó ayer a {LOC Bogotá}.",
    "it": "{PER Giulia Ferrante} ha parlato a {LOC Torino} della riforma.",
    "pl": "{PER Anna Wierzbicka} przyjechała wczoraj do {LOC Krakowa}.",
    "cs": "{PER Jana Horáková} přijela včera do {LOC Brna}.",
    "tr": "{PER Ayşe Demirkan} dün {LOC Ankara}'da konuştu.",
    "fi": "{PER Aino Lehtovaara} matkusti eilen {LOC Helsinkiin}.",
    "ru": "{PER Анна Соколова} приехала в {LOC Москву} во вторник.",
    "uk": "{PER Олена Коваленко} приїхала до {LOC Києва} у вівторок.",
    "el": "Η {PER Ελένη Παπαδοπούλου} μίλησε χθες στην {LOC Αθήνα}.",
    "ar": "وصلت {PER فاطمة الزهراء} إلى {LOC القاهرة} يوم الثلاثاء.",
    "hi": "{PER अनीता शर्मा} मंगलवार को {LOC दिल्ली} पहुँचीं।",
    "zh": "{PER 李小红}昨天到达{LOC 上海}。",
    "ja": "{PER 田中花子}さんは昨日、{LOC 大阪}に到着した。",
    "ko": "{PER 김영희} 씨는 어제 {LOC 부산}에 도착했다.",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return loaded(lambda: load_engine("multi"))


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without the package of the network, for engines that are loaded in the test."""
    monkeypatch.setattr(multi_engine, "PACKAGE", "no_such_package")
    engine_module.load_engine.cache_clear()
    engine_module._loaded_if_possible.cache_clear()
    yield
    engine_module.load_engine.cache_clear()
    engine_module._loaded_if_possible.cache_clear()


@pytest.mark.parametrize("language", CASES)
def test_people_and_places_are_found_in_every_script(
    engine: Engine, read_marks: ReadMarks, language: str
) -> None:
    text, expected = read_marks(CASES[language])
    assert engine.recognize(text, language) == expected


def test_offsets_count_characters_whatever_comes_before(engine: Engine, read_marks: ReadMarks) -> None:
    strange = "🇪🇺 ﬁn\u200b cafe\u0301\u00a0… \u00ad\n"
    text, expected = read_marks(strange + CASES["de"])
    assert engine.recognize(text, "de") == expected


def test_several_languages_in_one_text_keep_their_offsets(engine: Engine) -> None:
    text = "\n".join(part.replace("{", "").replace("}", "") for part in CASES.values()) * 3
    mentions = engine.recognize(text, "de")
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert len(mentions) > 60


@pytest.mark.usefixtures("engine")
def test_results_do_not_depend_on_what_was_read_before_or_at_the_same_time(read_marks: ReadMarks) -> None:
    texts = {language: read_marks(marked)[0] for language, marked in CASES.items()}
    alone = {
        language: multi_engine.MultiEngine().recognize(text, language) for language, text in texts.items()
    }
    shared = multi_engine.MultiEngine()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(shared.recognize, [*texts.values()] * 3, [*texts] * 3))
    assert together == [*alone.values()] * 3


def test_window_seen_before_has_the_same_names_at_its_new_place(
    engine: Engine, read_marks: ReadMarks
) -> None:
    text, expected = read_marks(CASES["fr"])
    assert engine.recognize(text, "fr") == expected
    moved = engine.recognize(f"\n\n  {text}", "fr")
    assert [(m.start - 4, m.text) for m in moved] == [(m.start, m.text) for m in expected]


def test_language_that_the_encoder_has_not_read_gives_nothing(engine: Engine) -> None:
    assert not engine.supports("kl")
    assert engine.recognize("Aqqaluk Heilmann Nuummi.", "kl") == []


@pytest.mark.usefixtures("without_models")
def test_missing_package_is_one_line_that_says_what_to_install() -> None:
    with pytest.raises(UsageError) as caught:
        load_engine("multi")
    assert "pip install newsbot[languages]" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("without_models")
def test_auto_reads_other_languages_by_rules_without_the_package() -> None:
    assert engine_label(load_engine("auto"), "de").startswith("rules ")
    assert engine_label(load_engine("auto"), "en").startswith("model ")


@pytest.mark.usefixtures("engine")
def test_auto_reads_english_with_model_and_other_languages_with_multi() -> None:
    assert engine_label(load_engine("auto"), "en").startswith("model ")
    assert engine_label(load_engine("auto"), "de").startswith("multi ")
