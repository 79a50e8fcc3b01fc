"""Refuse query parameters that an address does not have, and those given twice: nothing that is asked for is ignored."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Request
from pydantic import BaseModel

from newsbot.errors import UsageError

MAX_NAMED_CHARS = 60
"""Number of characters of an unknown name that the answer repeats."""


class ParameterError(UsageError):
    """Parameters of a request that are not acceptable: name -> why, in words that follow the name and a colon."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in faults.items()))
        self.faults = dict(faults)


def refuse_unknown(request: Request) -> None:
    """Raise ParameterError if a request has parameters that its address does not accept, or repeats one of one value."""
    accepted = accepted_parameters(request.scope["endpoint"], frozenset(request.path_params))
    given = Counter(name for name, _ in request.query_params.multi_items())
    faults = {}
    for name, number in given.items():
        if name not in accepted:
            listed = ", ".join(accepted) or "none"
            faults[name[:MAX_NAMED_CHARS]] = f"is no parameter of this address; accepted: {listed}"
        elif number > 1 and not accepted[name]:
            faults[name] = f"is given {number} times; accepted: once"
    if faults:
        raise ParameterError(faults)


@cache
def accepted_parameters(
    endpoint: Callable[..., Any], in_path: frozenset[str] = frozenset()
) -> dict[str, bool]:
    """Return the query parameters of an endpoint, in their order: name -> whether it may be repeated.

    `in_path` are the parameters that are parts of the path."""
    accepted: dict[str, bool] = {}
    for name, hint in get_type_hints(endpoint, include_extras=True).items():
        if name == "return" or name in in_path or hint is Request:
            continue
        value = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        if inspect.isclass(value) and issubclass(value, BaseModel):
            accepted |= {
                field.alias or name: _is_list(field.annotation) for name, field in value.model_fields.items()
            }
        else:
            accepted[name] = _is_list(value)
    return accepted


def _is_list(hint: Any) -> bool:
    """Return whether a parameter of this type may be repeated."""
    if get_origin(hint) in {tuple, list}:
        return True
    return any(_is_list(option) for option in get_args(hint))
