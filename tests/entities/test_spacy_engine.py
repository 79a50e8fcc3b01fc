"""The spaCy engine, with a stand-in for spaCy."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from newsbot.entities.engines.spacy import SpacyEngine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> SpacyEngine:
    """An engine for whom a small and a middle German model are installed."""

    def load(name: str, exclude: list[str]) -> object:
        assert name == "de_core_news_md"
        spans = [
            SimpleNamespace(start_char=0, end_char=6, text="Merkel", label_="PER"),
            SimpleNamespace(start_char=10, end_char=16, text="Montag", label_="DATE"),
            SimpleNamespace(start_char=20, end_char=26, text="Berlin", label_="GPE"),
        ]
        return lambda text: SimpleNamespace(ents=spans)

    spacy = ModuleType("spacy")
    installed = ("de_core_news_sm", "de_core_news_md")
    vars(spacy).update(__version__="9.9", load=load, util=SimpleNamespace(is_package=installed.__contains__))
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    return SpacyEngine()


def test_biggest_installed_model_finds_our_types_only(engine: SpacyEngine) -> None:
    found = engine.recognize("Merkel am Montag in Berlin", "de")
    assert [(mention.text, mention.type) for mention in found] == [("Merkel", "PER"), ("Berlin", "LOC")]


def test_language_without_a_model_is_not_supported(engine: SpacyEngine) -> None:
    assert engine.supports("de")
    assert not engine.supports("fr")
    assert engine.recognize("Macron à Paris", "fr") == []


def test_version_is_spacys(engine: SpacyEngine) -> None:
    assert engine.version == "9.9"
