"""Errors: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsbot.errors import DatabaseError, UsageError
from newsbot.masking import masked
from newsbot.store.queries import FilterError
from newsbot.web.html.rendering import page
from newsbot.web.openapi.accepted import ParameterError

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
FOR_PROGRAMS = ("/api/", "/feed.", "/edits.", "/openapi.json", "/search.csv", "/metrics")
"""Beginnings of the paths that programs read: their errors are problem+json, and other sites may be allowed to read them."""
HEADINGS = {
    404: "Not found",
    422: "This address is not understood",
    503: "The database did not answer",
}
"""Status -> heading of the page that says so."""
UNAVAILABLE = "The database did not answer in time; ask for less, or try again later."


class Problem(BaseModel):
    """The members of problem+json (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem_response(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as problem+json."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return Response(problem.model_dump_json(), status, headers, PROBLEM_TYPE)


Form = Callable[[Request, Mapping[str, str], Exception], Response]
"""A function that shows the page of a form again, with parameter -> why it is not acceptable."""


def add_handlers(app: FastAPI, forms: Mapping[str, Form]) -> None:
    """Install error handlers: `problem_response` for the API and the feeds, a page for everything else.

    `forms` are the paths whose forms show what is wrong in them."""
    app.state.forms = dict(forms)
    app.add_exception_handler(HTTPException, _http)
    for mistake in (RequestValidationError, UsageError):
        app.add_exception_handler(mistake, _invalid)
    for failure in (DatabaseError, SQLAlchemyError):
        app.add_exception_handler(failure, _database)


def _path(request: Request) -> str:
    path: str = request.url.path
    return path.removeprefix(request.scope.get("root_path", ""))


def _answer(request: Request, status: int, detail: str) -> Response:
    if _path(request).startswith(FOR_PROGRAMS) or _path(request).endswith(".csv"):
        return problem_response(status, detail)
    title = HEADINGS.get(status) or HTTPStatus(status).phrase
    bare = _path(request) if status == HTTPStatus.UNPROCESSABLE_ENTITY else None
    return page(request, "error.html", status=status, title=title, detail=detail, bare=bare)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "There is nothing at this address." if error.detail == "Not Found" else error.detail
    return _answer(request, error.status_code, detail)


def _invalid(request: Request, error: Exception) -> Response:
    if isinstance(error, RequestValidationError) and all(
        problem["loc"][0] == "path" for problem in error.errors()
    ):
        return _answer(request, 404, _detail(faults_of(error)))
    faults = faults_of(error)
    form = request.app.state.forms.get(_path(request))
    if form is not None:
        found: Response = form(request, faults, error)
        return found
    return _answer(request, 422, _detail(faults) or str(error))


def _detail(faults: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in faults.items())


def faults_of(error: Exception) -> dict[str, str]:
    """Return parameter -> why it is not acceptable; empty if the error is not about a parameter."""
    match error:
        case RequestValidationError():
            return {
                str(problem["loc"][1] if len(problem["loc"]) > 1 else problem["loc"][0]): str(
                    problem["msg"]
                ).removeprefix("Value error, ")
                for problem in error.errors()
            }
        case ParameterError():
            return error.faults
        case FilterError():
            return {error.field: error.problem}
    return {}


def _database(request: Request, error: Exception) -> Response:
    logger.error("%s: %s", request.url.path, masked(" ".join(str(error).split())[:500]))
    return _answer(request, 503, UNAVAILABLE)
