"""A composition as bytes, at its edges: lines that are just full, headers that are empty, types that are none."""

from __future__ import annotations

import re
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest

from agent.core.model import Address, Composition
from agent.core.writing import wire
from agent.core.writing.wire import Attachment, to_bytes
from tests.core.test_wire import DATE, PLAIN

LINE = 76  # characters of a header line that holds an encoded word (RFC 2047, section 2)


def built(composition: Composition, *, key: str = "k", **more: Any) -> bytes:
    return to_bytes(composition, key=key, date=DATE, **more)


def parsed(composition: Composition, **more: Any) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(built(composition, **more))


def lines_of(name: str, raw: bytes) -> list[str]:
    """The lines of one header as they stand in the bytes."""
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    [found] = re.findall(rf"(?m)^{name}: [^\r\n]*(?:\r\n [^\r\n]*)*", head)
    return str(found).split("\r\n")


def chain(*lengths: int) -> tuple[str, ...]:
    """Message ids of so many characters each, angle brackets included."""
    return tuple(f"<{'x' * (length - 9)}{number:03}@a.b>" for number, length in enumerate(lengths))


@pytest.mark.parametrize(
    ("lengths", "lines"),
    [
        ((32, 31), 1),  # "References: " and both are just 76
        ((32, 32), 2),
        ((60, 40, 34), 2),  # " " + 40 + " " + 34
        ((60, 40, 35), 3),
        ((12, 500, 12), 3),
    ],
)
def test_it_fills_header_lines_but_cuts_no_id(lengths: tuple[int, ...], lines: int) -> None:
    ids = chain(*lengths)
    raw = built(replace(PLAIN, references=ids, in_reply_to=ids[-1]))
    folded = lines_of("References", raw)
    assert len(folded) == lines
    assert all(len(line) <= LINE or " " not in line.strip() for line in folded)
    assert "".join(folded).removeprefix("References:").split() == list(ids)


@pytest.mark.parametrize("letter", ["ä", "深", "🌲", "é"])
def test_it_writes_no_encoded_line_that_is_too_long(letter: str) -> None:
    long = replace(PLAIN, subject=f"Re: {letter * 150}", to=(Address(letter * 150, "a@b.example"),))
    raw = built(long)
    for name in ("Subject", "To"):
        assert all(len(line) <= LINE for line in lines_of(name, raw)[:-1])
        assert all("=?" in line for line in lines_of(name, raw)[:-1])
    assert len(lines_of("Subject", raw)[0]) <= LINE


def test_it_leaves_out_what_is_empty_but_not_the_subject() -> None:
    raw = built(replace(PLAIN, subject="", in_reply_to="", references=()))
    names = [line.partition(b":")[0] for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")]
    assert b"Subject" in names
    assert not {b"Cc", b"In-Reply-To", b"References"} & set(names)


def test_it_refuses_a_subject_that_deletes() -> None:
    with pytest.raises(ValueError, match="control"):
        built(replace(PLAIN, subject="Interview\x7f"))


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("image/png", "image/png"),
        ("text", "text/octet-stream"),
        ("/pdf", "application/pdf"),
        ("", "application/octet-stream"),
    ],
)
def test_it_encloses_a_file_as_what_it_is_called(named: str, kept: str) -> None:
    (file,) = parsed(PLAIN, attachments=(Attachment("a", named, b"\x00\x01"),)).iter_attachments()
    assert file.get_content_type() == kept


def test_it_draws_its_boundaries_from_the_seed_and_else_from_the_key() -> None:
    boundary = [
        parsed(PLAIN, key=key, boundary_seed=seed).get_boundary()
        for key, seed in (("k", ""), ("l", ""), ("k", "s"), ("l", "s"))
    ]
    assert boundary[2] == boundary[3]
    assert len(set(boundary)) == 3


def test_it_carries_a_key_as_long_as_a_header_line_allows() -> None:
    longest = "k" * wire.MAX_KEY
    assert parsed(PLAIN, key=longest)[wire.KEY_HEADER] == longest
    for none in ("", f"{longest}k", "a b", "ä"):
        with pytest.raises(ValueError, match="key"):
            built(PLAIN, key=none)


@pytest.mark.parametrize(
    "name", ["Doe, Jordan", 'Jordan "Jo" Doe', "a\\b", "Jordan (Jo) Doe", "=?utf-8?q?x?=", "J.Doe"]
)
def test_it_shows_a_name_as_it_is_whatever_signs_are_in_it(name: str) -> None:
    [reader] = parsed(replace(PLAIN, to=(Address(name, "a@b.example"),)))["To"].addresses
    assert (reader.display_name, reader.addr_spec) == (name, "a@b.example")


def test_it_says_a_name_of_plain_words_without_ado() -> None:
    raw = built(replace(PLAIN, to=(Address("Jordan O'Neill-Doe", "a@b.example"), Address("", "c@b.example"))))
    assert lines_of("To", raw) == ["To: Jordan O'Neill-Doe <a@b.example>, <c@b.example>"]


@pytest.mark.parametrize(
    "subject", ["x" * 1_500, f"Re: {'y' * 950} z", "two  spaces", " edge ", "=?utf-8?q?x?="]
)
def test_it_carries_an_odd_subject_unchanged(subject: str) -> None:
    raw = built(replace(PLAIN, subject=subject))
    assert parsed(replace(PLAIN, subject=subject))["Subject"] == subject
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


def test_it_leaves_a_plain_subject_readable_in_the_bytes() -> None:
    assert lines_of("Subject", built(PLAIN)) == ["Subject: Re: Interview"]


def test_it_needs_one_encoded_word_for_what_fits_into_one() -> None:
    subject = f"Grüße {'x' * 31}"  # 39 bytes
    assert str(lines_of("Subject", built(replace(PLAIN, subject=subject)))).count("=?utf-8?b?") == 1
    assert str(lines_of("Subject", built(replace(PLAIN, subject=f"{subject}y")))).count("=?utf-8?b?") == 2


def test_it_cuts_a_name_that_is_no_name() -> None:
    endless = replace(PLAIN, to=(Address("Jordan " * 5_000, "a@b.example"),))
    [reader] = parsed(endless)["To"].addresses
    assert reader.display_name == ("Jordan " * 29)[:200].strip()
