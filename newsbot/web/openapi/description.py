"""The API page: a description of the endpoints for people, read from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any, NamedTuple

EXAMPLES = "x-examples"
"""Member of an operation: addresses with places in braces for ids and names of the database ("/api/articles/{article}")."""
_KINDS = {"date-time": "time", "date": "day", "integer": "number", "string": "text", "null": ""}


class ApiField(NamedTuple):
    """A parameter of an endpoint, or a member of its answer."""

    name: str
    kind: str
    """Type in words: "day", "list of: id, title, url"."""
    about: str


class Example(NamedTuple):
    """An address at which an endpoint answers."""

    address: str
    is_filled: bool
    """Whether the database has all that the address names, so that it can be linked to."""


class Endpoint(NamedTuple):
    """An endpoint of the API."""

    path: str
    about: str
    parameters: list[ApiField]
    answer: list[ApiField]
    examples: list[Example]


def with_examples(*addresses: str) -> dict[str, Any]:
    """Return what a route adds to its operation in the OpenAPI document: examples, see `EXAMPLES`."""
    return {EXAMPLES: list(addresses)}


def endpoints(document: Mapping[str, Any], names: Mapping[str, str]) -> list[Endpoint]:
    """Return the endpoints of an OpenAPI document, in its order.

    `names` are the values for the places of examples, encoded for an address."""
    schemas = document["components"]["schemas"]
    return [
        Endpoint(
            path,
            item["get"]["description"].replace("`", ""),
            _parameters(item["get"]),
            _answer(item["get"], schemas),
            _examples(item["get"].get(EXAMPLES, ()), names),
        )
        for path, item in document["paths"].items()
    ]


def _examples(templates: Sequence[str], names: Mapping[str, str]) -> list[Example]:
    examples = []
    for template in templates:
        places = {place for _, place, _, _ in Formatter().parse(template) if place}
        values = {place: names.get(place, f"{{{place}}}") for place in places}
        examples.append(Example(template.format(**values), places <= names.keys()))
    return examples


def _parameters(operation: Mapping[str, Any]) -> list[ApiField]:
    return [
        ApiField(parameter["name"], _kind(parameter["schema"], {}), _about(parameter))
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]


def _about(parameter: Mapping[str, Any]) -> str:
    default = parameter["schema"].get("default")
    description = parameter.get("description", "").replace("`", "")
    return f"{description} Default: {default}." if default not in (None, "", []) else description


def _answer(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[ApiField]:
    schema = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    members = _resolved(schema, schemas).get("properties", {})
    return [ApiField(name, _kind(member, schemas), "") for name, member in members.items()]


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    schema = _resolved(schema, schemas)
    if "const" in schema:
        return ""
    if "anyOf" in schema:
        return " or ".join(filter(None, (_kind(option, schemas) for option in schema["anyOf"])))
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if "items" in schema:
        return f"list of: {_kind(schema['items'], schemas)}"
    if "properties" in schema:
        return ", ".join(schema["properties"])
    kind = str(schema.get("format", schema.get("type", "anything")))
    return _KINDS.get(kind, kind)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else schema
