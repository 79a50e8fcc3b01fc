"""Packages that add engines, stages, extractors and sources to newsbot, and the errors of those that cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from newsbot.capture import Capture
from newsbot.entities.engine import load_engine
from newsbot.errors import NewsbotError, UsageError
from newsbot.extraction.site_extractors import check_extractors
from newsbot.ingest.envelope import Envelope
from newsbot.ingest.read import read
from newsbot.items import Article, Reject
from newsbot.sources.catalog import catalog_of, load_sources
from newsbot.spiders.components import installed_stages
from newsbot.spiders.news_work.news import NewsSpider
from tests.pages import article_page
from tests.plugin_packages import installed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENGINE = """
from newsbot.items import Mention
class Tiny:
    name, version = "tiny", "3"
    def supports(self, language): return True
    def recognize(self, text, language="en"):
        return [Mention(start=0, end=3, text=text[:3], type="PER")]
"""
OUTPUT = """
from newsbot.outputs.output_table import OutputTable
class Copy:
    Table = OutputTable
    def __init__(self, table, settings): pass
    def deliver(self, batch): pass
    def close(self): pass
"""
STAGE = """
class Mark:
    order = 950
    def process_item(self, item): return item
"""
EXTRACTOR = """
class Own:
    sites = ("news.example",)
    def fields(self, page, article):
        return {values}
"""


def an_extractor(folder: Path, values: str) -> AbstractContextManager[Path]:
    return installed(folder, EXTRACTOR.format(values=values), extractors="own = sample:Own")


def read_page(url: str = "https://www.news.example/2026/05/story-1") -> Envelope | Reject:
    capture = Capture(body=article_page(1).encode(), url=url)
    return read(capture, catalog_of({}), now=NOW)


def article_of(item: Envelope | Reject) -> Article:
    assert isinstance(item, Envelope)
    return item.article


def test_engine_of_a_package_is_loaded_by_its_name(tmp_path: Path) -> None:
    with installed(tmp_path, ENGINE, engines="tiny = sample:Tiny"):
        assert load_engine("tiny").recognize("Ada spoke")[0].text == "Ada"
        assert load_engine("tiny,rules").supports("xx")
        with pytest.raises(UsageError, match=r"accepted: auto, .*, spacy, tiny, package"):
            load_engine("tinny")


def test_import_path_in_settings_is_found_beside_their_file(tmp_path: Path) -> None:
    (tmp_path / "desk.py").write_text(ENGINE + OUTPUT)
    (tmp_path / "newsbot.toml").touch()
    script = """
from newsbot.entities.engine import load_engine
from newsbot.outputs.output_table import load_kind
print(load_engine("desk:Tiny").name, load_kind("desk:Copy", "mine").__name__)
"""
    root = Path(__file__).parents[1]
    environment = os.environ | {"NEWSBOT_CONFIG": str(tmp_path / "newsbot.toml"), "PYTHONPATH": str(root)}
    # -P: the current folder is not on the path, as for an installed command.
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "tiny Copy\n", done.stderr


def test_stage_of_a_package_runs_at_its_place(tmp_path: Path) -> None:
    with installed(tmp_path, STAGE, stages="mark = sample:Mark"):
        settings = Settings()
        settings.setmodule("newsbot.settings")
        NewsSpider.update_settings(settings)
        assert installed_stages() == {"sample.Mark": 950}
        stages = settings.get_component_priority_dict_with_base("ITEM_PIPELINES")
        assert [str(stage).rpartition(".")[2] for stage in sorted(stages, key=stages.__getitem__)][
            -1
        ] == "Mark"


def test_extractor_of_a_package_wins_over_the_general_rules(tmp_path: Path) -> None:
    general = article_of(read_page())
    with an_extractor(tmp_path, '{"title": "Its own", "body": "One.\\n\\nTwo two."}'):
        own, other = article_of(read_page()), article_of(read_page("https://other.example/2026/05/story-1"))
    assert (own.title, own.body, own.word_count, own.body_markdown) == (
        "Its own",
        "One.\n\nTwo two.",
        3,
        "One.\n\nTwo two.",
    )
    assert own.rules["title"] == own.rules["body"] == "extractor own"
    assert own.authors == general.authors
    assert other.title == general.title != own.title


def test_sources_of_a_package_belong_to_the_catalog(tmp_path: Path) -> None:
    shipped = load_sources()
    with installed(tmp_path, "", sources="mine = sample") as package:
        (package / "one.toml").write_text('[[source]]\nkey = "one"\nhomepage = "https://one.example/"\n')
        assert load_sources().keys() == shipped.keys() | {"one"}
        assert load_sources(str(package)).keys() == {"one"}


def load_all() -> None:
    load_engine("x")


@pytest.mark.parametrize(
    ("group", "entry", "code", "reason"),
    [
        pytest.param("engines", "x = sample:None_", "", "AttributeError: .*None_", id="no such class"),
        pytest.param("engines", "x = sample:X", "raise RuntimeError('no\\ncard')", "RuntimeError: no card", id="import"),
        pytest.param("engines", "x = sample:X", "class X: pass", "it lacks name, version, supports", id="protocol"),
        pytest.param("engines", "x = sample:X", "def X(): 1/0", "ZeroDivisionError: division by zero", id="made"),
        pytest.param("stages", "x = sample:X", "class X: pass", "no class with the method process_item", id="stage"),
        pytest.param("stages", "x = sample:Mark", STAGE.replace("950", "'last'"), "its order is 'last'; accepted: 0", id="order"),
        pytest.param("extractors", "x = sample:X", "class X: pass", "it lacks sites or fields", id="extractor"),
        pytest.param("extractors", "x = sample:Own", EXTRACTOR.replace(",)", ")"), "its sites are one text", id="sites"),
        pytest.param("sources", "x = sample", "", "accepted: a package .* TOML files", id="no sources"),
        pytest.param("sources", "x = sample:X", "X = 3", "accepted: a package .* TOML files", id="no package"),
    ],
)  # fmt: skip
def test_plugin_that_cannot_be_used_is_one_line_that_names_its_package(
    tmp_path: Path, group: str, entry: str, code: str, reason: str
) -> None:
    use: dict[str, Any] = {
        "engines": lambda: load_engine("x"),
        "stages": installed_stages,
        "extractors": check_extractors,
        "sources": load_sources,
    }
    with installed(tmp_path, code, **{group: entry}), pytest.raises(UsageError, match=reason) as error:
        use[group]()
    assert str(error.value).startswith(f"newsbot.{group}: x = ")
    assert "of the package sample 1.2 cannot be used: " in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param('{"headline": "x"}', "it gives the field 'headline'; accepted: title", id="field"),
        pytest.param('{"title": 3}', "it gives title = 3; accepted: str", id="type"),
        pytest.param('{"published_at": "today"}', "accepted: datetime with a time zone", id="time"),
        pytest.param('{"title": page.nothing}', "AttributeError", id="failure"),
    ],
)
def test_page_on_which_an_extractor_fails_is_a_reject_that_names_its_package(
    tmp_path: Path, values: str, reason: str
) -> None:
    with an_extractor(tmp_path, values):
        item = read_page()
    assert isinstance(item, Reject)
    assert item.reason == "parse-failed"
    assert "own = 'sample:Own' of the package sample 1.2 cannot be used" in item.detail
    assert reason in item.detail


def test_two_packages_with_one_name_are_an_error(tmp_path: Path) -> None:
    with (
        installed(tmp_path / "a", ENGINE, engines="tiny = sample:Tiny"),
        installed(tmp_path / "b", ENGINE, package="second", engines="tiny = second:Tiny"),
        pytest.raises(NewsbotError, match="another package has the same name"),
    ):
        load_engine("tiny")
