"""The ways in which Gmail may answer the same question differently."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What Gmail does on some days and not on others; clients must live with either.

    `detach_over`: bodies of text and calendar parts above so many bytes come as an attachmentId.
    `transcode`: text bodies are UTF-8 whatever the part's charset says; else the original bytes.
    `padding`: base64url carries its `=`.
    `decode_headers`: RFC 2047 words arrive decoded and unfolded.
    `empty_history_pages`: the first page of a history holds a nextPageToken and nothing else.
    `sent_search_lag`: for so long `in:sent` does not find what was just sent.
    """

    detach_over: int | None = None
    transcode: bool = True
    padding: bool = True
    decode_headers: bool = True
    empty_history_pages: bool = False
    sent_search_lag: timedelta = timedelta(0)
