"""Every page under fixtures/ against what a careful reader says of it: one result a field.

What a case holds is described in fixtures/README.md. Where code and expectation disagree, the code is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsbot.archive.files import find_pages
from newsbot.extraction.extractor import extract_article
from newsbot.extraction.page.page import Page
from tests import add_fixture_field, fixture_cases, new_fixture
from tests.fixture_cases import (
    CASES,
    FIELDS,
    FIXTURES,
    KNOWN_KEYS,
    OPTIONAL_FIELDS,
    case_name,
    expected,
    extracted,
    known,
)

SHORTFALLS: dict[str, str] = {}
"""What extraction does not get right yet, in body and word_count. A case that comes right must leave this list."""


def marks_of(case: Path, field: str) -> list[pytest.MarkDecorator]:
    reason = SHORTFALLS.get(case_name(case)) if field in ("body", "word_count") else None
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@pytest.mark.parametrize(
    ("case", "field"),
    [
        pytest.param(case, field, id=f"{case_name(case)}-{field}", marks=marks_of(case, field))
        for case in CASES
        for field in expected(case)
    ],
)
def test_page_is_read_as_a_careful_reader_would(case: Path, field: str) -> None:
    found = extracted(case)
    assert found.get(field, f"no article: {found['reject']}") == expected(case)[field]


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_case_is_complete(case: Path) -> None:
    assert len(list(find_pages(str(case)))) == 1
    assert sorted(known(case).keys() - KNOWN_KEYS) == []
    if problem := field_problem(expected(case).keys() - {"reject"}):
        pytest.fail(f"{case_name(case)}/expected.json: {problem}", pytrace=False)


def field_problem(names: set[str]) -> str:
    """Return what is wrong with the fields of an expected.json, and the command that mends it; "" if nothing is."""
    missing = [name for name in FIELDS if name not in names]
    if names and missing:
        return (
            f"fields are missing: {', '.join(missing)}. For each of them: "
            f"python -m tests.add_fixture_field NAME JSON_DEFAULT (for example {missing[0]} null)"
        )
    extra = sorted(names - {*FIELDS, *OPTIONAL_FIELDS})
    return f"unknown fields: {', '.join(extra)}. Remove them, or add them to article_json" if extra else ""


def test_missing_fields_are_named_with_the_command_that_adds_them() -> None:
    problem = field_problem({*FIELDS, "kind"} - {"section"})
    assert "missing: section" in problem
    assert "python -m tests.add_fixture_field NAME JSON_DEFAULT (for example section null)" in problem


@pytest.mark.parametrize(
    ("names", "problem"),
    [(set(), ""), ({*FIELDS}, ""), ({*FIELDS, "is_free"}, ""), ({*FIELDS, "genre"}, "unknown fields: genre")],
    ids=["reject", "all", "optional", "extra"],
)
def test_extra_fields_are_named(names: set[str], problem: str) -> None:
    assert field_problem(names).startswith(problem)
    assert bool(field_problem(names)) == bool(problem)


@pytest.fixture
def copied_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one case, in a folder that takes the place of fixtures/."""
    case = tmp_path / "local-date"
    case.mkdir()
    for file in (FIXTURES / case.name).iterdir():
        (case / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(fixture_cases, "FIXTURES", tmp_path)
    return case


def test_new_field_is_written_in_the_order_of_the_json(copied_case: Path) -> None:
    fields = json.loads((copied_case / "expected.json").read_text("utf-8"))
    before = list(fields)
    del fields["section"]
    fixture_cases.write_expected(copied_case, fields)
    rejected = copied_case.with_name("rejected")
    rejected.mkdir()
    fixture_cases.write_expected(rejected, {"reject": "list"})
    for _ in range(2):
        add_fixture_field.main(["section", '"Ontario"'])
    assert (copied_case / "expected.json").read_bytes() == (
        FIXTURES / "local-date" / "expected.json"
    ).read_bytes()
    assert list(json.loads((copied_case / "expected.json").read_text("utf-8"))) == before
    assert json.loads((rejected / "expected.json").read_text("utf-8")) == {"reject": "list"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["genre", "null"], "genre is not in article_json"),
        (["section", "none"], "'none' is not JSON"),
        (["section"], "python -m tests.add_fixture_field NAME JSON_DEFAULT"),
    ],
    ids=["unknown field", "default that is no JSON", "no default"],
)
def test_wrong_use_of_the_command_is_one_line(copied_case: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        add_fixture_field.main(arguments)


def test_draft_of_a_case_has_every_field_as_newsbot_reads_it(copied_case: Path) -> None:
    (copied_case / "expected.json").unlink()
    new_fixture.main([str(copied_case)])
    assert (copied_case / "expected.json").read_bytes() == (
        FIXTURES / "local-date" / "expected.json"
    ).read_bytes()
    with pytest.raises(SystemExit, match="exists already"):
        new_fixture.main([str(copied_case)])


@pytest.mark.parametrize("depth", [200, 200_000])
def test_page_in_deeply_nested_tags_keeps_its_headline(depth: int) -> None:
    html = (FIXTURES / "json-ld" / "page.html").read_text("utf-8")
    nested = html.replace("<body>", "<body>" + "<div>" * depth).replace(
        "</body>", "</div>" * depth + "</body>"
    )
    article = extract_article(Page.from_text(nested))
    assert article.title == expected(FIXTURES / "json-ld")["title"]
