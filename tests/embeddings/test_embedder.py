"""The network that computes vectors, and the command that computes those that are missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsbot.cli import newsbot
from newsbot.embeddings import VECTOR_SIZE, VERSION, similarity
from newsbot.embeddings import embedder as embedder_module
from newsbot.embeddings.embedder import Embedder, load_embedder
from newsbot.errors import UsageError
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.process import Processor
from newsbot.settings import read_settings
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleVector
from tests.models import loaded
from tests.store.samples import article, save_all

BRIDGE = {
    "en": (
        "Bridge over the Oder reopens",
        "The bridge was closed for two years. Trains run again from Monday.",
    ),
    "de": ("Oderbrücke wieder frei", "Die Brücke war zwei Jahre gesperrt. Ab Montag fahren wieder Züge."),
    "pl": (
        "Most na Odrze znów otwarty",
        "Most był zamknięty przez dwa lata. Od poniedziałku znów jeżdżą pociągi.",
    ),
    "uk": (
        "Міст через Одер знову відкрито",
        "Міст був закритий два роки. З понеділка знову курсують поїзди.",
    ),
    "ja": ("オーデル川の橋が再開", "橋は2年間閉鎖されていた。月曜日から列車が再び走る。"),
}
OTHERS = (
    ("Striker scores three in the rain", "The home side won the cup for the first time since the war."),
    ("Une recette de soupe aux orties", "Faites revenir les oignons, ajoutez les orties et le bouillon."),
    ("Zentralbank lässt die Zinsen unverändert", "Die Teuerung liegt noch über dem Ziel der Bank."),
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return loaded(load_embedder)


def test_the_same_news_are_alike_in_every_language(embedder: Embedder) -> None:
    english = embedder.vector(*BRIDGE["en"])
    others = [similarity(english, embedder.vector(*text)) for text in OTHERS]
    same = {
        language: similarity(english, embedder.vector(*text))
        for language, text in BRIDGE.items()
        if language != "en"
    }
    assert min(same.values()) > max(others) + 0.2, (same, others)


def test_a_vector_depends_on_the_beginning_alone(embedder: Embedder) -> None:
    title, text = BRIDGE["en"]
    vector = embedder.vector(title, text)
    assert len(vector) == VECTOR_SIZE
    assert vector == embedder.vector(title, text)
    long = f"{text} {'More about the trains and the river. ' * 2000}"
    assert embedder.vector(title, long) == embedder.vector(title, long + "Another end.")


@pytest.mark.parametrize("text", ["", "   ", "\0\u200b\ufeff", "🚂" * 300, "a" * 100_000, "\ud800 broken"])
def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    assert len(embedder.vector(None, text)) == VECTOR_SIZE


def vectors(database: Database) -> dict[int, str]:
    with database.read() as session:
        return {row.article_id: row.version for row in session.scalars(select(ArticleVector))}


def embed(*arguments: str) -> Result:
    return CliRunner().invoke(newsbot, ["embed", *arguments])


def test_embed_computes_what_is_missing_once(
    embedder: Embedder, database: Database, database_url: str
) -> None:
    save_all(database, [article(number) for number in (1, 2, 3)])
    result = embed("--limit", "2", "--database", database_url, "--json")
    assert json.loads(result.stdout) == {"embedded": 2, "version": VERSION}
    assert vectors(database) == {2: VERSION, 3: VERSION}
    assert json.loads(embed("--database", database_url, "--json").stdout)["embedded"] == 1
    assert json.loads(embed("--database", database_url, "--json").stdout)["embedded"] == 0
    assert vectors(database) == {1: VERSION, 2: VERSION, 3: VERSION}


def test_stage_computes_the_vector_only_if_it_is_asked_for(embedder: Embedder) -> None:
    for switch, is_there in (("0", False), ("1", True)):
        settings = read_settings({"NEWSBOT_ENTITY_ENGINE": "none", "NEWSBOT_EMBEDDINGS": switch})
        envelope = Envelope(article=article(1))
        Processor(settings).attempt("precompute", envelope)
        assert envelope.precomputed is not None
        assert (envelope.precomputed.vector is not None) is is_there


def test_without_its_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing() -> Path:
        raise ImportError

    monkeypatch.setattr(embedder_module, "model_folder", missing)
    load_embedder.cache_clear()
    result = embed("--database", f"sqlite:///{tmp_path / 'new.db'}")
    load_embedder.cache_clear()
    assert isinstance(result.exception, UsageError)
    assert "pip install 'newsbot[languages]'" in str(result.exception)
    assert not (tmp_path / "new.db").exists()
