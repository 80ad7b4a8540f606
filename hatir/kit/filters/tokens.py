"""Words of the one-line text form of a filter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from hatir.kit.filters.schema import FilterError

TokenKind = Literal["word", "text", "number", "date", "symbol", "end"]

_INSTANT = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?"
_TOKEN = re.compile(
    rf"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<date>{_INSTANT})(?![\w.])
      | (?P<number>-?\d+(?:\.\d+)?)(?![\w.])
      | (?P<word>\w+(?:\.\w+)*)
      | (?P<symbol>>=|<=|!=|[=<>(),])
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word with its place (characters from 0); `text` is unquoted."""

    kind: TokenKind
    text: str
    position: int


def tokens_of(line: str) -> list[Token]:
    """Cut a line into words, ending with an end token. Raises FilterError with the position."""
    tokens: list[Token] = []
    place = 0
    while line[place:].strip():
        found = _TOKEN.match(line, place)
        if found is None:
            position = place + len(line[place:]) - len(line[place:].lstrip())
            message = _("“%(text)s” is not understood here.") % {"text": line[position : position + 10]}
            raise FilterError(message, position=position)
        tokens.append(_token(found))
        place = found.end()
    tokens.append(Token("end", "", len(line)))
    return tokens


def _token(found: re.Match[str]) -> Token:
    """Name the group that matched."""
    kinds: tuple[TokenKind, ...] = ("text", "date", "number", "word", "symbol")
    kind = next(kind for kind in kinds if found[kind] is not None)
    text = found[kind]
    if kind == "text":
        text = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return Token(kind, text, found.start(kind))


def quoted(text: str) -> str:
    """Write text in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
