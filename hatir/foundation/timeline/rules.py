"""Reading what people write: record links, and how far entries reach; no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from hatir.foundation.records.refs import parse_ref

_LINK = re.compile(r"#([a-z_]+(?:\.[a-z_0-9]+)+:[0-9A-HJKMNP-TV-Z]{13})")
LONGEST_BODY = 20_000
LONGEST_TITLE = 300
SHORTEST_EXTRACT = 140


def linked_refs(text: str) -> tuple[str, ...]:
    """List the records that a text names with #, each once, in the form "type:ID"."""
    found = []
    for link in _LINK.findall(text):
        try:
            found.append(str(parse_ref(link)))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def with_refs(text: str, titles: Mapping[str, str]) -> str:
    """Turn "#Lale Market" into "#customers.customer:ID" for the records of `titles` (title by reference)."""
    for ref, title in sorted(titles.items(), key=lambda item: len(item[1]), reverse=True):
        text = text.replace(f"#{title}", f"#{ref}") if title else text
    return text


def with_titles(text: str, titles: Mapping[str, str]) -> str:
    """Undo `with_refs`, for people to read and to edit."""
    return _LINK.sub(lambda found: f"#{titles.get(found[1]) or found[1]}", text)


def once_key(user_id: int | None, key: str) -> int:
    """Give the number under which what was sent with this key is stored once; below zero, where no event is."""
    digest = hashlib.sha256(f"{user_id}:{key}".encode()).digest()
    return -1 - int.from_bytes(digest[:7])


def extract(text: str) -> str:
    """Give the beginning of a text for a notification or a list, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= SHORTEST_EXTRACT:
        return flat
    return flat[:SHORTEST_EXTRACT].rsplit(" ", 1)[0] + "…"
