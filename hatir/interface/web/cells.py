"""Values drawn as HTML, one small function per kind of field; lists, facts and peeks share them.

A list of fifty rows draws five hundred cells, so this is plain Python and not a template per cell. What comes in has
passed field-level access; what goes out is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from hatir.interface.web.templatetags.hatir import EMPTY, HUES, hue, icon
from hatir.kit import formats_tr, text_tr

NOTHING = SafeString(f'<span class="mute">{EMPTY}</span>')
SHOWN_TAGS = 2


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name and perhaps a page: a record, a person, a choice. `tone` is ok, warn, bad, info or gray."""

    label: str
    url: str = ""
    tone: str = ""
    hue: int | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are written on this page."""

    language: str
    zone: tzinfo
    now: datetime
    yes: str
    no: str


def esc(text: object) -> str:
    """Escape for HTML. Django's own does the same with twice the work, to serve lazy text; a page escapes thousands."""
    return escape(str(text))


Drawer = Callable[[Any, Manner], str]


def draw(kind: str, value: Any, manner: Manner) -> SafeString:
    """Draw a value of a kind; an empty one is a dash."""
    if value is None or value == "" or value == [] or value == ():
        return NOTHING
    return SafeString(DRAWERS.get(kind, _text)(value, manner))  # each drawer escapes


def title_cell(label: str, url: str, sub: str = "", *, square: bool = False, peek_label: str = "") -> SafeString:
    """Draw the first cell of a row: mark, link, a second name beside it, and the button to peek."""
    mark = face(label, 24, square=square)
    peek = (
        f'<button type="button" class="peek btn btn--sm btn--icon btn--ghost" tabindex="-1" '
        f'aria-label="{esc(peek_label)}">{icon("sidebar-right", 14)}</button>'
        if peek_label
        else ""
    )
    second = f'<span class="trunc mute sub">{esc(sub)}</span>' if sub else ""
    return SafeString(  # parts are escaped
        f'<div class="cell">{mark}<a class="trunc b" href="{esc(url)}">{esc(label) or EMPTY}</a>{second}{peek}</div>'
    )


def late(html: SafeString, word: str) -> SafeString:
    """Mark a day or instant that was let pass: by colour, by a clock, and by a word for who sees neither."""
    return SafeString(f'<span class="late">{icon("clock", 12)}{html}<span class="vh"> {esc(word)}</span></span>')


def tick(public_id: str, label: str) -> SafeString:
    """Draw the cell with the box that selects a row."""
    return SafeString(  # parts are escaped
        f'<td class="sel"><input class="cb" type="checkbox" name="ids" value="{esc(public_id)}" form="bulk" '
        f'aria-label="{esc(label)}"></td>'
    )


def table_cell(html: SafeString, slot: str, *, is_first: bool, is_right: bool) -> str:
    """Put a drawn value into its cell."""
    classes = f"{'stick ' if is_first else ''}{slot}{' r' if is_right else ''}"
    return f'<td class="{classes}">{html}</td>' if classes else f"<td>{html}</td>"


def table_row(public_id: str, ref: str, drawn: str, *, is_selectable: bool) -> SafeString:
    """Put drawn cells into their row."""
    state = ' aria-selected="false"' if is_selectable else ""
    return SafeString(  # cells are drawn, the rest is escaped
        f'<tr id="r-{esc(public_id)}" data-id="{esc(public_id)}" data-ref="{esc(ref)}"{state}>{drawn}</tr>'
    )


@lru_cache(maxsize=2048)
def face(name: str, size: int, *, square: bool = False) -> str:
    """Draw a mark with initials."""
    shape = " av--sq" if square else ""
    return (
        f'<span class="av av--{size}{shape} h-{hue(name)}" aria-hidden="true">'
        f"{esc(text_tr.initials(name)) or '?'}</span>"
    )


def _text(value: Any, manner: Manner) -> str:
    del manner
    return esc(value.label if isinstance(value, Named) else value)


def _number(value: Any, manner: Manner) -> str:
    return f'<span class="num">{esc(formats_tr.format_number(value, language=manner.language))}</span>'


def _year(value: Any, manner: Manner) -> str:
    del manner
    return f'<span class="num">{esc(value)}</span>'


def _hue(value: Any, manner: Manner) -> str:
    del manner
    return f'<span class="spot h-{int(value) % HUES}" role="img" aria-label="{esc(value)}"></span>'


def _money(value: Any, manner: Manner) -> str:
    amount, currency = value if isinstance(value, tuple) else (value, "TRY")
    return esc(formats_tr.format_money(Decimal(amount), currency, language=manner.language))


def _percent(value: Any, manner: Manner) -> str:
    return esc(formats_tr.format_percent(value, language=manner.language))


def _boolean(value: Any, manner: Manner) -> str:
    return f'<span class="st">{icon("check" if value else "minus", 14)}{esc(manner.yes if value else manner.no)}</span>'


def _date(value: date, manner: Manner) -> str:
    words = formats_tr.format_short_date(value, language=manner.language)
    return f'<time datetime="{value.isoformat()}">{words}</time>'


def _datetime(value: datetime, manner: Manner) -> str:
    words = formats_tr.format_relative(value, now=manner.now, zone=manner.zone, language=manner.language)
    local = value.astimezone(manner.zone)
    exact = f"{formats_tr.format_short_date(local.date(), language=manner.language)} {local:%H:%M}"
    return f'<time class="dim" datetime="{value.isoformat(timespec="seconds")}" title="{exact}">{words}</time>'


def _choice(value: Named, manner: Manner) -> str:
    del manner
    if value.tone:
        return f'<span class="tag tag--{esc(value.tone)}">{esc(value.label)}</span>'
    number = hue(value.label) if value.hue is None else value.hue
    return f'<span class="tag h-{number}">{esc(value.label)}</span>'


def _choices(value: Sequence[Named], manner: Manner) -> str:
    shown = "".join(_choice(each, manner) for each in value[:SHOWN_TAGS])
    rest = len(value) - SHOWN_TAGS
    names = esc(", ".join(each.label for each in value[SHOWN_TAGS:]))
    more = f'<span class="tag tag--more" title="{names}">+{rest}</span>' if rest > 0 else ""
    return f'<div class="cell gap-4">{shown}{more}</div>'


def _link(value: Named, manner: Manner) -> str:
    del manner
    if not value.url:
        return esc(value.label)
    return f'<a class="lnk trunc" href="{esc(value.url)}">{esc(value.label)}</a>'


def _person(value: Named, manner: Manner) -> str:
    del manner
    return f'<div class="cell gap-6">{face(value.label, 20)}<span class="trunc dim">{esc(value.label)}</span></div>'


def _email(value: str, manner: Manner) -> str:
    del manner
    return f'<a class="trunc" href="mailto:{esc(value)}">{esc(value)}</a>'


def _phone(value: Any, manner: Manner) -> str:
    del manner
    shown, number = (value.label, value.url) if isinstance(value, Named) else (value, str(value).replace(" ", ""))
    return f'<a class="num" href="tel:{esc(number)}">{esc(shown)}</a>'


def _url(value: str, manner: Manner) -> str:
    del manner
    if not value.startswith(("https://", "http://")):
        return esc(value)
    shown = value.split("://", 1)[1].rstrip("/")
    return f'<a class="lnk trunc" href="{esc(value)}" rel="noopener noreferrer" target="_blank">{esc(shown)}</a>'


DRAWERS: Mapping[str, Drawer] = {
    "integer": _number,
    "number": _number,
    "year": _year,
    "hue": _hue,
    "money": _money,
    "percent": _percent,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "choice": _choice,
    "multichoice": _choices,
    "relation": _link,
    "relations": _choices,
    "user": _person,
    "team": _text,
    "email": _email,
    "phone": _phone,
    "url": _url,
}
"""By kind of field; what is not here is written as text. Values: choice, relation, user → Named; multichoice and
relations → a list of Named; money → amount or (amount, currency); phone → text or Named(label, url=E.164)."""

RIGHT_ALIGNED = frozenset({"integer", "number", "money", "percent"})
