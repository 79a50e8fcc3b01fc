"""What every engine promises, and how one is chosen."""

from __future__ import annotations

from itertools import pairwise

import pytest

from newsbot.entities import recognize
from newsbot.entities.engine import BUILT_IN, AutoEngine, Engine, engine_label, load_engine
from newsbot.errors import UsageError
from newsbot.items import Mention

TEXT = "On Monday Angela Merkel met Mr. Macron in Brussels; the EU, NATO and the World Bank were “pleased”.\n\nMerkel left."


class ShoutingEngine:
    """An engine of a user's own: names are what is written in capitals."""

    name = "shouting"
    version = "7"

    def supports(self, language: str) -> bool:
        return True

    def recognize(self, text: str, language: str = "en") -> list[Mention]:
        return []


def installed_engines() -> list[Engine]:
    engines = []
    for name in BUILT_IN:
        try:
            engines.append(load_engine(name))
        except UsageError:
            continue
    return engines


@pytest.mark.parametrize("engine", installed_engines(), ids=lambda engine: engine.name)
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "",
        " \n\n ",
        "🇪🇺 🙂 Äöü",
        "A" * 10_000,
        "A-" * 5_000,
        "U.S." * 1_000,
        "\x00\ufffe\udc80",
        "中国" * 1_000,
    ],
    ids=["news", "empty", "blank", "emoji", "one long word", "hyphens", "dots", "no text", "chinese"],
)
def test_mentions_are_in_order_apart_and_slice_back(engine: Engine, text: str) -> None:
    mentions = engine.recognize(text, "en")
    assert all(text[m.start : m.end] == m.text and m.text for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


@pytest.mark.parametrize("engine", installed_engines(), ids=lambda engine: engine.name)
def test_unsupported_language_gives_nothing(engine: Engine) -> None:
    assert engine.recognize(TEXT, "xx") == []


def test_engine_is_loaded_once() -> None:
    assert load_engine("rules") is load_engine("rules")


def test_auto_reads_english_with_the_first_installed_engine() -> None:
    auto = load_engine("auto")
    assert isinstance(auto, AutoEngine)
    assert auto.supports("en")
    assert engine_label(auto, "en") == engine_label(auto.for_language("en"), "en")


def test_auto_finds_nothing_in_an_unsupported_language() -> None:
    assert not load_engine("auto").supports("xx")
    assert recognize(TEXT, "xx") == []
    assert engine_label(load_engine("auto"), "xx") == "none 1"


def test_custom_engine_is_loaded_by_import_path() -> None:
    engine = load_engine(f"{__name__}:ShoutingEngine")
    assert engine_label(engine, "en") == "shouting 7"


def test_first_supporting_engine_of_a_list_reads_a_language() -> None:
    engine = load_engine("fast, rules")
    assert engine_label(engine, "en").startswith("fast ")
    assert engine_label(engine, "de").startswith("rules ")
    assert [mention.text for mention in engine.recognize("Merkel flog nach Frankreich.", "de")] == [
        "Frankreich"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "fast,",
        "",
        "nope",
        "no.such.module:Engine",
        "newsbot.items:Nope",
        "newsbot.items:Article",
        "builtins:object",
        ":",
        "a:",
    ],
)
def test_unusable_engine_is_one_line_naming_setting_value_and_choices(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_engine(name)
    message = str(caught.value)
    assert "\n" not in message
    assert "NEWSBOT_ENTITY_ENGINE" in message
    assert repr(name.rpartition(",")[2]) in message
    assert all(choice in message for choice in ("auto", "none", "rules", "package.module:Class"))
