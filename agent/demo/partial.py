"""Partial responses: the `fields` parameter, as Google's APIs understand it."""

import re
from typing import Any

from agent.demo.answers import ApiError

Mask = dict[str, "Mask"]

_TOKEN = re.compile(r"[\w$*-]+|[(),/]")


def mask(expression: str) -> Mask:
    """The tree behind `a,b/c,d(e,f/g)`; an empty branch means everything below."""
    tokens = _TOKEN.findall(expression)
    if "".join(tokens) != re.sub(r"\s", "", expression):
        raise _invalid(expression)
    made, rest = _selection(tokens, expression)
    if rest:
        raise _invalid(expression)
    return made


def picked(value: Any, wanted: Mask) -> Any:
    """What of a JSON value the mask lets through; lists are entered silently."""
    if not wanted:
        return value
    if isinstance(value, list):
        return [picked(one, wanted) for one in value]
    if not isinstance(value, dict):
        return value
    every = wanted.get("*")
    branches = {name: wanted.get(name, every) for name in value}
    return {name: picked(value[name], branch) for name, branch in branches.items() if branch is not None}


def _selection(tokens: list[str], whole: str) -> tuple[Mask, list[str]]:
    made: Mask = {}
    while True:
        name, branch, tokens = _path(tokens, whole)
        known = made.get(name)
        made[name] = branch if known is None else {**known, **branch} if known and branch else {}
        if not tokens or tokens[0] != ",":
            return made, tokens
        tokens = tokens[1:]


def _path(tokens: list[str], whole: str) -> tuple[str, Mask, list[str]]:
    if not tokens or tokens[0] in "(),/":
        raise _invalid(whole)
    name, rest = tokens[0], tokens[1:]
    if rest and rest[0] == "/":
        below, branch, rest = _path(rest[1:], whole)
        return name, {below: branch}, rest
    if rest and rest[0] == "(":
        branch, rest = _selection(rest[1:], whole)
        if not rest or rest[0] != ")":
            raise _invalid(whole)
        return name, branch, rest[1:]
    return name, {}, rest


def _invalid(expression: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid field selection {expression}")
