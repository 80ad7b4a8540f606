"""Reading what people write: record links, and how far entries reach; no database."""

from __future__ import annotations

import re

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


def extract(text: str) -> str:
    """Give the beginning of a text for a notification or a list, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= SHORTEST_EXTRACT:
        return flat
    return flat[:SHORTEST_EXTRACT].rsplit(" ", 1)[0] + "…"
