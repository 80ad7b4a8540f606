"""Turkish letters survive: people's text is cased and folded by kit.text_tr alone."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import ROOT, Source, browser_files, product_sources

CASING = {"upper", "lower", "title", "capitalize", "casefold", "swapcase"}
ESCAPE = "# ascii-only"
AT_HOME = "hatir.kit.text_tr"


def casing_calls(source: Source) -> list[str]:
    """Find `.upper()` and its kin; `# ascii-only` on the line says why it is right there."""
    return [
        f"{source.name}:{node.lineno} .{node.func.attr}() — use kit.text_tr, or say `{ESCAPE}: why`"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CASING
        and not node.args
        and not any(ESCAPE in line for line in source.lines[node.lineno - 1 : (node.end_lineno or node.lineno)])
    ]


class TestCasing:
    def test_goes_through_kit_text_tr(self) -> None:
        wrong = [found for source in product_sources() if source.module != AT_HOME for found in casing_calls(source)]

        assert not wrong, "\n".join(wrong)

    def test_is_not_left_to_templates(self) -> None:
        pattern = re.compile(r"\|\s*(upper|lower|title|capfirst)\b")
        wrong = [
            f"{path.relative_to(ROOT)}:{number} {line.strip()}"
            for path in browser_files(".html")
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if pattern.search(line)
        ]

        assert not wrong, "\n".join(wrong)

    def test_is_not_left_to_the_browser(self) -> None:
        pattern = re.compile(r"text-transform\s*:\s*(?!none)|\.to(Upper|Lower)Case\(")
        wrong = [
            f"{path.relative_to(ROOT)}:{number} {line.strip()}"
            for path in [*browser_files(".css"), *browser_files(".js"), *browser_files(".html")]
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if pattern.search(line) and "ascii-only" not in line
        ]

        assert not wrong, "\n".join(wrong)
