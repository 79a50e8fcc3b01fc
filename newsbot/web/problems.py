"""Errors: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsbot.errors import DatabaseError
from newsbot.masking import masked
from newsbot.web.html.rendering import page

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
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


def add_handlers(app: FastAPI) -> None:
    """Install error handlers: `problem_response` for the API and the feeds, a page for everything else."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for failure in (DatabaseError, SQLAlchemyError):
        app.add_exception_handler(failure, _database)


def _answer(request: Request, status: int, detail: str) -> Response:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    if path.startswith(("/api/", "/feed.")):
        return problem_response(status, detail)
    return page(request, "error.html", status=status, title=HTTPStatus(status).phrase, detail=detail)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "There is nothing at this address." if error.detail == "Not SearchResult" else error.detail
    return _answer(request, error.status_code, detail)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = (
        f"{problem['loc'][-1]}: {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors()
    )
    status = 404 if all(problem["loc"][0] == "path" for problem in error.errors()) else 422
    return _answer(request, status, "; ".join(found))


def _database(request: Request, error: Exception) -> Response:
    logger.error("%s: %s", request.url.path, masked(" ".join(str(error).split())[:500]))
    return _answer(request, 503, UNAVAILABLE)
