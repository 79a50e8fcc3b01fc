"""The spaCy engine, with a fake spaCy."""

from __future__ import annotations

import re
import sys
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest

from newsbot.entities.engine import engine_label
from newsbot.entities.engines.spacy_engine import SpacyEngine


class Pipeline:
    """Finds words by their label, as spaCy's models do; like these it takes no text of a million characters."""

    lang = "de"
    meta: ClassVar = {"version": "3.8.0"}
    labels: ClassVar = {"Merkel": "PER", "Montag": "DATE", "Berlin": "GPE", "Gdańsk": "placeName"}

    def __call__(self, text: str) -> SimpleNamespace:
        assert len(text) < 1_000_000
        text.encode()
        found = re.finditer("|".join(self.labels), text)
        spans = [
            SimpleNamespace(start_char=m.start(), end_char=m.end(), label_=self.labels[m[0]]) for m in found
        ]
        return SimpleNamespace(ents=spans)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> SpacyEngine:
    """An engine for whom a small and a middle German model are installed, and a Norwegian one."""

    def load(name: str, exclude: list[str]) -> Pipeline:
        assert name == "de_core_news_md"
        return Pipeline()

    spacy = ModuleType("spacy")
    installed = ("de_core_news_sm", "de_core_news_md", "nb_core_news_sm")
    vars(spacy).update(__version__="9.9", load=load, util=SimpleNamespace(is_package=installed.__contains__))
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    return SpacyEngine()


def test_largest_installed_model_finds_only_our_types(engine: SpacyEngine) -> None:
    found = engine.recognize("Merkel am Montag in Berlin", "de")
    assert [(mention.text, mention.type) for mention in found] == [("Merkel", "PER"), ("Berlin", "LOC")]


def test_labels_of_other_models_are_understood(engine: SpacyEngine) -> None:
    assert [mention.type for mention in engine.recognize("Gdańsk", "de")] == ["LOC"]


def test_language_without_a_model_is_not_supported(engine: SpacyEngine) -> None:
    assert engine.supports("de")
    assert not engine.supports("fr")
    assert engine.recognize("Macron à Paris", "fr") == []
    assert engine_label(engine, "fr") == "none 1"


def test_norwegian_uses_the_bokmal_model(engine: SpacyEngine) -> None:
    assert engine.supports("no")


def test_label_names_spacy_and_the_model(engine: SpacyEngine) -> None:
    assert engine_label(engine, "de") == "spacy 9.9 de_core_news_md 3.8.0"


@pytest.mark.parametrize(
    "text", ["Merkel \udc80 in Berlin.", "Merkel in Berlin.\n" * 100_000, "Berlin" * 200_000]
)
def test_text_that_spacy_would_reject_is_read(engine: SpacyEngine, text: str) -> None:
    found = engine.recognize(text, "de")
    assert len(found) >= text.count("Merkel") + text.count("Berlin") - 12
    assert all(text[mention.start : mention.end] == mention.text for mention in found)
