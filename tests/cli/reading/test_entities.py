"""`newsbot entities` and `entity`: lists, corrections and maps, on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbot.cli import newsbot, run
from newsbot.items import Article, Entity, Mention
from newsbot.store.database import Database
from tests.store.samples import article, save

BODY = "Ada Kovac came to Oslo.\n\nMayor Kovac left for Lima and Nowhere Bay."
NAMES = {
    "Ada Kovac": ("PER", "Ada Kovac", "Kovac"),
    "Oslo": ("LOC", "Oslo"),
    "Nowhere Bay": ("LOC", "Nowhere Bay"),
}


def about_kovac(number: int, title: str) -> Article:
    entities = []
    for name, (kind, *forms) in NAMES.items():
        places = [(BODY.rfind(form), form) for form in forms]
        mentions = [Mention(start=at, end=at + len(form), text=form, type=kind) for at, form in places]  # type: ignore[arg-type]
        entities.append(Entity(name=name, type=kind, mentions=mentions))  # type: ignore[arg-type]
    return article(number, title=title, body=f"{BODY} {number}", entities=entities)


@pytest.fixture
def filled(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two articles: Ada Kovac is in both, and the subject of the second."""
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", database_url)
    save(database, about_kovac(1, "Weather"))
    save(database, about_kovac(2, "Kovac travels"))
    return database


def output(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert run(newsbot, list(arguments)) == status
    captured = capsys.readouterr()
    return captured.err if status else captured.out


def names(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    return sorted(line.split("\t")[0] for line in output(capsys, "entities", *arguments).splitlines())


def test_articles_about_somebody_are_fewer_than_those_that_mention_them(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    mentions = json.loads(output(capsys, "entity", "Ada Kovac", "--json"))
    about = json.loads(output(capsys, "entity", "Ada Kovac", "--about", "--json"))
    assert [(article["id"], article["salience"]) for article in mentions["articles"]] == [
        (1, 0.35),
        (2, 0.85),
    ]
    assert [article["id"] for article in about["articles"]] == [2]
    assert [len(detail["timeline"]) for detail in (mentions, about)] == [2, 1]
    assert [detail["companions"][0]["article_count"] for detail in (mentions, about)] == [2, 1]


def test_since_restricts_the_details_of_an_entity(
    filled: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(output(capsys, "entity", "Oslo", "--since", "2026-02-28", "--json"))
    assert [article["id"] for article in told["articles"]] == [1]
    assert told["aliases"] == [{"name": "Oslo", "count": 1}]
    assert told["article_count"] == 2


def test_places_as_geojson(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(output(capsys, "entities", "--geojson"))
    assert found["type"] == "FeatureCollection"
    [oslo] = found["features"]
    assert oslo["properties"]["name"] == "Oslo"
    assert (oslo["properties"]["country"], oslo["properties"]["article_count"]) == ("NO", 2)
    longitude, latitude = oslo["geometry"]["coordinates"]
    assert (round(longitude), round(latitude)) == (11, 60)


def test_geojson_of_other_types_is_a_mistake(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    told = output(capsys, "entities", "--geojson", "--type", "PER", status=2)
    assert "accepted: --type LOC" in told


def test_merge_and_split(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        output(capsys, "entities", "merge", "Nowhere Bay", "Oslo")
        == "merged Nowhere Bay into Oslo: 2 articles\n"
    )
    assert names(capsys) == ["Ada Kovac", "Oslo"]
    assert output(capsys, "entities", "corrections") == "LOC:nowhere bay\t\tLOC\tOslo\n"
    output(capsys, "entities", "split", "Oslo", "Nowhere Bay", "--as", "Bay of Nowhere")
    assert names(capsys, "--type", "LOC") == ["Bay of Nowhere", "Oslo"]


def test_alias_file(filled: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "aliases.toml"
    path.write_text('[[entity]]\nname = "Bay"\ntype = "LOC"\naliases = ["Nowhere Bay", "Far Bay"]\n')
    assert output(capsys, "entities", "load-aliases", str(path)) == "2 aliases of 1 entities\n"
    assert names(capsys) == ["Ada Kovac", "Bay", "Oslo"]
    rows = [json.loads(line) for line in output(capsys, "entities", "corrections", "--json").splitlines()]
    assert rows[0] == {"key": "LOC:far bay", "form": "", "type": "LOC", "name": "Bay"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"[[entity]", "aliases.toml", id="no-toml"),
        pytest.param(b"\xff", "not UTF-8", id="no-utf-8"),
        pytest.param(b'[[people]]\nname = "A"', "[[entity]] tables", id="unknown-table"),
        pytest.param(b"entity = 1", "[[entity]] tables", id="no-table"),
        pytest.param(
            b'[[entity]]\nname = "A"\ntype = "ORG"', "entity 1: accepted: name, type, aliases", id="missing"
        ),
        pytest.param(b'[[entity]]\nname = "A"\ntype = "DOG"\naliases = []', "type 'DOG'", id="type"),
        pytest.param(b'[[entity]]\nname = "A"\ntype = []\naliases = []', "type []", id="type-no-text"),
        pytest.param(b'[[entity]]\nname = "A"\ntype = "ORG"\naliases = "B"', "a list of texts", id="no-list"),
        pytest.param(
            b'[[entity]]\nname = " "\ntype = "ORG"\naliases = []', "a text as name", id="empty-name"
        ),
        pytest.param(
            b'[[entity]]\nname = "A"\ntype = "ORG"\naliases = ["C"]\n'
            b'[[entity]]\nname = "B"\ntype = "ORG"\naliases = ["c"]',
            "both 'A' and 'B'",
            id="twice",
        ),
        pytest.param(
            b'[[entity]]\nname = "A"\ntype = "ORG"\naliases = ["B"]\n'
            b'[[entity]]\nname = "B"\ntype = "ORG"\naliases = []',
            "both 'B' and 'A'",
            id="in-turn",
        ),
    ],
)
def test_alias_file_with_a_mistake_changes_nothing(
    filled: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "aliases.toml"
    path.write_bytes(content)
    told = output(capsys, "entities", "load-aliases", str(path), status=2)
    assert message in told
    assert "aliases.toml" in told
    assert output(capsys, "entities", "corrections") == ""


def test_database_may_be_named_before_the_command(
    filled: Database, database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", "sqlite:///nowhere.db")
    output(capsys, "entities", "--database", database_url, "merge", "Nowhere Bay", "Oslo")
    assert "nowhere.db" in output(capsys, "entities", "merge", "Nowhere Bay", "Oslo", status=1)
    assert names(capsys, "--database", database_url) == ["Ada Kovac", "Oslo"]


def test_unknown_name_is_reported(filled: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no entity 'Nobody'" in output(capsys, "entities", "merge", "Nobody", "Oslo", status=1)
    assert "no article calls Oslo" in output(capsys, "entities", "split", "Oslo", "Nobody", status=1)
