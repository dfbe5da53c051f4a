"""Reads an mbox as Google Takeout writes it, message by message, whatever its size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, Self

from agent.demo.mail import decoded, readable, unfolded
from agent.demo.rewriting import fields, joined

_SEPARATOR = re.compile(rb"From \S{0,998}\s.{0,80}\d{4}\s*$")
_QUOTED = re.compile(rb">+From ")
_LARGEST = 60_000_000  # Gmail takes in at most 50 MB
_LABEL = re.compile(r'"([^"]*)"|([^,"]+)')

# Takeout writes the label names of the account's language; what a job seeker's mailbox needs of them.
_NAMES = {
    "INBOX": "inbox|posteingang|boîte de réception|recibidos|bandeja de entrada|posta in arrivo|inkorg|"
    "caixa de entrada|odebrane|innboks|indbakke|postvak in|входящие|受信トレイ|收件箱",
    "SENT": "sent|sent mail|gesendet|messages envoyés|envoyés|enviados|enviado|posta inviata|inviati|"
    "verzonden|verzonden berichten|enviados|enviadas|e-mails enviados|skickat|skickade mail|wysłane|sendt|"
    "sendte e-mails|sendt e-post|отправленные|送信済みメール|送信済み|已发邮件|已发送",
    "DRAFT": "drafts|draft|entwürfe|brouillons|borradores|bozze|concepten|rascunhos|utkast|wersje robocze|"
    "kladder|черновики|下書き|草稿",
    "SPAM": "spam|junk|courrier indésirable|skräppost|søppelpost|спам|迷惑メール|垃圾邮件",
    "TRASH": "trash|bin|papierkorb|corbeille|papelera|cestino|prullenbak|lixeira|lixo|papperskorg|kosz|"
    "papirkurv|корзина|ゴミ箱|已删除邮件",
    "UNREAD": "unread|ungelesen|non lus|no leídos|non letti|non letto|ongelezen|não lidas|não lidos|oläst|"
    "olästa|nieprzeczytane|ulest|ulæst|непрочитанные|未読|未读",
    "STARRED": "starred|markiert|suivis|messages suivis|destacados|speciali|met ster|com estrela|stjärnmärkt|"
    "oznaczone gwiazdką|stjernemerket|stjernemarkeret|помеченные|スター付き|已加星标",
    "IMPORTANT": "important|wichtig|importants|importantes|importanti|belangrijk|viktigt|ważne|viktig|vigtigt|"
    "важное|重要",
    "CHAT": "chat|chats",
    "": "archived|archiviert|archivés|archivados|archiviati|gearchiveerd|arquivado|arkiverat|opened|geöffnet|"
    "ouvert|abiertos|aperti|aperto|geopend|aberto|öppnad",
}
_SYSTEM = {name: label for label, names in _NAMES.items() for name in names.split("|")}
_CATEGORY = re.compile(r"(?:category|kategorie|catégorie|categoría|categoria|categorie)[\s_:]+(.+)")
_CATEGORIES = {
    "PERSONAL": "personal|primary|allgemein|persönlich|principale|principal|primaria|persoonlijk",
    "SOCIAL": "social|soziale medien|soziale netzwerke|réseaux sociaux|sociale|sociaal",
    "PROMOTIONS": "promotions|werbung|promociones|promozioni|reclame|promoções",
    "UPDATES": "updates|benachrichtigungen|notifications|notificaciones|aggiornamenti|atualizações",
    "FORUMS": "forums|foren|foros|forum|fóruns",
}
_KINDS = {name: f"CATEGORY_{label}" for label, names in _CATEGORIES.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True, kw_only=True)
class MboxMessage:
    """One message of an mbox: its bytes without Gmail's own headers, Gmail's labels, thread and date.

    `labels` are system ids or the user's own names, as `Mailbox.deliver` takes them; `thread_id` is hex,
    None where the mbox is not Gmail's.
    """

    raw: bytes
    labels: tuple[str, ...]
    thread_id: str | None
    at: datetime


def read_mbox(path: Path) -> "MboxReader":
    """The messages of an mbox in its order; one that cannot be read is skipped and counted."""
    return MboxReader(path)


class MboxReader(Iterator[MboxMessage]):
    """Iterates over an mbox; `skipped` counts what could not be read so far."""

    def __init__(self, path: Path) -> None:
        self.skipped = 0
        self._messages = self._read(path)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> MboxMessage:
        return next(self._messages)

    def _read(self, path: Path) -> Iterator[MboxMessage]:
        with path.open("rb") as file:
            for separator, raw in _pieces(file):
                message = _message(separator, raw) if raw is not None else None
                if message is None:
                    self.skipped += 1
                else:
                    yield message


def _pieces(file: BinaryIO) -> Iterator[tuple[bytes, bytes | None]]:
    """Each message with its separator line; None for one too large to hold."""
    lines: list[bytes] = []
    separator, size, after_blank, started = b"", 0, True, False
    for line in iter(lambda: file.readline(1 << 20), b""):
        if after_blank and line.startswith(b"From ") and _SEPARATOR.match(line):
            if started:
                yield separator, b"".join(lines) if size <= _LARGEST else None
            separator, lines, size, started = line, [], 0, True
        elif started:
            size += len(line)
            if size <= _LARGEST:
                lines.append(line[1:] if _QUOTED.match(line) else line)
        after_blank = not line.strip()
    if started:
        yield separator, b"".join(lines) if size <= _LARGEST else None


def _message(separator: bytes, raw: bytes) -> MboxMessage | None:
    parts, body = fields(raw)
    known = {
        name: readable(line.split(b":", 1)[1].decode("utf-8", "replace"))
        for name, line in parts
        if b":" in line
    }
    at = _separator_date(separator) or _header_date(known.get("date", ""))
    if at is None or not {"from", "subject", "to", "message-id"} & known.keys():
        return None
    kept = [(name, line) for name, line in parts if name not in {"x-gm-thrid", "x-gmail-labels"}]
    thread = known.get("x-gm-thrid", "").strip()
    return MboxMessage(
        raw=joined(kept, body),
        labels=gmail_labels(known["x-gmail-labels"]) if "x-gmail-labels" in known else ("INBOX",),
        thread_id=f"{int(thread):016x}" if thread.isdecimal() and len(thread) <= 20 else None,
        at=at,
    )


def gmail_labels(value: str) -> tuple[str, ...]:
    """The labels behind an X-Gmail-Labels header: system ids, and the user's own names as they are."""
    names = [quoted or bare for quoted, bare in _LABEL.findall(decoded(unfolded(value)))]
    labels = [_label(" ".join(name.split())) for name in names]
    return tuple(dict.fromkeys(label for label in labels if label))


def _label(name: str) -> str:
    folded = name.casefold()
    if folded in _SYSTEM:
        return _SYSTEM[folded]
    category = _CATEGORY.fullmatch(folded.translate({ord(mark): " " for mark in "„“”«»\"'"}))
    return _KINDS.get(category[1].strip(), "") if category else name


def _separator_date(line: bytes) -> datetime | None:
    """Takeout: `From 1790…@xxx Tue Mar 03 09:14:00 +0000 2026`; others leave the offset out."""
    text = " ".join(line.decode("latin-1").split()[2:])
    for shape in ("%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y"):
        try:
            at = datetime.strptime(text, shape)  # noqa: DTZ007 (made aware below)
        except ValueError:
            continue
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _header_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
