"""The one-line text form of a filter, for people who prefer typing, and its way back.

    city in ("İzmir", "Ankara") and lifetime_value >= 5000 and not tags any_of ("VIP")

Grammar (``and`` binds tighter than ``or``):

    either  = both ("or" both)*
    both    = single ("and" single)*
    single  = "not" single | "(" either ")" | "everything" | "nothing" | step | comparison
    step    = ("has" | "has_no") path ["where" "(" either ")"]
    comparison = path operator [value | "(" [value ("," value)*] ")"]
    value   = "text" | number | date | yes | no | me | my_teams | … | days_ago(N) | days_ahead(N)
            | period name

Operators are the keys of operators.py, with = != > >= < <= for is, is_not, gt, gte, lt, lte.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.kit.filters.literals import LIST_VARIABLES
from hatir.kit.filters.operators import OPERATORS
from hatir.kit.filters.parse import MAX_DEPTH, MAX_NODES, parse, to_json
from hatir.kit.filters.schema import FilterError, Relations, Schema, no_relations
from hatir.kit.filters.tokens import Token, quoted, tokens_of
from hatir.kit.filters.tree import All, Any, Compare, DaysFromToday, Has, NamedPeriod, Node, Not, Value, Variable
from hatir.kit.ids import ENCODED_LENGTH
from hatir.kit.periods import PERIOD_NAMES

_OPERATOR_OF = {operator.spelling: key for key, operator in OPERATORS.items()} | {"=": "is", "!=": "is_not"}
_OPERATOR_OF |= {key: key for key in OPERATORS}
_RESERVED = frozenset({"and", "or", "not", "has", "has_no", "where", "everything", "nothing"})


def parse_text(line: str, schema: Schema, relations: Relations = no_relations) -> Node:
    """Read the text form; the empty line matches everything.

    Raises FilterError: with `position` when the line is not well formed, with `field` and `op`
    when the names or values do not fit the schema.
    """
    reader = _Reader(tokens_of(line))
    if reader.next.kind == "end":
        return All(())
    data = reader.either(depth=1)
    reader.expect_end()
    return parse(data, schema, relations)


class _Reader:
    """Recursive descent over the tokens; makes the JSON form, which parse() then checks."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def next(self) -> Token:
        """The token to be read."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """Read one token."""
        token = self.next
        self.place += token.kind != "end"
        return token

    def accept(self, text: str) -> bool:
        """Read the word or symbol if it comes next."""
        if self.next.kind in ("word", "symbol") and self.next.text == text:
            self.place += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Insist on a symbol."""
        if not self.accept(text):
            raise self.error(_("“%(text)s” is expected here.") % {"text": text})

    def expect_end(self) -> None:
        """Insist that nothing follows."""
        if self.next.kind != "end":
            raise self.error(_("“%(text)s” is not understood here.") % {"text": self.next.text})

    def error(self, message: str) -> FilterError:
        """Make an error at the next token."""
        return FilterError(message, position=self.next.position)

    def either(self, depth: int) -> dict[str, object]:
        """Read parts joined by or."""
        if depth > MAX_DEPTH or self.place > MAX_NODES * 1000:
            raise self.error(_("This filter is nested too deeply (%(limit)d levels at most).") % {"limit": MAX_DEPTH})
        parts = [self.both(depth)]
        while self.accept("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else {"any": parts}

    def both(self, depth: int) -> dict[str, object]:
        """Read parts joined by and."""
        parts = [self.single(depth)]
        while self.accept("and"):
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else {"all": parts}

    def single(self, depth: int) -> dict[str, object]:
        """Read one part."""
        if self.accept("not"):
            if depth > MAX_DEPTH:
                message = _("This filter is nested too deeply (%(limit)d levels at most).") % {"limit": MAX_DEPTH}
                raise self.error(message)
            return {"not": self.single(depth + 1)}
        if self.accept("("):
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if self.accept("everything"):
            return {"all": []}
        if self.accept("nothing"):
            return {"any": []}
        for word in ("has", "has_no"):
            if self.accept(word):
                return self.step(word, depth)
        return self.comparison()

    def step(self, word: str, depth: int) -> dict[str, object]:
        """Read what follows has or has_no."""
        data: dict[str, object] = {word: self.path()}
        if self.accept("where"):
            self.expect("(")
            data["where"] = self.either(depth + 1)
            self.expect(")")
        return data

    def path(self) -> str:
        """Read a field name."""
        if self.next.kind != "word" or self.next.text in _RESERVED:
            raise self.error(_("A field name is expected here."))
        return self.take().text

    def comparison(self) -> dict[str, object]:
        """Read field, operator and value."""
        field = self.path()
        op = _OPERATOR_OF.get(self.next.text) if self.next.kind in ("word", "symbol") else None
        if op is None:
            raise self.error(_("An operator is expected here."))
        self.take()
        data: dict[str, object] = {"field": field, "op": op}
        if OPERATORS[op].arity == "none":
            return data
        if not self.accept("("):
            return {**data, "value": self.value()}
        values: list[object] = []
        while not self.accept(")"):
            if values:
                self.expect(",")
            values.append(self.value())
        return {**data, "value": values}

    def value(self) -> object:
        """Read one value."""
        token = self.next
        if token.kind == "number":
            number = Decimal(self.take().text)
            return int(number) if number == number.to_integral_value() else str(number)
        if token.kind in ("text", "date"):
            return self.take().text
        if token.kind == "word":
            return self.named_value()
        raise self.error(_("A value is expected here."))

    def named_value(self) -> object:
        """Read yes, no, a variable, a relative date, a period or a bare record key."""
        word = self.next.text
        if word in ("yes", "no"):
            self.take()
            return word == "yes"
        if word == "me" or word in LIST_VARIABLES:
            return {"var": self.take().text}
        if word in PERIOD_NAMES:
            return {"period": self.take().text}
        if word in ("days_ago", "days_ahead"):
            self.take()
            self.expect("(")
            days = self.take()
            if days.kind != "number" or not days.text.isdigit():
                raise FilterError(_("A number of days is expected here."), position=days.position)
            self.expect(")")
            return {word: int(days.text)}
        if len(word) == ENCODED_LENGTH and word.isascii() and word.isupper():
            return self.take().text
        raise self.error(_("Text stands in double quotes: “%(text)s”.") % {"text": word})


def to_text(tree: Node) -> str:
    """Write a tree on one line; parse_text() of it means the same.

    Groups of one lose their brackets, everything else comes back as the same tree.
    """
    if isinstance(tree, (All, Any)):
        if not tree.items:
            return "everything" if isinstance(tree, All) else "nothing"
        word = " and " if isinstance(tree, All) else " or "
        return to_text(tree.items[0]) if len(tree.items) == 1 else word.join(_bracketed(item) for item in tree.items)
    if isinstance(tree, Not):
        return f"not {_bracketed(tree.item)}"
    if isinstance(tree, Has):
        step = f"{'has_no' if tree.negated else 'has'} {tree.path}"
        return step if tree.where is None else f"{step} where ({to_text(tree.where)})"
    return _comparison_text(tree)


def _bracketed(tree: Node) -> str:
    """Write a part, in brackets when it is a group of its own."""
    while isinstance(tree, (All, Any)) and len(tree.items) == 1:
        tree = tree.items[0]
    text = to_text(tree)
    return f"({text})" if isinstance(tree, (All, Any)) and tree.items else text


def _comparison_text(compare: Compare) -> str:
    """Write a comparison."""
    start = f"{compare.field} {OPERATORS[compare.op].spelling}"
    if compare.value is None:
        return start
    if isinstance(compare.value, tuple):
        return f"{start} ({', '.join(_value_text(value, compare) for value in compare.value)})"
    return f"{start} {_value_text(compare.value, compare)}"


def _value_text(value: Value, compare: Compare) -> str:
    """Write one value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (Variable, NamedPeriod)):
        return value.name
    if isinstance(value, DaysFromToday):
        return f"days_ago({-value.days})" if value.days < 0 else f"days_ahead({value.days})"
    written = to_json(Compare(compare.field, "is", value, compare.kind))["value"]
    if isinstance(value, Decimal):
        return f"{value:f}"
    bare = compare.kind in ("date", "datetime") or not isinstance(value, str)
    return str(written) if bare else quoted(str(written))
