"""Components of the design system: `{% load hatir %}`. Each gives plain HTML without inline style.

icon · avatar · tag · kbd · button · meter · stages · kpi · stat · masked · sla — and the filters
hue · initials · relative · clock · day · money · number · percent · public_id.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zlib import crc32

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.kit import formats_tr, text_tr
from hatir.kit.ids import encode_id

register = template.Library()
HUES = 12
TONES = ("ok", "warn", "bad", "brand")
EMPTY = "–"


# --- small parts --------------------------------------------------------------------------------


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "", extra: str = "") -> SafeString:
    """Draw a line icon of the sprite; without `label` it is decoration."""
    classes = "i" if size == 16 else f"i i-{size}"
    if extra:
        classes = f"{classes} {extra}"
    if not label:
        return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', classes, label, _sprite(), name
    )


@register.filter
def hue(name: object) -> int:
    """Choose one of the twelve hues for a name: the same one everywhere and always."""
    return crc32(text_tr.fold(str(name)).encode()) % HUES


@register.filter
def initials(name: object) -> str:
    """Take up to two initials in Turkish case."""
    return text_tr.initials(str(name))


@register.simple_tag
def avatar(name: object, size: int = 24, square: bool = False, picture: str = "", channel: str = "") -> SafeString:
    """Draw a person's (round) or company's (square) mark; `channel` is an icon in its corner."""
    shape = " av--sq" if square else ""
    inner: SafeString | str = "#" if _is_number(str(name)) else text_tr.initials(str(name)) or "?"
    if picture:
        inner = format_html('<img src="{}" alt="" loading="lazy">', picture)
    badge = format_html('<span class="av__ch">{}</span>', icon(channel, 14)) if channel else ""
    return format_html(
        '<span class="av av--{}{} h-{}" aria-hidden="true">{}{}</span>', size, shape, hue(name), inner, badge
    )


def _is_number(name: str) -> bool:
    """Tell whether somebody counts things rather than naming them: TK2026-00012 has no initials."""
    digits = sum(letter.isdigit() for letter in name)
    return digits > sum(letter.isalpha() for letter in name)


@register.simple_tag
def tag(text: object, hue_of: object = None, tone: str = "", icon_name: str = "") -> SafeString:
    """Draw a small label. `tone` (ok, warn, bad, info, gray, line) says what it means; else the text chooses a hue."""
    mark = icon(icon_name) if icon_name else ""
    if tone:
        return format_html('<span class="tag tag--{}">{}{}</span>', tone, mark, text)
    number = hue_of if isinstance(hue_of, int) else hue(hue_of or text)
    return format_html('<span class="tag h-{}">{}{}</span>', number % HUES, mark, text)


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """Show a key."""
    return format_html("<kbd>{}</kbd>", keys)


@register.simple_block_tag
def button(
    content: str,
    kind: str = "",
    icon_name: str = "",
    href: str = "",
    key: str = "",
    type: str = "button",  # noqa: A002 — the attribute's name
    small: bool = False,
    **attributes: Any,
) -> SafeString:
    """Draw a button, or a link that looks like one.

    `kind` is primary, ghost, dashed, danger or brand; `key` is its shortcut; further names become attributes
    (hx_get → hx-get; True writes the bare name). Without content it is an icon button and needs `label`.
    """
    words = content.strip()
    classes = ["btn"] + [f"btn--{part}" for part in (kind, "sm" if small else "", "" if words else "icon") if part]
    if key:
        attributes |= {"data_key": key, "aria_keyshortcuts": _aria_key(key)}
    if "label" in attributes:
        attributes["aria_label"] = attributes.pop("label")
    mark = icon(icon_name, 14 if small else 16) if icon_name else ""
    shown = format_html("<kbd>{}</kbd>", _shown_key(key)) if key and words else ""
    inside = format_html("{}{}{}", mark, mark_safe(words), shown)  # noqa: S308 — rendered by the template
    written = _attributes(attributes | {"class": " ".join([*classes, attributes.pop("extra", "")]).strip()})
    if href:
        return format_html('<a href="{}"{}>{}</a>', href, written, inside)
    return format_html('<button type="{}"{}>{}</button>', type, written, inside)


def _attributes(values: dict[str, Any]) -> SafeString:
    pairs = ((name.replace("_", "-"), value) for name, value in values.items() if value not in (None, False, ""))
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in pairs))


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


def _aria_key(key: str) -> str:
    return key.replace("shift+", "Shift+").replace("mod+", "Control+")


def _shown_key(key: str) -> str:
    return text_tr.tr_upper(key.replace("shift+", "⇧").replace("mod+", "⌘").replace("enter", "↵"))


@register.filter
def keycap(key: str) -> str:
    """Write a key as it stands on the keyboard."""
    return _shown_key(key)


@register.filter
def capital(text: object) -> str:
    """Begin a label with a capital letter of the page's language; labels of fields and types are in lower case."""
    words = str(text)
    first = words[:1]
    return (text_tr.tr_upper(first) if _language().startswith("tr") else first.upper()) + words[1:]  # ascii-only


# --- figures --------------------------------------------------------------------------------------


@register.simple_tag
def meter(
    value: float | Decimal, most: float | Decimal = 100, tone: str = "", label: str = "", size: str = ""
) -> SafeString:
    """Draw a share as a bar; `size` is "6" (thick) or "s" (short)."""
    share = max(0.0, min(100.0, float(value) * 100 / float(most))) if most else 0.0
    classes = " ".join(["meter", *([f"meter--{size}"] if size else []), *([f"c-{tone}"] if tone in TONES else [])])
    named = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {} viewBox="0 0 100 4" preserveAspectRatio="none"><rect width="{}" height="4"/></svg>',
        classes,
        named,
        f"{share:.4g}",
    )


@register.simple_tag
def stages(done: int, total: int, label: str = "", tone: str = "") -> SafeString:
    """Draw how far along a row of stages something is."""
    steps = format_html_join(
        "", "<i{}></i>", ((SafeString(' class="on"') if at < done else "",) for at in range(total))
    )
    classes = f"stage c-{tone}" if tone in TONES else "stage"
    return format_html(
        '<span class="{}" role="img" aria-label="{}">{}</span>', classes, label or f"{done}/{total}", steps
    )


@register.simple_tag
def kpi(label: str, value: object, note: str = "", trend: str = "", url: str = "") -> SafeString:
    """Draw one figure of the strip above a timeline; `trend` (up, down) colours the note and gives it an arrow."""
    arrow = {"up": "▲ ", "down": "▼ "}.get(trend, "")
    small = format_html(' <small class="{}">{}{}</small>', trend, arrow, note) if note else ""
    shown = format_html('<a href="{}">{}</a>', url, value) if url else value
    return format_html('<div class="kpi"><dt>{}</dt><dd>{}{}</dd></div>', label, shown, small)


@register.simple_tag
def stat(label: str, value: object, note: str = "", url: str = "") -> SafeString:
    """Draw a figure as a card of its own; a figure always opens its list."""
    opened = format_html('<a class="lnk" href="{}">{}</a>', url, value) if url else value
    return format_html(
        '<div class="card pad col"><span class="sm dim">{}</span><b class="bignum">{}</b>'
        '<span class="sm mute">{}</span></div>',
        label,
        opened,
        note,
    )


@register.simple_tag
def masked(text: str, reveal_url: str = "") -> SafeString:
    """Show a masked value, with an eye that fetches the real one where the user may see it."""
    if not reveal_url:
        return format_html('<span class="mono">{}</span>', text)
    return format_html(
        '<span class="mono">{}</span><button type="button" class="ed__b" aria-label="{}" hx-post="{}" '
        'hx-target="closest [data-value]" hx-swap="innerHTML">{}</button>',
        text,
        _("Show"),
        reveal_url,
        icon("eye", 14),
    )


@register.simple_tag
def sla(text: str, state: str = "") -> SafeString:
    """Show time left; `state` is near or late."""
    classes = f"sla sla--{state}" if state in ("near", "late") else "sla"
    return format_html('<span class="{}">{}{}</span>', classes, icon("clock"), text)


# --- writing values ---------------------------------------------------------------------------------


def _language() -> str:
    return get_language() or "tr"


@register.filter
def relative(at: datetime | None) -> SafeString | str:
    """Write how long ago an instant is, with the exact time behind it."""
    if at is None:
        return EMPTY
    zone = timezone.get_current_timezone()
    words = formats_tr.format_relative(at, now=timezone.now(), zone=zone, language=_language())
    local = at.astimezone(zone)
    exact = f"{formats_tr.format_full_date(local.date(), language=_language())} {formats_tr.format_time(at, zone)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="seconds"), exact, words)


@register.filter
def clock(at: datetime | None) -> SafeString | str:
    """Write the hour and minute of an instant."""
    if at is None:
        return EMPTY
    shown = formats_tr.format_time(at, timezone.get_current_timezone())
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), shown)


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date in words."""
    if value is None:
        return EMPTY
    local = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return formats_tr.format_date(local, language=_language())


@register.filter
def money(amount: Decimal | int | None, currency: str = "TRY") -> str:
    """Write an amount with its currency's sign."""
    return EMPTY if amount is None else formats_tr.format_money(amount, currency or "TRY", language=_language())


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a number with the language's grouping."""
    return EMPTY if value is None else formats_tr.format_number(value, language=_language())


@register.filter
def percent(value: Decimal | int | None) -> str:
    """Write percentage points."""
    return EMPTY if value is None else formats_tr.format_percent(value, language=_language())


@register.filter
def styled(bound: BoundField, css: str) -> SafeString:
    """Draw the control of a Django form's field with our class; mistakes are named to screen readers."""
    attributes: dict[str, Any] = {"class": css} if css else {}
    if bound.errors:
        attributes |= {"aria-invalid": "true"}
    drawn: SafeString = bound.as_widget(attrs=attributes)
    return drawn


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"))


@register.filter
def device(user_agent: str) -> str:
    """Name the browser and system behind a user agent, roughly: "Chrome, Windows"."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), _("Browser"))
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "Linux" if "Linux" in user_agent else "")
    return f"{browser}, {system}" if system else browser


@register.filter
def public_id(value: int) -> str:
    """Write a key as it stands in addresses."""
    return encode_id(value)
