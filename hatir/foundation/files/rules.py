"""What a file is, by its first bytes; and a file name that is safe to give back."""

from __future__ import annotations

import codecs
import unicodedata

HEAD_BYTES = 4096
UNKNOWN = "application/octet-stream"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", UNKNOWN),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"xl/", XLSX),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
LONGEST_NAME = 200


def sniff_mime(head: bytes, name: str = "") -> str:
    """Tell the kind of a file by its first bytes; markup and programs are plain bytes, so that no browser runs them."""
    for magic, mime in _MAGIC:
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(head, name)
    return _kind_of_text(head, name)


def _kind_of_zip(head: bytes, name: str) -> str:
    for folder, mime in _IN_ZIP:
        if folder in head:
            return mime
    return XLSX if name.endswith((".xlsx", ".xlsm")) else "application/zip"


def _kind_of_text(head: bytes, name: str) -> str:
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UNKNOWN
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return UNKNOWN
    if name.endswith(".csv"):
        return "text/csv"
    return "application/x-ndjson" if name.endswith((".jsonl", ".ndjson")) else "text/plain"


def tidy_name(name: str) -> str:
    """Take folders and control characters off a file name; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C")
    stem, dot, ending = clean.strip(" .").rpartition(".")
    if not dot:
        return ending[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - 20]}.{ending[:19]}"
