"""What the letters need from disk: the user's templates, the signature, the names of the materials."""

from __future__ import annotations

import html
import mimetypes
import re
from collections.abc import Sequence
from pathlib import Path

from agent.config import Config
from agent.core.writing.compose import ComposeConfig
from agent.core.writing.wire import Attachment
from agent.cycle.create import Materials
from agent.errors import ConfigError, DataError
from agent.store.records import Account

LARGEST_TEMPLATE = 100_000
LARGEST_ENCLOSURE = 15_000_000  # Gmail takes 25 MB once encoded, which adds a third


def compose_config(config: Config, account: Account | None) -> ComposeConfig:
    """The configuration's letters table, its files read."""
    return ComposeConfig(
        signature=config.drafts.signature or _gmail_signature(account),
        language=config.drafts.language,
        templates=_templates(config.drafts.templates_dir),
        materials=tuple(path.name for path in config.drafts.materials),
    )


def materials(config: Config) -> Materials:
    """Reads the files of ``drafts.materials`` by name, at the moment they are enclosed."""
    paths = {path.name: path for path in config.drafts.materials}

    def enclosed(names: Sequence[str]) -> tuple[Attachment, ...]:
        found = tuple(_attachment(paths[name]) for name in names)
        if sum(len(one.data) for one in found) > LARGEST_ENCLOSURE:
            raise DataError("the files of drafts.materials are more than 15 MB together")
        return found

    return enclosed


def _attachment(path: Path) -> Attachment:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"drafts.materials: {path} cannot be read ({error.strerror})") from error
    kind, _ = mimetypes.guess_type(path.name)
    return Attachment(path.name, kind or "application/octet-stream", data)


def _gmail_signature(account: Account | None) -> str:
    """The plain text of the default (else primary) send-as signature."""
    rows = account.send_as if account else ()
    chosen = next((s for s in rows if s.is_default), rows[0] if rows else None)
    return plain(chosen.signature_html) if chosen else ""


def plain(signature: str) -> str:
    """A signature's HTML as lines of text."""
    broken = re.sub(r"<(?:br|/div|/p|/tr)[^<>]{0,200}>", "\n", signature[:20_000], flags=re.IGNORECASE)
    text = html.unescape(re.sub(r"<[^<>]{0,2000}>", "", broken))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _templates(folder: Path | None) -> dict[str, str]:
    if folder is None:
        return {}
    if not folder.is_dir():
        raise ConfigError("the configuration is wrong", (f"drafts.templates_dir: {folder} is not a folder",))
    found = {}
    for path in sorted(folder.glob("*.j2")):
        if path.stat().st_size > LARGEST_TEMPLATE:
            raise ConfigError("a template is too large", (f"drafts.templates_dir: {path.name}",))
        found[path.name] = path.read_text(encoding="utf-8")
    return found
