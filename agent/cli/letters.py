"""What the letters need from disk: the user's templates, the signature, the names of the materials."""

from __future__ import annotations

import html
import re
from pathlib import Path

from agent.config import Config
from agent.core.compose import ComposeConfig
from agent.errors import ConfigError
from agent.store.records import Account

LARGEST_TEMPLATE = 100_000


def compose_config(config: Config, account: Account | None) -> ComposeConfig:
    """The configuration's letters table, its files read."""
    return ComposeConfig(
        signature=config.drafts.signature or _gmail_signature(account),
        language=config.drafts.language,
        templates=_templates(config.drafts.templates_dir),
    )


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
