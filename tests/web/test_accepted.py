"""Parameters that an address does not have, or that are given twice."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Path, Query, Request
from starlette.testclient import TestClient

from newsbot.web.openapi.accepted import accepted_parameters
from newsbot.web.openapi.description import EXAMPLES
from newsbot.web.serving.parameters import SearchQuery
from tests.web.addresses import every_kind

UNKNOWN = "updated_since"


def test_every_address_refuses_unknown_parameters(client: TestClient) -> None:
    addresses = [*every_kind(client), *client.get("/openapi.json").json()["paths"], "/docs", "/openapi.json"]
    for address in addresses:
        path = address.replace("{article_id}", "1").replace("{entity_id}", "1").replace("{story_id}", "1")
        answer = client.get(f"{path}{'&' if '?' in path else '?'}{UNKNOWN}=2026-01-01")
        assert answer.status_code == 422, path
        assert UNKNOWN in answer.text, path
        assert "is no parameter of this address; accepted: " in answer.text, path


def test_unknown_parameter_is_a_problem_that_lists_the_accepted_ones(client: TestClient) -> None:
    answer = client.get("/api/entities?updated_since=2026-01-01")
    assert answer.headers["content-type"] == "application/problem+json"
    listed = "q, type, since, limit, cursor"
    assert answer.json()["detail"] == f"updated_since: is no parameter of this address; accepted: {listed}"


def test_address_without_parameters_says_so(client: TestClient) -> None:
    assert client.get("/api/stats?a=1").json()["detail"].endswith("accepted: none")


@pytest.mark.parametrize(
    "address",
    [
        "/api/search?limit=5&limit=6",
        "/api/articles?since=2026-01-01&since=2026-01-02",
        "/api/stories?cursor=&cursor=",
    ],
)
def test_parameter_of_one_value_is_given_once(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith("is given 2 times; accepted: once")


def test_kinds_may_be_repeated(client: TestClient) -> None:
    assert client.get("/api/search?kind=article&kind=stub").status_code == 200


def test_very_long_unknown_name_is_cut(client: TestClient) -> None:
    detail = client.get(f"/api/stats?{'a' * 9_000}=1").json()["detail"]
    assert len(detail) < 200


def test_parameters_of_a_model_and_single_ones_are_accepted_together() -> None:
    def endpoint(
        request: Request,
        number: Annotated[int, Path()],
        key: str,
        asked: SearchQuery,
        by: Annotated[list[str], Query()],
    ) -> None: ...

    accepted = accepted_parameters(endpoint, frozenset({"number", "key"}))
    assert {"q": False, "kind": True, "by": True, "limit": False}.items() <= accepted.items()
    assert not {"request", "number", "key", "return", "asked"} & accepted.keys()


def test_examples_of_the_api_are_answered(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    html = client.get("/docs").text
    for path, item in document["paths"].items():
        part = html.partition(f"<code>GET {path}</code>")[2].partition("</ul>")[0]
        links = [link.partition('"')[0].replace("&amp;", "&") for link in part.split('href="')[1:]]
        assert len(links) == len(item["get"][EXAMPLES]) > 0, path
        for link in links:
            answer = client.get(link)
            assert answer.status_code == 200, link
            assert answer.headers["content-type"].startswith(
                tuple(item["get"]["responses"]["200"]["content"])
            )
