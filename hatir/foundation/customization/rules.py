"""Names and choices of the company's own fields: pure text rules."""

from __future__ import annotations

import re

from hatir.kit.text_tr import fold

LONGEST_KEY = 40
RESERVED = frozenset({"id", "custom", "version", "type", "data", "class", "def", "from", "import", "none"})


def key_from(label: str, taken: set[str]) -> str:
    """Make an identifier out of a label: "Oda tipi" gives "oda_tipi"; a taken one gets a number."""
    stem = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[: LONGEST_KEY - 4] or "field"
    if stem[0].isdigit() or stem in RESERVED:
        stem = f"f_{stem}"
    key, count = stem, 2
    while key in taken:
        key, count = f"{stem}_{count}", count + 1
    return key


def parse_choices(lines: str) -> tuple[tuple[str, str], ...]:
    """Read choices, one a line: "Fıstık", or "fistik: Yer fıstığı" where the stored key shall stay."""
    found: dict[str, str] = {}
    for line in lines.splitlines():
        text = line.strip()
        if not text:
            continue
        head, colon, tail = text.partition(":")
        key = head.strip() if colon and re.fullmatch(r"[a-z0-9_]{1,40}", head.strip()) and tail.strip() else ""
        label = tail.strip() if key else text
        found.setdefault(key or key_from(label, set()), label)
    return tuple(found.items())


def keep_keys(old_lines: str, new_lines: str) -> str:
    """Write the choices with their keys, so that a changed wording later keeps the stored values."""
    old = {label: key for key, label in parse_choices(old_lines)}
    return "\n".join(f"{old.get(label, key)}: {label}" for key, label in parse_choices(new_lines))
