"""The API page: a description of the endpoints for people, read from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

_KINDS = {"date-time": "time", "date": "day", "integer": "number", "string": "text", "null": ""}


class ApiField(NamedTuple):
    """A parameter of an endpoint, or a member of its answer."""

    name: str
    kind: str
    """Type in words: "day", "list of: id, title, url"."""
    about: str


class Endpoint(NamedTuple):
    """An endpoint of the API."""

    path: str
    about: str
    parameters: list[ApiField]
    answer: list[ApiField]

    @property
    def is_whole(self) -> bool:
        """Whether the path contains no parameter, so that it can be linked to."""
        return "{" not in self.path


def endpoints(document: Mapping[str, Any]) -> list[Endpoint]:
    """Return the endpoints of an OpenAPI document, in its order."""
    schemas = document["components"]["schemas"]
    return [
        Endpoint(path, item["get"]["description"], _parameters(item["get"]), _answer(item["get"], schemas))
        for path, item in document["paths"].items()
    ]


def _parameters(operation: Mapping[str, Any]) -> list[ApiField]:
    return [
        ApiField(parameter["name"], _kind(parameter["schema"], {}), _about(parameter))
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]


def _about(parameter: Mapping[str, Any]) -> str:
    default = parameter["schema"].get("default")
    description = parameter.get("description", "").replace("`", "")
    return f"{description} Default: {default}." if default not in (None, "") else description


def _answer(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[ApiField]:
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
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
