"""The Turkish catalogue is whole, and messages can be translated at all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import num_plurals, python_format

from tests.architecture.messages import KEYWORDS, extracted, kept, missing
from tests.architecture.source import Source, product_sources

ANONYMOUS = re.compile(r"%[sdfr]|\{\}")
NOT_OURS = {"hatir.config.cli.words"}
"""Repeats argparse's own messages, which are as they are."""


def keys(catalogue: Catalog) -> set[tuple[str, str]]:
    return {(str(message.context or ""), _first(message.id)) for message in catalogue if message.id}


def _first(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


class TestCatalogue:
    def test_has_every_message_of_the_source(self) -> None:
        lacking = keys(extracted()) - keys(kept())

        assert not lacking, "run bin/messages and translate:\n" + "\n".join(sorted(map(str, lacking)))

    def test_has_no_message_that_nobody_uses(self) -> None:
        unused = keys(kept()) - keys(extracted())

        assert not unused, "run bin/messages:\n" + "\n".join(sorted(map(str, unused)))

    def test_has_turkish_for_every_message(self) -> None:
        assert missing() == []

    def test_has_nothing_doubtful(self) -> None:
        doubtful = [_first(message.id) for message in kept() if message.id and message.fuzzy]

        assert doubtful == []

    def test_keeps_the_placeholders(self) -> None:
        wrong = [f"{_first(message.id)}: {reason}" for message in kept() if (reason := placeholder_fault(message))]

        assert not wrong, "\n".join(wrong)


def placeholder_fault(message: Message) -> str:
    """Say what is wrong with the placeholders of a translation, or nothing."""
    if not message.id or not message.string:
        return ""
    try:
        num_plurals(None, message)
        if message.python_format:
            python_format(None, message)
    except Exception as wrong:  # noqa: BLE001 — Babel raises its own kind, told to the reader
        return str(wrong)
    wanted = set(re.findall(r"%\((\w+)\)", _first(message.id)))
    found = set(re.findall(r"%\((\w+)\)", _first(message.string)))
    return "" if found <= wanted and (wanted <= found or not isinstance(message.id, str)) else "placeholders differ"


def translated_calls(source: Source) -> Iterator[tuple[int, list[ast.expr]]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in KEYWORDS and node.args:
                yield node.lineno, node.args[: 2 if name.startswith(("n", "p")) else 1]


class TestMessages:
    def test_are_plain_strings(self) -> None:
        wrong = [
            f"{source.name}:{line} a message must be a plain string: fill it with % after translating"
            for source in product_sources()
            if source.module not in NOT_OURS
            for line, arguments in translated_calls(source)
            for argument in arguments
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
        ]

        assert not wrong, "\n".join(wrong)

    def test_name_their_placeholders(self) -> None:
        wrong = [
            f"{source.name}:{line} {argument.value!r}: write %(name)s, so that Turkish can turn the sentence round"
            for source in product_sources()
            if source.module not in NOT_OURS
            for line, arguments in translated_calls(source)
            for argument in arguments
            if isinstance(argument, ast.Constant) and ANONYMOUS.search(str(argument.value))
        ]

        assert not wrong, "\n".join(wrong)
