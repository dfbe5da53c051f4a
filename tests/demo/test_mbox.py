"""Reading an mbox as Google Takeout and others write it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.demo.mbox import MboxMessage, gmail_labels, read_mbox

TAKEOUT = b"""\
From 1826543210987654321@xxx Mon Mar 02 09:14:00 +0000 2026
X-GM-THRID: 1826543210987654321
X-Gmail-Labels: Inbox,Important,"Jobs, new",Category Updates
From: Maria <maria@northwind.example>
To: dana@gmail.example
Subject: Interview

Hello,

>From our side all is well.
From here on it is text.

From now on, this line too

From 1826543210987654322@xxx Tue Mar 03 10:00:00 -0500 2026
X-GM-THRID: 1826543210987654321
X-Gmail-Labels: =?UTF-8?Q?Gesendet,Ge=C3=B6ffnet?=
From: dana@gmail.example
Subject: Re: Interview

Yes.
"""


def messages(tmp_path: Path, content: bytes) -> tuple[list[MboxMessage], int]:
    path = tmp_path / "mail.mbox"
    path.write_bytes(content)
    reader = read_mbox(path)
    return list(reader), reader.skipped


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_it_reads_what_takeout_writes(tmp_path: Path, newline: bytes) -> None:
    (first, second), skipped = messages(tmp_path, TAKEOUT.replace(b"\n", newline))
    assert skipped == 0
    assert first.at == datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
    assert first.labels == ("INBOX", "IMPORTANT", "Jobs, new", "CATEGORY_UPDATES")
    assert first.thread_id == second.thread_id == f"{1826543210987654321:016x}"
    assert second.at == datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
    assert second.labels == ("SENT",)
    assert first.raw.startswith(b"From: Maria <maria@northwind.example>\r\n")
    assert b"X-G" not in first.raw
    assert newline + b"From our side all is well." + newline in first.raw
    assert first.raw.rstrip().endswith(b"From now on, this line too")


def test_it_skips_and_counts_what_is_broken(tmp_path: Path) -> None:
    broken = (
        b"From 1@xxx Mon Mar 02 09:14:00 +0000 2026\n\x00\x01\n\nFrom - Xyz 2026\nSubject: no date\n\n.\n\n"
    )
    found, skipped = messages(tmp_path, broken + TAKEOUT)
    assert (len(found), skipped) == (2, 2)


def test_it_reads_an_mbox_that_is_not_gmails(tmp_path: Path) -> None:
    plain = b"From - Mon Mar  2 09:14:00 2026\nSubject: x\nDate: Sun, 1 Mar 2026 08:00:00 +0100\n\nHi\n"
    ((only,), _) = messages(tmp_path, plain)
    assert only.labels == ("INBOX",)
    assert only.thread_id is None
    assert only.at == datetime(2026, 3, 2, 9, 14, tzinfo=UTC)


def test_it_takes_the_date_header_where_the_separator_has_none(tmp_path: Path) -> None:
    plain = b"From ??? sometime in 2026\nSubject: x\nDate: Sun, 1 Mar 2026 08:00:00 +0100\n\nHi\n"
    ((only,), _) = messages(tmp_path, plain)
    assert only.at == datetime(2026, 3, 1, 7, 0, tzinfo=UTC)


def test_it_finds_nothing_in_nothing(tmp_path: Path) -> None:
    assert messages(tmp_path, b"") == ([], 0)
    assert messages(tmp_path, b"no mbox at all\n") == ([], 0)


def test_it_passes_over_a_message_too_large_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.demo.mbox._LARGEST", 1000)
    large = b"From 1@xxx Mon Mar 02 09:14:00 +0000 2026\nSubject: x\n\n" + b"line\n" * 1000 + b"\n"
    found, skipped = messages(tmp_path, large + TAKEOUT)
    assert (len(found), skipped) == (2, 1)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("Inbox,Sent,Unread", ("INBOX", "SENT", "UNREAD")),
        ("Posteingang,Gesendet,Ungelesen,Wichtig", ("INBOX", "SENT", "UNREAD", "IMPORTANT")),
        ("Messages envoyés,Ouvert", ("SENT",)),
        ("Enviados,Recibidos", ("SENT", "INBOX")),
        ("Archived,Drafts", ("DRAFT",)),
        ('"Kategorie „Werbung“",Spam', ("CATEGORY_PROMOTIONS", "SPAM")),
        ("Catégorie : Notifications", ("CATEGORY_UPDATES",)),
        ("Trash, Jobs/Northwind ,,", ("TRASH", "Jobs/Northwind")),
        ("", ()),
    ],
)
def test_it_knows_gmails_labels_in_the_accounts_language(value: str, labels: tuple[str, ...]) -> None:
    assert gmail_labels(value) == labels
