"""Holds the embedded Gmail to Google's own description of the API, bundled with Google's client.

`Discovery().observe` goes into `GmailServer.on_response`; `problems` then lists what differs.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from agent.demo.answers import ApiError
from agent.demo.partial import Mask, mask
from agent.demo.server import Exchange

_PATTERNS = {
    "int64": r"^-?[0-9]+$",
    "uint64": r"^[0-9]+$",
    "byte": r"^[A-Za-z0-9_-]*={0,2}$",
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "errors", "status"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string", "pattern": "^[A-Z_]+$"},
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "object", "required": ["message", "domain", "reason"]},
                },
            },
        }
    },
}


@cache
def document() -> dict[str, Any]:
    """The discovery document of Gmail, as Google's client ships it."""
    place = files("googleapiclient.discovery_cache.documents") / "gmail.v1.json"
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return found


@cache
def methods() -> dict[str, dict[str, Any]]:
    """Every method by its name, such as users.messages.list."""
    found: dict[str, dict[str, Any]] = {}

    def walk(node: dict[str, Any], path: str) -> None:
        found.update({f"{path}{name}": method for name, method in node.get("methods", {}).items()})
        for name, inner in node.get("resources", {}).items():
            walk(inner, f"{path}{name}.")

    walk(document(), "")
    return found


def json_schema(node: dict[str, Any]) -> dict[str, Any]:
    """A schema of the discovery document as JSON Schema, in which nothing unknown is allowed."""
    if "$ref" in node:
        return {"$ref": f"#/$defs/{node['$ref']}"}
    match node.get("type"):
        case "array":
            return {"type": "array", "items": json_schema(node["items"])}
        case "object":
            known = {name: json_schema(inner) for name, inner in node.get("properties", {}).items()}
            return {"type": "object", "properties": known, "additionalProperties": False}
        case "string" if node.get("format") in _PATTERNS:
            return {"type": "string", "pattern": _PATTERNS[node["format"]]}
        case "string" if "enum" in node:
            return {"type": "string", "enum": node["enum"]}
        case "any":
            return {}
        case kind:
            return {"type": kind}


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a schema by its name, such as Message."""
    schemas = {known: json_schema(node) for known, node in document()["schemas"].items()}
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schemas})


class Discovery:
    """Looks at every exchange and keeps what contradicts the document."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seen = 0

    def observe(self, exchange: Exchange) -> None:
        """Compare one exchange: its parameters, its partial response, its body."""
        self.seen += 1
        for problem in self._compared(exchange):
            self.problems.append(f"{exchange.method} {exchange.template}: {problem}")

    def _compared(self, exchange: Exchange) -> list[str]:
        if exchange.status >= 400:
            return [error.message for error in Draft202012Validator(_ERROR).iter_errors(exchange.body)]
        method = methods().get(exchange.name)
        if method is None:
            return [f"no method {exchange.name!r} in the discovery document"]
        found = self._addressed(exchange, method) + self._asked(exchange, method)
        if "response" not in method:
            return found if exchange.body is None else [*found, "a body where none is due"]
        errors = validator(method["response"]["$ref"]).iter_errors(exchange.body)
        return found + [f"{error.json_path}: {error.message}" for error in errors]

    def _addressed(self, exchange: Exchange, method: dict[str, Any]) -> list[str]:
        same = (exchange.method, exchange.template) == (method["httpMethod"], method["path"])
        return [] if same else [f"{exchange.name} lives at {method['httpMethod']} {method['path']}"]

    def _asked(self, exchange: Exchange, method: dict[str, Any]) -> list[str]:
        known = document()["parameters"] | method["parameters"]
        found = [f"no parameter {name!r}" for name in exchange.query if name not in known]
        for name, value in exchange.query.items(multi=True):
            if value not in known.get(name, {}).get("enum", [value]):
                found.append(f"{name}={value} is not among its values")
        if fields := exchange.query.get("fields"):
            found += unknown_fields(method["response"], _mask(fields))
        return found


def unknown_fields(node: dict[str, Any], wanted: Mask) -> list[str]:
    """The names of a partial response that the schema does not have; Google answers 400 to them."""
    while "$ref" in node or node.get("type") == "array":
        node = document()["schemas"][node["$ref"]] if "$ref" in node else node["items"]
    known = node.get("properties", {})
    found = []
    for name, branch in wanted.items():
        if name != "*" and name not in known:
            found.append(f"fields: no {name!r}")
        elif branch and name != "*":
            found += unknown_fields(known[name], branch)
    return found


def _mask(expression: str) -> Mask:
    try:
        return mask(expression)
    except ApiError:
        return {}
