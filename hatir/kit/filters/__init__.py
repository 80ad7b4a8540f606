"""The filter language: one expression for lists, segments, access, rules, flows and reports.

Path of a filter: JSON or text → parse() → tree → resolve() → a compiler (evaluate() here, a
Django Q in foundation.records, to_ibis() for the warehouse).
"""

from hatir.kit.filters.evaluate import evaluate
from hatir.kit.filters.operators import OPERATORS, Operator, operators_for
from hatir.kit.filters.parse import parse, to_json
from hatir.kit.filters.schema import FieldShape, FilterError, Relations, Schema, find_field
from hatir.kit.filters.tree import All, Any, Compare, Has, Node, Not, fields_of, walk
from hatir.kit.filters.values import FilterContext, resolve

__all__ = [
    "OPERATORS", "All", "Any", "Compare", "FieldShape", "FilterContext", "FilterError", "Has", "Node", "Not",
    "Operator", "Relations", "Schema", "evaluate", "fields_of", "find_field", "operators_for", "parse", "resolve",
    "to_json", "walk",
]  # fmt: skip
