"""The API against its own OpenAPI document: requests made up by schemathesis are answered as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import from_regex
from schemathesis.openapi import from_asgi
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import OPENAPI, create_app
from newsbot.web.serving.parameters import decode, encode
from tests.web.newsroom import NOW, Newsroom, fill

BEYOND_SCHEMAS = re.compile(
    r"(?:source|exclude_source|tag|country|language): no "
    r"|(?:since|until): .* is no date; "
    r"|\w+: .*: a quote is not closed; "
    r"|query, character ",
    re.DOTALL,
)
"""How answers begin that refuse a name which the database does not have, a day that does not exist, or a fault of grammar."""
EXAMPLES = 25
"""Number of made-up requests per endpoint."""


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('api') / 'newsbot.db'}").open()
    fill(database, Newsroom(articles=60, days=20))
    yield from_asgi(OPENAPI, create_app(database, now=lambda: NOW))
    database.close()


def test_answers_are_as_described(description: Any) -> None:
    operations = [found.ok() for found in description.get_all_operations()]
    assert len(operations) == 17
    for operation in operations:
        _try(operation)


def _try(operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        answer = case.call()
        if answer.status_code == 422 and BEYOND_SCHEMAS.match(answer.json()["detail"]):
            return
        case.validate_response(answer)

    answered()


def test_every_cursor_of_the_described_form_is_a_position(description: Any) -> None:
    operation = description["/api/articles"]["get"]
    schema = next(p for p in operation.definition.raw["parameters"] if p["name"] == "cursor")["schema"]
    pattern = next(option["pattern"] for option in schema["anyOf"] if "pattern" in option)

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(text=from_regex(pattern, fullmatch=True).filter(bool))
    def decoded(text: str) -> None:
        position = decode(text)
        assert decode(encode(position)) == position

    decoded()


ACCEPTED = {
    "q": ["ferry OR museum", '"Harbour Board" -tram*', "São Paulo, 2026"],
    "since": ["2026-01-31", "2026-05-08T10:00:00+02:00", "2026-05-08 10:00", "yesterday", "36 h", "20260131"],
    "until": [
        "",
        "2026-12-31T23:59:59.5Z",
        "2026-W20-1",
        "99999d",
        "1812-06-24",
        "2026-05-08T10:00-03:30:15",
    ],
    "section": ['"News, local"', "Sport,Culture"],
    "kind": ["article, live_blog", ""],
    "share": ["0", "1", "true", "False"],
}
"""Parameter of /api/count -> values that people write."""


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in ACCEPTED for text in ACCEPTED[name]])
def test_what_is_accepted_is_described(description: Any, name: str, text: str) -> None:
    operation = description["/api/count"]["get"]
    assert description.app is not None
    answer = TestClient(description.app, base_url="http://127.0.0.1").get("/api/count", params={name: text})
    assert answer.status_code == 200, answer.text
    schema = next(p for p in operation.definition.raw["parameters"] if p["name"] == name)["schema"]
    options = schema.get("anyOf") or [schema.get("items", schema)]
    written = next(option for option in options if option["type"] == "string")
    assert re.search(written.get("pattern", ""), text)
    assert len(text) <= written.get("maxLength", len(text))
