"""Bytes of a mail → text, whatever the charset claims: total, linear, and blind to codecs that are no charsets."""

from __future__ import annotations

import re
from encodings.aliases import aliases

_SIMPLE = """ascii utf_8 utf_7 utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be latin_1 cp437 cp850 cp852 cp855
cp857 cp858 cp866 cp874 cp932 cp949 cp950 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 gb18030 hz
big5hkscs johab euc_jp euc_jis_2004 euc_kr shift_jis_2004 koi8_r koi8_u koi8_t ptcp154 tis_620 mac_roman mac_latin2
mac_cyrillic mac_greek mac_turkish iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_2004 iso2022_jp_ext
iso2022_kr"""
_KNOWN = frozenset(_SIMPLE.split()) | {f"iso8859_{n}" for n in (*range(2, 12), 13, 14, 15, 16)}

# What mail calls one thing and means another (libraries disagree; browsers decode the right-hand side).
_MEANT = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "euc_kr": "cp949",
    "tis_620": "cp874",
    "iso8859_11": "cp874",
}
_SPELT = {
    "8bit": "utf_8",
    "utf8mb4": "utf_8",
    "unicode": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "unicode_1_1_utf_8": "utf_8",
    "x_gbk": "gb18030",
    "x_sjis": "cp932",
    "x_euc_jp": "euc_jp",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "x_windows_949": "cp949",
    "windows_31j": "cp932",
    "ansi": "cp1252",
    "cp_850": "cp850",
}
_NAME = re.compile(r"[a-z0-9_]{2,40}")
# Seven-bit charsets that announce themselves inside the text: valid UTF-8, and not meant as such.
_ESCAPED = {"iso2022": b"\x1b", "hz": b"~{", "utf_7": b"+"}
_UTF7 = re.compile(rb"\+[A-Za-z0-9+/]{2,}")


def codec(name: str) -> str:
    """The Python codec a mail means by this charset name, or ``""``: never one that is no charset ("zlib")."""
    key = re.sub(r"[\s.:-]", "_", name.strip(" \t\"'").partition("*")[0].lower())
    if not _NAME.fullmatch(key):
        return ""
    key = _SPELT.get(key, key)
    key = aliases.get(key, key)
    key = _MEANT.get(key, key)
    return key if key in _KNOWN else ""


def decoded(data: bytes, charset: str = "") -> str:
    """Strict UTF-8 first (Gmail may have transcoded already), then what was declared, then Windows-1252.

    Declared charsets that hide in seven bits (ISO-2022, HZ, UTF-7) or in NULs (UTF-16/32) come before UTF-8.
    """
    declared = codec(charset)
    if declared and _declares_itself(data, declared):
        return data.decode(declared, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if declared in {"", "utf_8", "utf_7"} or declared.startswith(("utf_16", "utf_32")):
        return _guessed(data, declared)
    return data.decode(declared, errors="replace")


def _declares_itself(data: bytes, declared: str) -> bool:
    if declared.startswith(("utf_16", "utf_32")):
        return b"\x00" in data or data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if declared == "utf_7":
        return data.isascii() and bool(_UTF7.search(data))
    return any(declared.startswith(kind) and mark in data for kind, mark in _ESCAPED.items())


def _guessed(data: bytes, declared: str) -> str:
    """Not UTF-8 after all: UTF-8 with a few damaged bytes (a cut, say), else Windows-1252."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for char in text[:4000] if char > "\x7f" and char != "\ufffd")
    if declared == "utf_8" and damaged <= 1 + whole // 10 and whole:
        return text
    return data.decode("cp1252", errors="replace")
