"""Records as plain values for templates: each field's value in the form that `cells` draws, rights applied.

Whoever draws records makes one `Presenter` for the page: it knows the actor's fields, covers masked values,
names the records behind relations, and asks the database a fixed number of times, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hatir.foundation.access.masking import is_masked_for, mask
from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import fields_named, in_words
from hatir.foundation.records.declaration import Late, RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type, record_types
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import from_plain
from hatir.foundation.savedviews.lists import hidden_targets, shown_of
from hatir.interface.web import cells
from hatir.interface.web.cells import Manner, Named
from hatir.interface.web.templatetags.hatir import hue
from hatir.kit.filters.schema import FilterError
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import tr_upper

TITLE, SUB, END, END_2 = "s-title", "s-sub", "s-end", "s-end2"
_AT_END = ("money", "choice", "number", "integer", "percent")
ORIGIN = "source"
_REPEATED = frozenset({"choice", "user", "team"})
_AT_END_2 = ("datetime", "date", "user")


@dataclass(frozen=True)
class Cell:
    """One drawn value; `slot` says where it stands on the phone."""

    html: SafeString
    slot: str = ""
    is_right: bool = False


@dataclass(frozen=True)
class Row:
    """One drawn record."""

    id: str
    ref: str
    title: str
    url: str
    cells: tuple[Cell, ...]
    select_label: str = ""

    @property
    def html(self) -> SafeString:
        """The row as the list shows it, drawn once for the whole page and for the single row alike."""
        tick = cells.tick(self.id, self.select_label) if self.select_label else ""
        drawn = "".join(
            cells.table_cell(cell.html, cell.slot, is_first=at == 0, is_right=cell.is_right)
            for at, cell in enumerate(self.cells)
        )
        return cells.table_row(self.id, self.ref, tick + drawn, is_selectable=bool(tick))


def manner() -> Manner:
    """Give how this request writes values."""
    zone = timezone.get_current_timezone()
    return Manner(get_language() or "tr", zone, timezone.now(), _("Yes"), _("No"))


def capital(text: object) -> str:
    """Begin a label with a capital letter of the page's language; labels of fields and types are in lower case."""
    words = str(text)
    first = words[:1]
    return (tr_upper(first) if (get_language() or "tr").startswith("tr") else first.upper()) + words[1:]  # ascii-only


class Presenter:
    """Turns records of one type into values and cells for one actor.

    `prepare` must see all records of the page first; it loads the names behind custom relations at once.
    """

    def __init__(self, actor: Actor, rt: RecordType, specs: Sequence[FieldSpec], *, covers_all: bool = False) -> None:
        """With `covers_all` personal numbers are covered for everybody: opening one is a step of its own, and noted."""
        self.actor, self.rt, self.specs = actor, rt, tuple(specs)
        self.manner = manner()
        self._covered = {spec.name for spec in specs if spec.masked and (covers_all or is_masked_for(actor, spec))}
        self._targets = {spec.name: _type_or_none(spec.target) for spec in specs if spec.target}
        self._narrower = [t for t in record_types() if t.narrows == rt.root_key and t.model is rt.model]
        self._hidden: dict[str, frozenset[int]] = {}
        self._named: dict[str, dict[int, Named]] = {}
        self._drawn: dict[tuple[str, Any], SafeString] = {}
        self._late = _late_marks(actor, rt, self.specs)
        self._words = (_("Preview"), _("Select %(title)s"), pgettext("list", "late"))
        self._slots = _slots(self.specs, frozenset(name for narrower in self._narrower for name in narrower.where))

    def prepare(self, records: Sequence[Any]) -> None:
        """Load what all these records need: at most one statement for each relation."""
        self._hidden = hidden_targets(self.actor, self.specs, records)
        for spec in self.specs:
            target = self._targets.get(spec.name)
            if target is None or not spec.is_custom:
                continue
            ids = {pk for record in records for pk in _ids(record.custom.get(spec.custom_key))}
            self._named[spec.name] = names_of(self.actor, target, ids)

    def value(self, spec: FieldSpec, record: Any) -> Any:
        """Give one field's value as `cells.draw` takes it."""
        if spec.name in self._covered:
            return mask(_stored(spec, record))
        if spec.kind in (*TO_ONE, "relations"):
            return self._related(spec, record)
        value = _stored(spec, record)
        if value in (None, "", []):
            return None
        if spec.kind == "choice":
            return _choice(spec, value)
        if spec.kind == "multichoice":
            return [_choice(spec, item) for item in value]
        if spec.name == ORIGIN:
            return origin_label(str(value))
        if spec.condition_on or spec.names_fields_of:
            return _read_out(spec, str(value))
        if spec.kind == "money" and self.rt.currency and not spec.is_custom:
            return value, getattr(record, self.rt.currency)
        return _phone(str(value)) if spec.kind == "phone" else value

    def cell(self, spec: FieldSpec, record: Any) -> Cell:
        """Draw one field."""
        html, late = self._html(spec, record), self._late.get(spec.name)
        if late is not None and late.is_late(record, self.manner.now):
            html = cells.late(html, self._words[2])
        return Cell(html, self._slots.get(spec.name, ""), spec.kind in cells.RIGHT_ALIGNED)

    def _html(self, spec: FieldSpec, record: Any) -> SafeString:
        """Draw a value; choices, colleagues and teams, which repeat down the column, are drawn once."""
        if spec.name in self._covered:
            return cells.draw("text", self.value(spec, record), self.manner)
        if spec.kind not in _REPEATED or spec.is_custom:
            return cells.draw(_manner_of(spec), self.value(spec, record), self.manner)
        key = (spec.name, getattr(record, spec.path if spec.kind == "choice" else f"{spec.path}_id"))
        if key not in self._drawn:
            self._drawn[key] = cells.draw(spec.kind, self.value(spec, record), self.manner)
        return self._drawn[key]

    def row(self, record: Any, *, selectable: bool = True) -> Row:
        """Draw a record as a row: its title first, then the other columns."""
        ref = self.rt.ref(record)
        title = self.title(record)
        narrowed = self.narrowed(record)
        square = narrowed.icon.startswith(("building", "store", "factory"))
        head = Cell(cells.title_cell(title, ref.url, square=square, peek_label=self._words[0]), TITLE)
        rest = (self.cell(spec, record) for spec in self.specs if spec.name != self.rt.title)
        label = self._words[1] % {"title": title} if selectable else ""
        return Row(ref.public_id, f"{ref.type_key}:{ref.public_id}", title, ref.url, (head, *rest), label)

    def title(self, record: Any) -> str:
        """Name a record, so that there is always something to read and to press."""
        return self.rt.title_of(record) or _("Without a name")

    def narrowed(self, record: Any) -> RecordType:
        """Find the narrower type that a record is of: a customer is a person or a company."""
        for narrower in self._narrower:
            if all(getattr(record, name, None) == value for name, value in narrower.where.items()):
                return narrower
        return self.rt

    def _related(self, spec: FieldSpec, record: Any) -> Any:
        target = self._targets.get(spec.name)
        if target is None:
            return None
        if spec.is_custom:
            found = [self._named[spec.name].get(pk) for pk in _ids(record.custom.get(spec.custom_key))]
            named = [item for item in found if item is not None]
            return named if spec.kind == "relations" else next(iter(named), None)
        if spec.kind == "relations":
            return [named_of(target, item) for item in shown_of(record, spec)]
        pk = getattr(record, f"{spec.path}_id")
        if pk is None:
            return None
        if pk in self._hidden.get(spec.name, ()):
            return Named(_("Not visible to you"))
        return named_of(target, getattr(record, spec.path))


def _late_marks(actor: Actor, rt: RecordType, specs: Sequence[FieldSpec]) -> dict[str, Late]:
    shown = [spec.name for spec in specs if spec.name in rt.late]
    readable = readable_fields(actor, rt) if shown else {}
    return {name: rt.late[name] for name in shown if readable.keys() >= set(rt.late[name].needs)}


def named_of(target: RecordType, record: Any) -> Named:
    """Give a record as a name with its page."""
    own_hue = getattr(record, "hue", None)
    return Named(target.title_of(record), RecordRef(target.root_key, record.pk).url, hue=own_hue)


def names_of(actor: Actor, target: RecordType, ids: Iterable[int]) -> dict[int, Named]:
    """Name records by id, those that the actor may see; one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {record.pk: named_of(target, record) for record in visible(actor, target).filter(pk__in=wanted)}


def _type_or_none(key: str) -> RecordType | None:
    try:
        return record_type(key)
    except NotFoundHere:
        return None


def _stored(spec: FieldSpec, record: Any) -> Any:
    if spec.is_custom:
        return from_plain(spec, record.custom.get(spec.custom_key))
    return value_of(spec, record) if spec.reckon else getattr(record, spec.path)


def _read_out(spec: FieldSpec, text: str) -> str:
    """Say a stored condition in a sentence, or named fields by their labels; what cannot be read stays as it is."""
    if spec.names_fields_of:
        found = fields_named(text, record_type(spec.names_fields_of))
        return ", ".join(str(named.label) for named in found)
    try:
        return in_words(text, record_type(spec.condition_on))
    except FilterError:
        return text


def _ids(value: Any) -> list[int]:
    if value is None:
        return []
    return [int(item) for item in value] if isinstance(value, list) else [int(value)]


def _choice(spec: FieldSpec, value: str) -> Named:
    return Named(str(spec.choice_label(value)), hue=hue(value))


def _phone(text: str) -> Named:
    number = normalise_phone(text)
    return Named(number.display or text, number.e164 or text.replace(" ", ""))


def _origins() -> dict[str, str]:
    return {
        "user": _("Entered by hand"),
        "system": _("Hatır"),
        "import": _("Import"),
        "api_key": _("Program (API)"),
        "flow": _("Automation"),
    }


def origin_label(value: str) -> str:
    """Put into words where a record came from when nobody said it: the kind of its first writer. Others stay."""
    return _origins().get(value, value)


def origin_of(label: str) -> str:
    """Read a source as a form shows it: the words for the kind of a first writer mean that kind."""
    return {words: value for value, words in _origins().items()}.get(label, label)


def _manner_of(spec: FieldSpec) -> str:
    """Name how a value is drawn: as its kind says, but a year without marks and a colour as a spot."""
    if spec.is_year:
        return "year"
    return "hue" if spec.name == "hue" else spec.kind


def _slots(specs: Sequence[FieldSpec], telling: frozenset[str]) -> dict[str, str]:
    """Choose what a narrow place shows of a row: one line below the title, and two values at its end."""
    rest = specs[1:]
    sub = next((spec for spec in rest if spec.kind in ("relation", "phone", "email")), None)
    sub = sub or next((spec for spec in rest if spec.kind == "text"), None)
    end = next((spec for kind in _AT_END for spec in rest if spec.kind == kind and spec.name not in telling), None)
    end_2 = next((spec for kind in _AT_END_2 for spec in rest if spec.kind == kind), None)
    return {spec.name: slot for spec, slot in ((sub, SUB), (end, END), (end_2, END_2)) if spec is not None}
