"""Cards of people: vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), read line by line and written as 3.0 or 4.0.

Read here and not by a library: those at hand read a whole file at once and give up at its first broken card, and
they leave the character sets of 2.1 (one for each property) to their caller. What is needed is a few pages.
"""

from __future__ import annotations

import base64
import codecs
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

LONGEST_LINE_BYTES = 75
LONGEST_CARD_CHARACTERS = 16 * 1024 * 1024
BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
NEVER_ENDS, NO_PROPERTY, OUTSIDE, TOO_LONG = "never_ends", "no_property", "outside", "too_long"
_NAME = re.compile(r"(?:(?P<group>[\w-]+)\.)?(?P<name>[A-Za-z][\w-]*)(?=[;:])", re.ASCII)
_PARAMETER = re.compile(r';(?P<key>[^=;:"]*)(?:=(?P<value>(?:"[^"]*"|[^";:])*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CARETS = {"^n": "\n", "^^": "^", "^'": '"'}
_QUOTED_PRINTABLE = frozenset({"QUOTED-PRINTABLE", "Q"})
_BASE64 = frozenset({"B", "BASE64"})
_PLAIN_PARAMETER = re.compile(r"[^\x00-\x1f\";:,^]*")


@dataclass(frozen=True)
class Property:
    """One line of a card. `value` is decoded, yet still escaped; `types` are its TYPE values, in small letters."""

    name: str
    value: str
    types: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    is_old: bool = False

    def text(self) -> str:
        """Give the value as plain text."""
        return unescaped(self.value, is_old=self.is_old).strip()

    def parts(self, separator: str = ";") -> list[str]:
        """Give the pieces of a structured value (N, ADR, ORG; "," for CATEGORIES) as plain texts."""
        pieces = re.split(rf"(?<!\\)((?:\\\\)*){re.escape(separator)}", self.value)
        joined = [piece + (pieces[at + 1] if at + 1 < len(pieces) else "") for at, piece in enumerate(pieces)]
        return [unescaped(piece, is_old=self.is_old).strip() for piece in joined[::2]]


@dataclass(frozen=True)
class Card:
    """One card; `line` is the physical line (from 1) of its BEGIN."""

    line: int
    version: str
    properties: tuple[Property, ...]

    def all(self, name: str) -> list[Property]:
        """List the properties of a name, in their order."""
        return [each for each in self.properties if each.name == name]

    def first(self, name: str) -> str:
        """Give the first filled value of a name as plain text, or ""."""
        return next((text for each in self.all(name) if (text := each.text())), "")


@dataclass(frozen=True)
class BrokenCard:
    """A card that cannot be read: why (NEVER_ENDS, NO_PROPERTY, OUTSIDE, TOO_LONG), where, and what stands there."""

    line: int
    reason: str
    at_line: int
    text: str


def unescaped(text: str, *, is_old: bool = False) -> str:
    r"""Take the backslashes of a value away: `\n` is a new line, `\,` a comma. Version 2.1 knows but `\;`."""

    def plain(found: re.Match[str]) -> str:
        letter = found[1]
        if is_old:
            return letter if letter in ";,:" else found[0]
        return "\n" if letter in "nN" else letter

    return _ESCAPED.sub(plain, text)


def escaped(text: str) -> str:
    r"""Write a text as a value: new lines, commas, semicolons and backslashes with a backslash."""
    plain = text.replace("\\", "\\\\").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return plain.replace(",", "\\,").replace(";", "\\;")


def cards(lines: Iterable[str], encoding: str) -> Iterator[Card | BrokenCard]:
    """Read cards from physical lines; a broken one comes as such, and the next are read.

    Where bytes stand for letters (any `encoding` but UTF-16), give the lines decoded as latin-1: a property is
    decoded when it is whole, by its own CHARSET, as UTF-8, or by `encoding`.
    """
    reader = _Reader(encoding)
    for number, line in enumerate(lines, start=1):
        yield from reader.take(number, line.rstrip("\r\n"))
    yield from reader.end()


class _Reader:
    """Collects the physical lines of one card after another."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.begun = 0
        self.logical: list[tuple[int, list[str]]] = []
        self.size = 0
        self.nested = 0
        self.stray = 0

    def take(self, number: int, line: str) -> Iterator[Card | BrokenCard]:
        line = line.replace("\0", "")
        bare = line.lstrip("\ufeffï»¿").strip()
        marker = bare.upper() if len(bare) < 20 else ""  # ascii-only: BEGIN:VCARD
        if marker == "BEGIN:VCARD":
            yield from self._begin(number)
        elif not self.begun:
            if bare and not self.stray:
                self.stray = number
                yield BrokenCard(number, OUTSIDE, number, self._shown(bare))
        elif marker == "END:VCARD" and self.nested:
            self.nested -= 1
        elif marker == "END:VCARD":
            yield self._done()
        elif not self.nested:
            self._add(number, line)

    def _begin(self, number: int) -> Iterator[Card | BrokenCard]:
        """A card within a card is an AGENT's (2.1) and is passed over; else the card before never ended."""
        last = self.logical[-1][1][-1].upper() if self.logical else ""  # ascii-only: the name of a property
        if self.begun and (self.nested or re.match(r"AGENT[^:]*:\s*$", last)):
            self.nested += 1
            return
        if self.begun:
            yield self._broken(NEVER_ENDS, number)
        self.begun, self.logical, self.size, self.nested, self.stray = number, [], 0, 0, 0

    def _add(self, number: int, line: str) -> None:
        """Unfold: a line that begins with a blank goes on with the one before, as does one after a "=" (2.1)."""
        self.size += len(line)
        if self.size > LONGEST_CARD_CHARACTERS:
            return
        pieces = self.logical[-1][1] if self.logical else [""]
        if pieces[-1].endswith("=") and _is_printable(pieces[0]):
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line)
        elif line[:1] in (" ", "\t") and self.logical:
            pieces.append(line[1:])
        elif line.strip():
            self.logical.append((number, [line]))

    def _done(self) -> Card | BrokenCard:
        if self.size > LONGEST_CARD_CHARACTERS:
            return self._broken(TOO_LONG, self.begun)
        whole = [(number, "".join(pieces)) for number, pieces in self.logical]
        version = next((text.partition(":")[2].strip() for _n, text in whole if _is_version(text)), "3.0")
        found: list[Property] = []
        for number, text in whole:
            made = read_property(text, self.encoding, is_old=version.startswith("2"))
            if made is not None:
                found.append(made)
            elif found and found[-1].name == "NOTE":  # a note whose further lines were not folded
                more = "\\n" + _decoded(text, "", self.encoding)
                found[-1] = replace(found[-1], value=found[-1].value + more, is_old=False)
            elif not (found and found[-1].name in BINARY):
                return self._broken(NO_PROPERTY, number)
        card = Card(self.begun, version, tuple(found))
        self.begun, self.logical = 0, []
        return card

    def _broken(self, reason: str, at_line: int) -> BrokenCard:
        text = "\n".join(self._shown("".join(pieces[:3])) for _number, pieces in self.logical)
        broken = BrokenCard(self.begun, reason, at_line, text[:2000])
        self.begun, self.logical = 0, []
        return broken

    def _shown(self, line: str) -> str:
        return _decoded(line, "", self.encoding)[:200]

    def end(self) -> Iterator[BrokenCard]:
        if self.begun:
            yield self._broken(NEVER_ENDS, self.begun)


def _is_version(text: str) -> bool:
    return text[:8].upper() in ("VERSION:", "VERSION;")  # ascii-only: the name of a property


def _is_printable(text: str) -> bool:
    head = text.partition(":")[0].upper()  # ascii-only: names and parameters
    return ":" in text and "QUOTED-PRINTABLE" in head


def read_property(text: str, encoding: str, *, is_old: bool = False) -> Property | None:
    """Read one unfolded line; None when it is no property."""
    named = _NAME.match(text)
    if named is None:
        return None
    at, parameters, types = named.end(), dict[str, str](), set[str]()
    while at < len(text) and text[at] == ";":
        found = _PARAMETER.match(text, at)
        if found is None or found.end() == at:
            return None
        _take_parameter(found, parameters, types)
        at = found.end()
    if at >= len(text) or text[at] != ":":
        return None
    value = text[at + 1 :]
    name = named["name"].upper()  # ascii-only: the name of a property
    if parameters.get("ENCODING") in _QUOTED_PRINTABLE:
        value = quopri.decodestring(value.encode("latin-1", "replace")).decode("latin-1")
    elif parameters.get("ENCODING") in _BASE64 and name not in BINARY:
        value = _from_base64(value)
    told = _decoded(value, parameters.get("CHARSET", ""), encoding)
    return Property(name, told, frozenset(types), parameters, named["group"] or "", is_old)


def _from_base64(value: str) -> str:
    """Read a text that was written as bytes; what is none stays as it is."""
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode("latin-1")
    except ValueError:
        return value


def _take_parameter(found: re.Match[str], parameters: dict[str, str], types: set[str]) -> None:
    """Note a parameter; a bare word (2.1) is an encoding or a type."""
    key, value = found["key"].strip().upper(), found["value"]  # ascii-only: the name of a parameter
    if value is None:
        key, value = ("ENCODING" if key in ("QUOTED-PRINTABLE", "BASE64", "B") else "TYPE"), key
    value = re.sub(r"\^[n^']", lambda caret: _CARETS[caret[0]], value.strip().replace('"', ""))
    if key == "TYPE":
        types |= {word.strip().lower() for word in value.split(",") if word.strip()}  # ascii-only: types of the format
    elif key == "ENCODING":
        parameters[key] = value.upper()  # ascii-only: an encoding
    else:
        parameters[key] = value


def _decoded(text: str, charset: str, encoding: str) -> str:
    """Decode bytes that came as latin-1; text that came as letters (UTF-16) stays."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    if encoding.startswith("utf-16") and not charset:
        return text
    for name in (charset, "utf-8", encoding):
        try:
            return raw.decode(codecs.lookup(name).name if name else "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp1254", errors="replace")


# --- writing ---


def line(name: str, value: str, *, group: str = "", parameters: Mapping[str, str] | None = None) -> str:
    """Write one property, folded at 75 bytes and ended by CRLF. The value is given as it shall stand (`escaped`)."""
    told = "".join(f";{key}={_parameter(said)}" for key, said in (parameters or {}).items())
    return folded(f"{f'{group}.' if group else ''}{name}{told}:{value}")


def _parameter(text: str) -> str:
    if _PLAIN_PARAMETER.fullmatch(text):
        return text
    plain = text.replace("^", "^^").replace("\n", "^n").replace('"', "^'")
    return f'"{plain}"'


def folded(text: str) -> str:
    """Break a line so that no piece is longer than 75 bytes and no letter is torn; each next one begins with a blank.

    Ends with CRLF.
    """
    pieces, room, begun = [], LONGEST_LINE_BYTES, 0
    size = 0
    for at, letter in enumerate(text):
        width = len(letter.encode())
        if size + width > room:
            pieces.append(text[begun:at])
            begun, size, room = at, 0, LONGEST_LINE_BYTES - 1
        size += width
    pieces.append(text[begun:])
    return "\r\n ".join(pieces) + "\r\n"
