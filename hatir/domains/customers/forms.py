"""The rule of a segment as the filter editor's form: read from it, drawn into it."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict

from hatir.domains.customers.queries.rules_of_segments import customer_type, read_rule
from hatir.foundation.records.actor import Actor
from hatir.interface.web.filterforms import draw_groups
from hatir.interface.web.filtertrees import (
    Ground,
    Group,
    change,
    first_group,
    group_of,
    has_conditions,
    read_groups,
    settle,
    tree_of,
)
from hatir.kit.filters.parse import to_json
from hatir.kit.filters.text import to_text

PREFIX = "rule:"


def ground_of(actor: Actor) -> Ground:
    """Give what a rule is about: customers, by what this actor may ask."""
    return Ground(actor, customer_type(), PREFIX)


def groups_of(actor: Actor, rule: str) -> list[Group]:
    """Give a stored rule as the editor's groups; an empty one begins with one row. Raises FilterError."""
    found = group_of(to_json(read_rule(rule, actor))) if rule else None
    return [found or first_group(customer_type())]


def groups_sent(actor: Actor, sent: QueryDict, rule: str = "") -> list[Group]:
    """Read the groups of a form with what a button of it changed; without any, those of the rule.

    Raises FilterError.
    """
    if not has_conditions(sent, PREFIX):
        return groups_of(actor, rule)
    ground = ground_of(actor)
    groups = settle(ground, read_groups(sent, PREFIX))
    what = sent.get("do", "")
    if what.startswith(PREFIX):
        change(ground, groups, what.removeprefix(PREFIX))
    return groups


def rule_sent(actor: Actor, sent: QueryDict) -> str:
    """Read the rule of a form in its text form; "" while nothing is asked. Raises FilterError."""
    return rule_of(actor, settle(ground_of(actor), read_groups(sent, PREFIX)))


def rule_of(actor: Actor, groups: list[Group]) -> str:
    """Give the editor's groups as a rule; rows without a value are left out. Raises FilterError."""
    tree = tree_of(ground_of(actor), groups)
    if not tree:
        return ""
    return to_text(read_rule(json.dumps(tree), actor))


def drawn(actor: Actor, groups: list[Group]) -> list[Any]:
    """Draw the groups. Raises FilterError for a step that is not there."""
    return draw_groups(ground_of(actor), groups)
