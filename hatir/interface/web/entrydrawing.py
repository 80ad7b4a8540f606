"""Timeline entries as the page shows them: a card for what people wrote, one muted line for what changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, readable_fields
from hatir.foundation.audit.queries import ShownEntry, changes_in
from hatir.foundation.records.actor import Actor, told_name
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef, parse_ref
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.models import WRITTEN_KINDS, TimelineEntry
from hatir.interface.web.changetexts import change_texts
from hatir.interface.web.phrasing import phrase, strong
from hatir.interface.web.presenting import capital
from hatir.kit import formats_tr
from hatir.kit.ids import encode_id

ICONS = {
    "note": "note", "call": "phone", "meeting": "calendar", "task": "circle-check", "message": "message-square",
    "money": "coins", "system": "pencil",
}  # fmt: skip
CHANNEL_ICONS = {"email": "mail", "whatsapp": "message-circle", "sms": "message-square", "phone": "phone"}
HUES = {"note": 2, "call": 7, "meeting": 8, "task": 5, "message": 5, "money": 1, "system": 0}
SHOWN_CHANGES = 2
_LINK = re.compile(r"#([a-z_]+(?:\.[a-z_0-9]+)+:[0-9A-HJKMNP-TV-Z]{13})")


@dataclass(frozen=True)
class Meta:
    """A small fact below a card."""

    icon: str
    text: str


@dataclass(frozen=True)
class EntryAction:
    """What can be done with an entry."""

    label: str
    icon: str
    url: str
    dialog: bool = False
    post: bool = False


@dataclass(frozen=True)
class DrawnEntry:
    """One entry as `record/_entry.html` draws it."""

    id: str
    icon: str
    hue: int
    text_html: SafeString
    at: datetime
    time: str
    day: str = ""
    is_system: bool = False
    is_new: bool = False
    body_html: SafeString | str = ""
    body_kind: str = ""
    meta: tuple[Meta, ...] = ()
    changes: tuple[Any, ...] = ()
    actions: tuple[EntryAction, ...] = field(default_factory=tuple)


class EntryDrawer:
    """Draws the entries of one page of a timeline; changed values come from the audit trail in one statement."""

    def __init__(self, actor: Actor, entries: Sequence[TimelineEntry], *, new_id: int = 0) -> None:
        self.actor, self.entries, self.new_id = actor, entries, new_id
        self.now = timezone.localtime()
        self.language = get_language() or "tr"
        self.manages = has_permission(actor, MANAGE)
        changed = [entry for entry in entries if entry.data.get("verb") == "changed" and not entry.data.get("part")]
        self.shown = changes_in(
            actor,
            {RecordRef(entry.type_key, entry.about_id) for entry in changed},
            {entry.data.get("operation", "") for entry in changed},
        )

    def draw(self, last_day: str = "") -> list[DrawnEntry]:
        """Draw all entries; the first of each day carries the day. `last_day` was on the page before."""
        drawn = []
        for entry in self.entries:
            day = self._day(timezone.localtime(entry.at).date())
            drawn.append(self._entry(entry, day if day != last_day else ""))
            last_day = day
        return drawn

    def _day(self, day: date) -> str:
        today = self.now.date()
        words = formats_tr.format_date(day, language=self.language)
        if day == today:
            return _("Today")
        if (today - day).days == 1:
            return _("Yesterday, %(day)s") % {"day": words}
        return words

    def _entry(self, entry: TimelineEntry, day: str) -> DrawnEntry:
        system = entry.kind == "system"
        return DrawnEntry(
            id=encode_id(entry.pk),
            icon=_icon(entry),
            hue=HUES.get(entry.kind, 0),
            text_html=self._system(entry) if system else self._sentence(entry),
            at=entry.at,
            time=f"{timezone.localtime(entry.at):%H:%M}",
            day=day,
            is_system=system,
            is_new=entry.pk == self.new_id,
            body_html="" if system else body_html(entry),
            body_kind="msg" if entry.kind == "message" and entry.direction == "in" else "",
            meta=() if system else tuple(self._meta(entry)),
            actions=self._actions(entry),
        )

    def _sentence(self, entry: TimelineEntry) -> SafeString:
        stranger = _("The customer") if entry.direction == "in" and entry.kind == "message" else _("Somebody")
        who, title = strong(told_name(entry.user_label) or stranger), strong(entry.title)
        if entry.kind == "call":
            words = _("%(who)s was called") if entry.direction == "in" else _("%(who)s called")
            minutes = entry.data.get("minutes")
            if minutes:
                words = (
                    _("%(who)s was called, %(minutes)s min")
                    if entry.direction == "in"
                    else _("%(who)s called, %(minutes)s min")
                )
            return phrase(words, who=who, minutes=minutes)
        if entry.kind == "meeting" and entry.done_at:
            return phrase(_("%(who)s met: %(title)s"), who=who, title=title)
        if entry.kind == "meeting":
            return phrase(_("%(who)s planned a meeting: %(title)s"), who=who, title=title)
        if entry.kind == "task":
            words = _("%(who)s finished: %(title)s") if entry.done_at else _("%(who)s will do: %(title)s")
            return phrase(words, who=who, title=title)
        if entry.kind == "note":
            return phrase(_("%(who)s wrote a note"), who=who)
        return phrase("%(who)s · %(title)s", who=who, title=entry.title) if entry.title else who

    def _system(self, entry: TimelineEntry) -> SafeString:
        who, verb = strong(told_name(entry.user_label) or _("Hatır")), entry.data.get("verb", "")
        if entry.data.get("part"):
            return self._part(entry, who, verb)
        if verb == "changed":
            return self._changed(entry, who)
        words = {
            "created": _("%(who)s created this record"),
            "archived": _("%(who)s archived this record"),
            "restored": _("%(who)s brought this record back"),
        }.get(verb)
        if verb == "created" and entry.data.get("by") == "import":
            words = _("Came with an import, %(who)s")
        return phrase(words, who=who) if words else phrase("%(who)s · %(title)s", who=who, title=entry.title)

    def _part(self, entry: TimelineEntry, who: SafeString, verb: str) -> SafeString:
        try:
            label = capital(str(record_type(entry.data["part"]).singular_label))
        except NotFoundHere:
            label = _("record")
        words = {
            "created": _("%(who)s added: %(what)s"),
            "changed": _("%(who)s changed: %(what)s"),
            "archived": _("%(who)s archived: %(what)s"),
        }.get(verb, _("%(who)s brought back: %(what)s"))
        count = entry.data.get("count", 1)
        return phrase(words, who=who, what=label if count == 1 else f"{label} ({count})")

    def _changed(self, entry: TimelineEntry, who: SafeString) -> SafeString:
        shown = self.shown.get((entry.about_id, entry.data.get("operation", "")))
        readable = readable_fields(self.actor, record_type(entry.type_key))
        names = [name for name in entry.data.get("fields", ()) if name in readable and readable[name].editable]
        texts = self._texts(shown, names)
        if texts:
            parts = [
                phrase(
                    _("%(field)s %(old)s → %(new)s"), field=t.label, old=strong(t.old or "–"), new=strong(t.new or "–")
                )
                for t in texts
            ]
            return phrase("%(what)s, %(who)s", what=mark_safe(", ".join(parts)), who=told_name(entry.user_label))  # noqa: S308 — parts are safe
        count = len(names)
        if not count:
            return phrase(_("%(who)s changed this record"), who=who)
        labels = ", ".join(str(readable[name].label) for name in names[:4])
        words = ngettext(
            "%(who)s changed %(count)s field: %(fields)s", "%(who)s changed %(count)s fields: %(fields)s", count
        )
        return phrase(words, who=who, count=count, fields=f"{labels} …" if count > 4 else labels)

    def _texts(self, shown: ShownEntry | None, names: Collection[str]) -> list[Any]:
        """Put a few changes into words; what follows by itself (when a status was reached) is not told beside them."""
        changes = [change for change in shown.changes if change.name in names] if shown is not None else []
        return change_texts(self.actor, changes) if len(changes) <= SHOWN_CHANGES else []

    def _meta(self, entry: TimelineEntry) -> list[Meta]:
        found = []
        if entry.due_at:
            local = timezone.localtime(entry.due_at)
            found.append(Meta("clock", f"{formats_tr.format_date(local.date(), language=self.language)} {local:%H:%M}"))
        if entry.data.get("place"):
            found.append(Meta("map-pin", str(entry.data["place"])))
        if entry.data.get("outcome"):
            found.append(Meta("check", str(results().get(entry.data["outcome"], entry.data["outcome"]))))
        if entry.edited_at:
            found.append(Meta("pencil", _("edited")))
        return found

    def _actions(self, entry: TimelineEntry) -> tuple[EntryAction, ...]:
        own = entry.user_id is not None and entry.user_id == self.actor.user_id
        if entry.kind not in WRITTEN_KINDS or not (own or self.manages):
            return ()
        place = f"{RecordRef(entry.type_key, entry.about_id).url}entries/{encode_id(entry.pk)}/"
        return (
            EntryAction(_("Edit"), "pencil", f"{place}edit/", dialog=True),
            EntryAction(_("Archive"), "archive", f"{place}archive/", post=True),
        )


def outcomes() -> dict[str, str]:
    """Name what can come of a call."""
    return {
        "reached": _("Reached"),
        "no_answer": _("No answer"),
        "busy": _("Busy"),
        "wrong_number": _("Wrong number"),
        "call_back": _("Asks to be called back"),
    }


def results() -> dict[str, str]:
    """Name what can come of whatever was done."""
    return {
        **outcomes(),
        "done": _("Done"),
        "partly": _("Partly done"),
        "not_needed": _("No longer needed"),
        "not_interested": _("Not interested"),
        "held": _("Took place"),
        "no_show": _("Did not take place"),
        "put_off": _("Postponed"),
    }


def body_html(entry: TimelineEntry) -> SafeString | str:
    """Write what somebody typed as paragraphs: links open, mentions and linked records stand out."""
    if not entry.body:
        return ""
    paragraphs = [part.strip() for part in entry.body.replace("\r\n", "\n").split("\n\n") if part.strip()]
    names = [str(name) for name in entry.data.get("mentioned", ())]
    titles = {str(ref): str(title) for ref, title in entry.data.get("linked", {}).items()}
    return mark_safe("".join(f"<p>{_paragraph(part, names, titles)}</p>" for part in paragraphs))  # noqa: S308 — escaped below


def _paragraph(text: str, names: Sequence[str], titles: Mapping[str, str]) -> str:
    html = urlize(escape(text), nofollow=True).replace("\n", "<br>")
    for name in sorted(names, key=len, reverse=True):
        marked = f'<span class="mention">@{escape(name)}</span>'
        html = html.replace(f"@{escape(name)}", marked)
    return _LINK.sub(lambda found: _record_link(found, titles), html)


def _record_link(found: re.Match[str], titles: Mapping[str, str]) -> str:
    try:
        ref = parse_ref(found[1])
        label = titles.get(found[1]) or record_type(ref.type_key).singular_label
    except (ValueError, NotFoundHere):
        return found[0]
    return f'<a class="lnk" href="{escape(ref.url)}">#{escape(label)}</a>'


def _icon(entry: TimelineEntry) -> str:
    if entry.kind == "message":
        return CHANNEL_ICONS.get(entry.channel, ICONS["message"])
    if entry.kind == "call":
        return "phone" if entry.direction == "in" else "phone-outgoing"
    if entry.kind == "system":
        verb = entry.data.get("verb")
        return {"created": "plus", "archived": "archive", "restored": "undo"}.get(str(verb), "pencil")
    return ICONS.get(entry.kind, "activity")
