"""The core's frozen values as compressed JSON and back, by their own type hints: what a mail was is kept for good.

Fields that a later program adds get their defaults; fields it no longer knows are dropped.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, TypeVar

from agent.errors import DataError
from agent.store.columns import instant, microseconds

T = TypeVar("T")
# Mail compresses to a third at any level; 6 is zlib's own balance. A stored value can never be larger than this.
MAX_BYTES = 256_000_000
_KNOWN: dict[type, dict[str, Any]] = {}


def packed(value: Any) -> bytes:
    """A frozen dataclass of the core as bytes."""
    return zlib.compress(json.dumps(plain(value), separators=(",", ":")).encode("ascii"))


def unpacked(kind: type[T], data: bytes) -> T:
    """The value that was packed, or DataError if the bytes are damaged."""
    try:
        return read_plain(kind, json.loads(_inflated(data)))
    except (zlib.error, ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise DataError(
            f"a stored {kind.__name__} is damaged: `followup-agent db check` says more"
        ) from error


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, MAX_BYTES)
    if not inflater.eof:  # cut short: the checksum at the end was never seen
        raise ValueError("incomplete")
    return text


def read_plain(kind: type[T], document: Any) -> T:
    """The value from ``plain``'s terms."""
    return typing.cast("T", _read(kind, document))


def plain(value: Any) -> Any:
    """The value in JSON's own terms: mappings, lists, strings, numbers. Instants are microseconds since 1970."""
    match value:
        case None | bool() | int() | float() | Enum() | str():
            return value.value if isinstance(value, Enum) else value
        case datetime():
            offset = value.utcoffset()
            return [microseconds(value), offset.total_seconds()] if offset else microseconds(value)
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case tuple():
            return [plain(item) for item in value]
        case _:
            return {name: plain(getattr(value, name)) for name in _hints(type(value))}


def _hints(kind: type) -> dict[str, Any]:
    """The fields of a dataclass with their resolved types; worked out once per class."""
    if kind not in _KNOWN:
        hints = typing.get_type_hints(kind)
        _KNOWN[kind] = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    return _KNOWN[kind]


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if value is None and type(None) in arguments:
        return None
    if origin in {types.UnionType, typing.Union}:
        return _read(next(a for a in arguments if a is not type(None)), value)
    if origin is tuple:
        return _tuple(arguments, value)
    if origin is frozenset:
        return frozenset(_read(arguments[0], item) for item in value)
    return _single(kind, value)


def _tuple(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if arguments[-1] is Ellipsis:
        return tuple(_read(arguments[0], item) for item in value)
    return tuple(_read(kind, item) for kind, item in zip(arguments, value, strict=True))


def _single(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _read(hints[name], item) for name, item in value.items() if name in hints})
    if kind is datetime:
        return _instant(value)
    if kind is date:
        return date.fromisoformat(value)
    return kind(value)


def _instant(value: Any) -> datetime:
    """An instant in UTC, or with the offset its writer used (the Date header keeps it)."""
    if isinstance(value, int):
        return instant(value)
    at, offset = value
    return instant(at).astimezone(timezone(timedelta(seconds=offset)))
