from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsbot import cli
from newsbot.cli import newsbot
from newsbot.extraction.structure.markdown import links_of
from newsbot.ingest.importers import read_record
from newsbot.items import Image
from newsbot.store.database import Database
from newsbot.store.queries import history, stats
from tests.store.samples import BODY, LATER, NOW, article, load, save
from tests.web.newsroom import Newsroom, fill

NEWS_PLEASE = {
    "authors": ["Mira Holt"],
    "date_download": "2026-03-02 08:00:00",
    "date_modify": "None",
    "date_publish": "2026-03-01 10:30:00",
    "description": "A harbour, at last.",
    "filename": "x.json",
    "image_url": "https://news.example/a.jpg",
    "language": "en",
    "localpath": None,
    "maintext": "First line.\nSecond line.",
    "source_domain": "www.news.example",
    "text": None,
    "title": " Harbour \n opened ",
    "title_page": None,
    "title_rss": None,
    "url": "https://www.news.example/harbour",
}
FUNDUS = {
    "title": "Harbour opened",
    "authors": ["Mira Holt"],
    "publishing_date": "2026-03-01 10:30:00+02:00",
    "topics": ["harbour"],
    "free_access": True,
    "lang": "en",
    "body": {
        "summary": ["A harbour, at last."],
        "sections": [
            {"headline": ["Jobs"], "paragraphs": ["First line.", "Second line."]},
            {"headline": [], "paragraphs": []},
        ],
    },
    "html": {
        "requested_url": "https://news.example/harbour?x=1",
        "responded_url": "https://news.example/harbour",
        "content": "<html>",
        "crawl_date": "2026-03-02 08:00:00",
    },
}


@pytest.fixture(autouse=True)
def fast_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_ENTITY_ENGINE", "rules")


def run(*arguments: str) -> int:
    return cli.run(newsbot, list(arguments))


def export(url: str, path: Path) -> str:
    assert run("export", "--database", url, "-o", str(path)) == 0
    return path.read_text("utf-8")


def imported(database: Database, url: str, path: Path, *records: object) -> dict[str, int]:
    """Import records, one on a line; return the counts in the row of the run."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines), "utf-8")
    run("import", str(path), "--database", url)
    with database.read() as session:
        counts: dict[str, int] = stats(session).last_runs[0].counts
    return {name: count for name, count in counts.items() if count}


def _through_another(url: str, tmp_path: Path) -> tuple[str, str]:
    """Return an export, and the export of an empty database after importing the first one."""
    before, other = export(url, tmp_path / "before.jsonl"), f"sqlite:///{tmp_path / 'other.db'}"
    assert run("import", str(tmp_path / "before.jsonl"), "--database", other) == 0
    return before, export(other, tmp_path / "after.jsonl")


def test_export_import_export_is_the_same(database: Database, database_url: str, tmp_path: Path) -> None:
    fill(database, Newsroom(articles=80, days=20, changed=0))
    save(database, article(1))
    save(database, article(1, title="Harbour opened, at last"), now=LATER)
    before, after = _through_another(database_url, tmp_path)
    assert after == before


@pytest.mark.parametrize(
    ("markdown", "stored"),
    [
        ("One [word](https://a.example/) more.\n\n> Two", "One [word](https://a.example/) more.\n\n> Two"),
        ("One [word](javascript:alert(1)) more.\n\nTwo", "One word more.\n\nTwo"),
        ("One <b>word</b> more.\n\nTwo", "One word more.\n\nTwo"),
        ("One word more.\n\nTwo\n\nThree, which the text has not", "One word more.\n\nTwo"),
        (["One word more."], "One word more.\n\nTwo"),
        (None, "One word more.\n\nTwo"),
    ],
    ids=["own", "script", "markup", "other text", "no text", "none"],
)
def test_markdown_is_taken_only_if_newsbot_could_have_written_it_of_the_text(
    database: Database, database_url: str, tmp_path: Path, markdown: object, stored: str
) -> None:
    record: dict[str, object] = {"url": "https://news.example/1", "title": "Harbour opened"}
    images = [
        {"url": "javascript:alert(1)"},
        {"url": "https://news.example/a.jpg", "caption": "The\nharbour", "credit": 3},
    ]
    record |= {
        "body": "One word more.\n\nTwo",
        "body_markdown": markdown,
        "images": images,
        "links": [{"url": "javascript:x", "text": "x"}],
    }
    imported(database, database_url, tmp_path / "one.jsonl", record)
    loaded = load(database, 1).article
    assert loaded.body_markdown == stored
    assert loaded.images == [Image(url="https://news.example/a.jpg", caption="The harbour")]
    assert loaded.links == links_of(stored)


def test_ids_with_gaps_are_kept(database: Database, database_url: str, tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'source.db'}"
    opened = Database(source).open()
    fill(opened, Newsroom(articles=60, days=15, changed=0))
    opened.close()
    records = [json.loads(line) for line in export(source, tmp_path / "dense.jsonl").splitlines()]
    assert any(record["duplicate_of"] for record in records)
    for record in records:
        for name in ("id", "story_id", "duplicate_of"):
            record[name] = record[name] and record[name] * 7 + 3
    before = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (tmp_path / "gaps.jsonl").write_text(before, "utf-8")
    assert run("import", str(tmp_path / "gaps.jsonl"), "--database", database_url) == 0
    assert export(database_url, tmp_path / "after.jsonl") == before
    # Articles that are stored later get ids of their own.
    greatest = max(record["id"] for record in records)
    assert [save(database, article(number)).article_id for number in (1, 2)] == [greatest + 1, greatest + 2]
    twins = [save(database, article(number, body="Another text. " * 50)) for number in (3, 4)]
    assert load(database, twins[1].article_id).story_id not in {record["story_id"] for record in records}


def test_stories_have_the_same_members_after_articles_have_left_some(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    def members(export: str) -> set[frozenset[str]]:
        articles = [json.loads(line) for line in export.splitlines()]
        stories = {row["story_id"] for row in articles} - {None}
        return {frozenset(row["url"] for row in articles if row["story_id"] == story) for story in stories}

    fill(database, Newsroom(articles=80, days=20))
    before, after = _through_another(database_url, tmp_path)
    assert members(after) == members(before)


def test_import_of_its_own_export_changes_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    save(database, article(1, is_free=True, kind="live_blog"))
    save(database, article(1, is_free=True, kind="live_blog", title="Harbour opened, at last"), now=LATER)
    before = export(database_url, tmp_path / "before.jsonl")
    assert imported(database, database_url, tmp_path / "in", before) == {"unchanged": 1}
    assert export(database_url, tmp_path / "after.jsonl") == before
    with database.read() as session:
        assert len(history(session, 1) or []) == 1


def test_provenance_and_offset_of_an_export_are_kept(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    known = {"rules": {"title": "json-ld headline"}, "extractor_version": "extraction-1 cleaning-1"}
    save(database, article(1, published_offset_min=-300, retrieved_at=NOW, is_free=False, **known))
    before, after = _through_another(database_url, tmp_path)
    assert after == before
    record = json.loads(after)
    assert (record["published_offset_min"], record["is_free"]) == (-300, False)
    assert record["provenance"]["rules"] == known["rules"]
    assert record["provenance"]["extractor_version"] == known["extractor_version"]
    assert record["provenance"]["entity_engine"] == "rules 1"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"published_offset_min": 10_000}, None),
        ({"published_offset_min": True}, None),
        ({"published_offset_min": "60"}, None),
        ({"published_offset_min": 345}, 345),
        ({"published_offset_min": 60, "published_at": None}, None),
        ({"published_offset_min": -60, "published_at": "0001-01-01T00:00:00Z"}, None),
    ],
)
def test_offset_of_a_record(values: dict[str, Any], expected: int | None) -> None:
    line = {"url": "https://news.example/1", "body": "A", "published_at": "2026-03-01T10:00:00Z", **values}
    found = read_record(line, now=LATER)
    assert found is not None
    assert found.article.published_offset_min == expected


def test_provenance_of_wrong_types_counts_as_missing() -> None:
    rules = {"title": 1, "x" * 1000: "a rule", "body": "b" * 1000}
    line = {"url": "https://news.example/1", "body": "A", "is_free": "yes"}
    for provenance in (
        "no",
        {"rules": ["title"], "extractor_version": 4},
        {"rules": rules, "retrieved_at": []},
    ):
        found = read_record({**line, "provenance": provenance}, now=LATER)
        assert found is not None
        assert (found.article.extractor_version, found.article.is_free) == (None, None)
        assert all(len(name) + len(rule) <= 500 for name, rule in found.article.rules.items())


def test_news_please_articles_are_cleaned_and_read(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    assert imported(database, database_url, tmp_path / "in", NEWS_PLEASE) == {"new": 1}
    found = load(database, "https://www.news.example/harbour")
    imported_article = found.article
    assert (imported_article.title, imported_article.body, imported_article.source) == (
        "Harbour opened",
        "First line.\n\nSecond line.",
        "news.example",
    )
    assert (imported_article.authors, imported_article.published_at) == (
        ["Mira Holt"],
        datetime(2026, 3, 1, 10, 30, tzinfo=UTC),
    )
    assert (imported_article.modified_at, found.first_seen_at.day) == (None, 2)


def test_fundus_articles_are_cleaned_and_read(database: Database, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_text(json.dumps([FUNDUS, FUNDUS], indent=2))
    assert run("import", str(tmp_path / "in"), "--database", database_url) == 0
    imported_article = load(database, "https://news.example/harbour").article
    assert imported_article.body == "A harbour, at last.\n\nJobs\n\nFirst line.\n\nSecond line."
    assert imported_article.published_at is not None
    assert (imported_article.is_free, imported_article.topics) == (True, ["harbour"])
    assert imported_article.published_at.hour == 8


def test_entities_are_recognised_if_the_record_has_none(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    record = NEWS_PLEASE | {"maintext": BODY}
    imported(database, database_url, tmp_path / "in", record)
    assert load(database, 1).article.entities


def test_entities_with_wrong_offsets_are_recognised_again(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    wrong = {
        "name": "Nobody",
        "type": "PER",
        "count": 1,
        "mentions": [{"start": 3, "end": 9, "text": "Nobody"}],
    }
    imported(
        database,
        database_url,
        tmp_path / "in",
        {"url": "https://news.example/1", "title": "T", "body": BODY, "entities": [wrong]},
    )
    assert "Nobody" not in {entity.name for entity in load(database, 1).article.entities}


@pytest.mark.parametrize(("given", "kept"), [("Q12345", "Q12345"), ("javascript:1", None), (7, None)])
def test_wikidata_id_of_an_export_is_kept(
    database: Database, database_url: str, tmp_path: Path, given: object, kept: str | None
) -> None:
    mention = {"start": BODY.index("Kovac"), "end": BODY.index("Kovac") + 5, "text": "Kovac"}
    entity = {"name": "Kovac", "type": "PER", "count": 1, "wikidata": given, "mentions": [mention]}
    record = {"url": "https://news.example/1", "title": "T", "body": BODY, "entities": [entity]}
    imported(database, database_url, tmp_path / "in", record)
    assert [(found.name, found.wikidata) for found in load(database, 1).article.entities] == [("Kovac", kept)]


def test_page_without_an_article_is_rejected_and_unreadable_line_is_counted(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    records = [
        article_record(),
        NEWS_PLEASE | {"maintext": ""},
        NEWS_PLEASE | {"title": None},
        "{broken",
        "[1",
        "null",
        "7",
        {"a": 1},
        NEWS_PLEASE | {"url": "javascript:alert(1)"},
        NEWS_PLEASE | {"url": None},
        "[" * 100_000,
        '"\\ud800"',
    ]
    counts = imported(database, database_url, tmp_path / "in", *records[:4], *records[5:10], records[11])
    assert counts == {"new": 1, "rejected": 2, "unreadable": 7}
    with database.read() as session:
        assert dict(stats(session).rejects_by_reason) == {"empty": 1, "no-title": 1}


def test_unreadable_lines_are_named_with_the_reason(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(article_record()), "", "{broken", '"text"', '{"a": 1}', *["7"] * 9]
    (tmp_path / "in").write_text("\n".join(lines), "utf-8")
    assert run("import", str(tmp_path / "in"), "--database", database_url) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[:3] == [
        "newsbot: line 3 cannot be read: no JSON: Expecting property name enclosed in double quotes, at character 2",
        "newsbot: line 4 cannot be read: no JSON object",
        "newsbot: line 5 cannot be read: no article of newsbot, news-please or Fundus with a web address",
    ]
    assert told[10:] == ["newsbot: and 2 more"]
    assert run("import", str(tmp_path / "in"), "--database", database_url, "--json") == 1
    counts = json.loads(capsys.readouterr().out)
    assert (counts["unchanged"], counts["unreadable"], len(counts["first_unreadable"])) == (1, 12, 10)
    (tmp_path / "in").write_text(json.dumps([article_record(), 7]), "utf-8")
    assert run("import", str(tmp_path / "in"), "--database", database_url) == 1
    assert capsys.readouterr().err == "newsbot: object 2 cannot be read: no JSON object\n"


@pytest.mark.parametrize("whole", ["[1", "[" * 100_000, "[]"], ids=["cut", "deep", "empty"])
def test_broken_array_is_counted_as_unreadable(
    database: Database, database_url: str, tmp_path: Path, whole: str
) -> None:
    assert imported(database, database_url, tmp_path / "in", whole).get("new") is None


def article_record(**given: Any) -> dict[str, Any]:
    return {"url": "https://news.example/1", "title": "Harbour opened", "body": BODY} | given


@pytest.mark.parametrize(
    "record",
    [
        article_record(authors="Mira", topics=[1, None], published_at=7, entities="x"),
        article_record(published_at="0001-01-01T00:00:00+23:00"),
        article_record(entities=[{"name": 1}, {"name": "A", "type": "PER", "mentions": [{"start": "0"}]}, 3]),
        FUNDUS | {"body": 3},
        FUNDUS | {"body": {"sections": [{"paragraphs": "x"}, 4]}},
        FUNDUS | {"html": "x", "url": "https://news.example/2"},
    ],
)
def test_values_of_wrong_types_count_as_missing(record: dict[str, Any]) -> None:
    found = read_record(record, now=NOW)
    assert found is not None
    assert all(isinstance(author, str) for author in found.article.authors)


def test_article_whose_id_is_taken_gets_a_new_one(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    for number in (1, 2):
        save(database, article(number))
    exported = export(database_url, tmp_path / "all")
    other = Database(f"sqlite:///{tmp_path / 'other.db'}").open()
    assert [save(other, article(number)).article_id for number in (8, 9)] == [1, 2]
    imported(other, f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "in", exported)
    assert [load(other, number).article.title for number in (3, 4)] == [
        "Harbour opened, part 1",
        "Harbour opened, part 2",
    ]
    assert load(other, 3).first_seen_at == NOW
    other.close()


@pytest.mark.parametrize("wanted", ["1", 0, -1, 2**63, True, None])
def test_value_that_is_not_an_id_is_not_kept(
    database: Database, database_url: str, tmp_path: Path, wanted: object
) -> None:
    record = article_record(
        id=wanted,
        story_id=wanted,
        first_seen_at="2026-03-01T12:00:00Z",
        last_seen_at="2026-03-01T12:00:00Z",
        revision=1,
    )
    assert imported(database, database_url, tmp_path / "in", record) == {"new": 1}
    assert load(database, 1).article.title == "Harbour opened"
