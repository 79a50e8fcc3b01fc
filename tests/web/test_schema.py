"""The API against its own OpenAPI document: requests made up by schemathesis are answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import from_regex
from schemathesis.openapi import from_asgi

from newsbot.store.database import Database
from newsbot.web.app import OPENAPI, create_app
from newsbot.web.serving.parameters import decode, encode
from tests.web.newsroom import NOW, Newsroom, fill

BEYOND_SCHEMAS = (
    "source: no ",
    "exclude_source: no ",
    "tag: no ",
    "country: no ",
    "language: no ",
    "query, character ",
)
"""How answers begin that refuse a name which the database does not have, or a query with a fault of grammar."""
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
        if answer.status_code == 422 and answer.json()["detail"].startswith(BEYOND_SCHEMAS):
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
