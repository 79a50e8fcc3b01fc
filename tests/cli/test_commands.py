"""Commands that read the database: their output for people and for programs, and their errors."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbot.cli import newsbot, run
from newsbot.items import Article, Entity, Mention, Reject
from newsbot.store.articles.writer import save_article
from newsbot.store.crawl.rejects import save_reject
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.pages import paragraphs

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOSTILE = "\x1b[31mRed\x1b[0m \u202eevil\u202c <script>alert(1)</script> =1+1 😀"


def article(number: int, **values: object) -> Article:
    body = "\n\n".join(["Anna Lindqvist spoke in Bergen.", *paragraphs(number)])
    mention = Mention(start=0, end=14, text="Anna Lindqvist", type="PER")
    place = Mention(start=24, end=30, text="Bergen", type="LOC")
    defaults: dict[str, object] = {
        "url": f"https://news.example/{number}",
        "source": "news.example",
        "title": f"Harbour report {number}",
        "language": "en",
        "published_at": NOW - timedelta(days=number),
        "body": body,
        "word_count": 150,
        "entities": [
            Entity(name="Anna Lindqvist", type="PER", mentions=[mention], role="mayor"),
            Entity(name="Bergen", type="LOC", mentions=[place]),
        ],
    }
    return Article(**defaults | values)  # type: ignore[arg-type]


@pytest.fixture
def filled(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'newsbot.db')}"
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", url)
    database = Database(url).open()
    with database.write() as session:
        for sample in (
            article(1),
            article(2, language="de"),
            article(3, title=HOSTILE, source="other.example"),
        ):
            save_article(session, sample, keys=article_keys(sample), run_id=None, now=NOW)
        changed = article(1, title="Harbour report 1, corrected")
        save_article(session, changed, keys=article_keys(changed), run_id=None, now=NOW + timedelta(hours=1))
        save_reject(session, Reject(url="https://news.example/list", reason="list"), run_id=None, now=NOW)
    database.close()
    return url


def output(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert run(newsbot, list(arguments)) == status
    return capsys.readouterr().out


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output(capsys, *arguments, "--json").splitlines()]


def test_search_finds_and_marks_what_it_found(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, "search", "council harbour -corrected")
    assert "*Harbour* report 2" in text
    assert "corrected" not in text
    assert "*council*" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["reclean"],
        ["reextract"],
        ["archive", "prune", "--older-than", "9d"],
        ["sources", "boilerplate", "bbc", "--keep", "0" * 12],
    ],
    ids=" ".join,
)
def test_what_changes_articles_makes_no_database(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(newsbot, [*arguments, "--database", "sqlite:///new.db"]) == 1
    assert "newsbot has stored nothing there yet" in capsys.readouterr().err
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--language", "de"], [2]),
        (["--source", "other.example"], [3]),
        (["--since", "2026-05-19"], [1]),
        (["--until", "2026-05-17"], [3]),
        (["--entity", "Anna Lindqvist", "--sort", "date"], [1, 2, 3]),
        (["--limit", "1", "--sort", "date"], [1]),
    ],
)
def test_filters_narrow_a_search(
    filled: str, capsys: pytest.CaptureFixture[str], options: list[str], ids: list[int]
) -> None:
    assert [hit["id"] for hit in objects(capsys, "search", "council", *options)] == ids


def test_search_without_words_lists_the_newest_first(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split("\t")[0] for line in output(capsys, "search").splitlines()] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "title:*", "a OR", "😀", "x" * 10_000, "'; DROP TABLE articles", "-"]
)
def test_query_is_answered_or_refused_with_the_place_of_the_fault(
    filled: str, capsys: pytest.CaptureFixture[str], query: str
) -> None:
    status, printed = run(newsbot, ["search", "--", query]), capsys.readouterr()
    assert status in {0, 2}
    if status == 2:
        assert printed.out == ""
        assert printed.err.startswith("newsbot: query, character ")


@pytest.mark.parametrize(
    "reference", ["1", "https://news.example/1", "http://www.news.example/1?utm_source=x"]
)
def test_an_article_is_shown_by_its_id_or_any_of_its_addresses(
    filled: str, capsys: pytest.CaptureFixture[str], reference: str
) -> None:
    [shown] = objects(capsys, "show", reference)
    assert shown["title"] == "Harbour report 1, corrected"
    assert shown["revision"] == 2
    assert shown["urls"] == ["https://news.example/1"]
    assert shown["entities"][0] | {"mentions": 0} == {
        "name": "Anna Lindqvist",
        "type": "PER",
        "count": 1,
        "country": None,
        "wikidata": None,
        "mentions": 0,
    }


def test_history_shows_changed_fields(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    [change] = objects(capsys, "history", "1")
    assert change["fields"]["title"] == {"before": "Harbour report 1", "after": "Harbour report 1, corrected"}


def test_history_shows_words_and_reasons(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, "history", "1")
    assert text.splitlines()[0].startswith("revision 2, seen 20")
    assert "title: Harbour report [-1-]{+1, corrected+}" in text
    assert "words: 1 removed, 2 added" in text
    assert "only the headline changed, soon after publication" in text
    assert "\x1b[" not in text


def test_history_calls_an_edit_silent_and_says_what_was_looked_for(
    filled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = article(2, language="de")
    edited.body += "\n\nThe county paid for the trip of two officials."
    database = Database(filled).open()
    with database.write() as session:
        save_article(session, edited, keys=article_keys(edited), run_id=None, now=NOW + timedelta(hours=3))
    database.close()
    text = output(capsys, "history", "2")
    assert text.splitlines()[0].endswith(", silently")
    assert "nothing on the page owns up to it: no later date of modification" in text
    [change] = objects(capsys, "history", "2")
    assert change["evidence"]["verdict"] == "silent"
    assert "note" in change["evidence"]["looked_for"]


def test_entities_and_one_entity(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = [entity["name"] for entity in objects(capsys, "entities", "--type", "PER")]
    assert names == ["Anna Lindqvist"]
    [detail] = objects(capsys, "entity", "anna lindqvist")
    assert [companion["name"] for companion in detail["companions"]] == ["Bergen"]
    assert len(detail["articles"]) == 3
    assert detail["timeline"][0] == {"day": "2026-05-17", "article_count": 1}


def test_stats_and_rejects(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    [stats] = objects(capsys, "stats")
    assert (stats["articles"], stats["revisions"], stats["rejects_by_reason"]) == (3, 1, {"list": 1})
    assert [reject["url"] for reject in objects(capsys, "rejects", "--reason", "list")] == [
        "https://news.example/list"
    ]
    assert objects(capsys, "rejects", "--reason", "paywall") == []


def test_stats_in_a_pipe_are_one_table_with_labels(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line.split("\t") for line in output(capsys, "stats").splitlines()]
    assert {len(line) for line in lines} == {3}
    assert ["total", "articles", "3"] in lines
    assert ["articles by source", "news.example", "2"] in lines
    assert ["rejects by reason", "list", "1"] in lines


def test_text_comes_before_what_is_known_of_it(filled: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = output(capsys, "show", "1").splitlines()
    assert lines[0] == "Harbour report 1, corrected"
    assert lines[2].startswith("Anna Lindqvist spoke in Bergen.")
    assert [line for line in lines if "Lindqvist (" in line or "Bergen (" in line] == [
        "people:            Anna Lindqvist (1, mayor)",
        "places:            Bergen (1)",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["rejects", "--reason", "lst"],
            "nothing was rejected for 'lst'; did you mean list? reasons in this",
        ),
        (
            ["rejects", "--reason", "paywall"],
            "nothing was rejected for 'paywall'; reasons in this database: list",
        ),
        (["stories", "--min-size", "50"], "no story has 50 articles or more"),
        (["stories", "zeppelin"], "no story has 2 articles or more, of those that are found"),
        (["stories", "--since", "yesterday"], "no story has 2 articles or more and changed since"),
        (["trends", "--until", "2001-01-01"], "no name rises in that week"),
        (["sources", "health"], "no source has been polled yet"),
        (["entities", "corrections"], "nothing has been corrected"),
        (["search", "--since", "7d"], "nothing found"),
    ],
)
def test_nothing_is_said_in_one_line(
    filled: str, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(newsbot, arguments) == 0
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize("command", [["search"], ["search", "council", "--json"], ["count"]])
def test_name_in_a_filter_that_no_article_has_is_said(
    filled: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    filters = ["--entity", "Bergenn", "--entity", "Nobody Such", "--section", "nope"]
    assert run(newsbot, [*command, *filters]) == 0
    assert capsys.readouterr().err.splitlines()[-3:] == [
        "newsbot: there is no entity 'Bergenn'; did you mean 'Bergen'?",
        "newsbot: there is no entity 'Nobody Such'",
        "newsbot: there is no section 'nope'",
    ]
    assert run(newsbot, [*command, "--entity", "Bergen"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "command", [["search"], ["show", "3"], ["search", "council"], ["entity", "Bergen"], ["stats"]]
)
def test_texts_from_the_web_cannot_control_the_terminal(
    filled: str, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    text = output(capsys, *command)
    assert not {"\x1b", "\u202e", "\u202c"} & set(text)


def test_settings_hide_passwords_and_tokens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", "postgresql://me:secret@host/news?sslpassword=secret")
    monkeypatch.setenv("NEWSBOT_WEB_TOKEN", "secret")
    text = output(capsys, "settings")
    shown = text + output(capsys, "settings", "--json")
    assert "secret" not in shown.replace("is_secret", "")
    assert "environment" in text
    names = {setting["name"] for setting in objects(capsys, "settings")}
    assert "NEWSBOT_MAX_PAGE_BYTES" in names


def test_db_upgrade_creates_the_database_and_check_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert run(newsbot, ["db", "check", "--database", url]) == 1
    assert not (tmp_path / "new.db").exists()
    output(capsys, "db", "upgrade", "--database", url)
    output(capsys, "db", "check", "--database", url)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["serch", "x"], 2, "serch"),
        (["search", "x", "--limit", "0"], 2, "--limit"),
        (["search", "x", "--since", "tomorrow"], 2, "2026-11-23"),
        (["entities", "--type", "ANIMAL"], 2, "PER"),
        (["show", "99"], 1, "99"),
        (["entity", "Nobody At All"], 1, "Nobody At All"),
        (["entity", "anna lindquist"], 1, "did you mean 'Anna Lindqvist'?"),
        (["search", "x", "--database", "mysql://host/news"], 2, "mysql"),
        (["search", "x", "--database", "sqlite:////nowhere/at/all.db"], 1, "/nowhere/at"),
        (["extract", "missing.html"], 1, "missing.html"),
        (["reclean", "--source", "othr.example"], 2, "did you mean other.example"),
        (["reextract", "--source", "othr.example"], 2, "did you mean other.example"),
        (["archive", "prune", "--older-than", "90d", "--source", "othr.example"], 2, "other.example"),
        (["backfill", "pages", "--source", "bbbc"], 2, "did you mean"),
        (["backfill", "pages", "--language", "english"], 2, "no language 'english'"),
        (["export", "--json", "--format", "csv"], 2, "accepted: one of them"),
    ],
)
def test_mistake_prints_one_line(
    filled: str, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, told: str
) -> None:
    assert run(newsbot, arguments) == status
    [line] = capsys.readouterr().err.splitlines()
    assert told in line


@pytest.mark.slow
def test_page_that_may_not_be_fetched_prints_one_line() -> None:
    command = [sys.executable, "-m", "newsbot", "extract", "http://127.0.0.1:9/"]  # a reactor of its own
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert "NEWSBOT_ALLOWED_NETWORKS" in line


def test_reading_a_missing_database_does_not_create_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "absent.db"
    assert run(newsbot, ["stats", "--database", f"sqlite:///{path}"]) == 1
    assert not path.exists()


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in newsbot.list_commands(None):  # type: ignore[arg-type]
        assert run(newsbot, [name, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out
