"""Saying a filter in a sentence, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.kit.filters.operators import OPERATORS
from hatir.kit.filters.schema import FieldShape, FilterError, Relations, Schema, find_field, no_relations, schema_of
from hatir.kit.filters.tree import All, Any, Compare, DaysFromToday, Has, NamedPeriod, Node, Not, Value, Variable
from hatir.kit.formats_tr import format_money, format_number, format_short_date
from hatir.kit.ids import encode_id
from hatir.kit.periods import period_label

_MAX_LISTED = 5


def describe(tree: Node, schema: Schema, relations: Relations = no_relations) -> str:
    """Say a filter in a sentence: field labels, operator labels and values as people read them.

    Uses the active language. Record keys are shown as keys; a screen that can name the record
    should do so itself. A field that no longer exists is shown by its name.
    """
    if isinstance(tree, (All, Any)):
        if not tree.items:
            return _("all records") if isinstance(tree, All) else _("no record")
        word = _(" and ") if isinstance(tree, All) else _(" or ")
        return word.join(_grouped(item, tree, schema, relations) for item in tree.items)
    if isinstance(tree, Not):
        return _("not (%(condition)s)") % {"condition": describe(tree.item, schema, relations)}
    if isinstance(tree, Has):
        return _describe_step(tree, schema, relations)
    return _describe_comparison(tree, schema, relations)


def _grouped(item: Node, parent: Node, schema: Schema, relations: Relations) -> str:
    """Describe a part, in brackets where the joining word changes."""
    text = describe(item, schema, relations)
    is_other_group = isinstance(item, (All, Any)) and len(item.items) > 1 and type(item) is not type(parent)
    return f"({text})" if is_other_group else text


def _shape(path: str, schema: Schema, relations: Relations) -> FieldShape:
    """Find a shape, or make do with the name."""
    try:
        return find_field(path, schema, relations)
    except FilterError:
        return FieldShape("text", path)


def _describe_step(step: Has, schema: Schema, relations: Relations) -> str:
    """Describe a has or has_no."""
    shape = _shape(step.path, schema, relations)
    names = {"field": shape.label}
    if step.where is None:
        return (_("has no %(field)s") if step.negated else _("has %(field)s")) % names
    try:
        behind = schema_of(shape.target or step.path, step.path, relations)
    except FilterError:
        behind = {}
    names["condition"] = describe(step.where, behind, relations)
    text = _("has no %(field)s where %(condition)s") if step.negated else _("has %(field)s where %(condition)s")
    return text % names


def _describe_comparison(compare: Compare, schema: Schema, relations: Relations) -> str:
    """Describe field, operator and value."""
    shape = _shape(compare.field, schema, relations)
    names = {"field": shape.label, "operator": OPERATORS[compare.op].label}
    if compare.value is None:
        return _("%(field)s %(operator)s") % names
    names["value"] = describe_operand(compare, shape)
    return _("%(field)s %(operator)s %(value)s") % names


def describe_operand(compare: Compare, shape: FieldShape) -> str:
    """Describe the value or values; long lists are cut."""
    if not isinstance(compare.value, tuple):
        return "" if compare.value is None else describe_value(compare.value, shape)
    shown = [describe_value(value, shape) for value in compare.value]
    if compare.op == "between":
        return _("%(low)s and %(high)s") % {"low": shown[0], "high": shown[1]}
    if not shown:
        return _("(nothing)")
    if len(shown) <= _MAX_LISTED:
        return ", ".join(shown)
    listed = ", ".join(shown[:_MAX_LISTED])
    return _("%(values)s and %(count)d more") % {"values": listed, "count": len(shown) - _MAX_LISTED}


def describe_value(value: Value, shape: FieldShape) -> str:
    """Write one value for people."""
    language = get_language() or "tr"
    if isinstance(value, Variable):
        return variable_label(value.name)
    if isinstance(value, NamedPeriod):
        return str(period_label(value.name))
    if isinstance(value, DaysFromToday):
        return _describe_days(value.days)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{format_short_date(value.date(), language=language)} {value:%H:%M}"
    if isinstance(value, date):
        return format_short_date(value, language=language)
    if isinstance(value, (int, Decimal)):
        return _describe_number(value, shape, language)
    labels = dict(shape.choices)
    return str(labels.get(value, value))


def _describe_number(value: int | Decimal, shape: FieldShape, language: str) -> str:
    """Write a number as its kind asks; keys in their spelling."""
    if shape.kind == "money":
        return format_money(value, language=language)
    if shape.kind in ("integer", "number", "percent", "text"):
        return format_number(value, language=language)
    return encode_id(int(value))


def _describe_days(days: int) -> str:
    """Write a relative date."""
    if days == 0:
        return _("today")
    if days < 0:
        return _("%(count)d days ago") % {"count": -days}
    return _("in %(count)d days") % {"count": days}


def variable_label(name: str) -> str:
    """Name a variable for people."""
    labels = {
        "me": _("me"),
        "my_teams": _("my teams"),
        "my_branches": _("my branches"),
        "my.geography": _("my region"),
        "my.channel": _("my channel"),
        "my.product": _("my product"),
        "my.skill": _("my skill"),
    }
    return labels.get(name, name)
