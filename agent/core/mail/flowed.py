"""format=flowed (RFC 3676): paragraphs that a mailer broke at seventy columns become lines again, quotation kept."""

from __future__ import annotations

from collections.abc import Mapping


def joined(text: str, parameters: Mapping[str, str]) -> str:
    """The text with soft line breaks undone; any other text as it is. Must run before quotation is looked at."""
    if parameters.get("format", "").lower() != "flowed":
        return text
    delete_space = parameters.get("delsp", "").lower() == "yes"
    out: list[str] = []
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        now, content = _unquoted(line)
        if pieces and (now != depth or content == "-- "):
            out.append(_written(pieces, depth))  # a change of depth ends a paragraph (§4.5)
            pieces = []
        depth = now
        soft = content.endswith(" ") and content != "-- "
        pieces.append(content[:-1] if soft and delete_space else content)
        if not soft:
            out.append(_written(pieces, depth))
            pieces = []
    if pieces:
        out.append(_written(pieces, depth))
    return "\n".join(out)


def _unquoted(line: str) -> tuple[int, str]:
    """Quote depth and content, space-stuffing removed (§4.4)."""
    content = line.lstrip(">")
    depth = len(line) - len(content)
    return depth, content.removeprefix(" ")


def _written(pieces: list[str], depth: int) -> str:
    content = "".join(pieces)
    return f"{'>' * min(depth, 20)} {content}" if depth else content
