"""What no committed file may hold."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.source import ROOT, tracked_files

TEXT = {
    ".py",
    ".md",
    ".txt",
    ".in",
    ".toml",
    ".json",
    ".mjs",
    ".js",
    ".css",
    ".html",
    ".yml",
    ".yaml",
    ".po",
    ".cfg",
    "",
}
REGISTRY_HOSTS = re.compile(
    r"registry\.npmjs\.(?:org|com)|(?:^|[^\w.])pypi\.org|pythonhosted\.org|deb\.debian\.org|npmmirror\.com",
    re.MULTILINE,
)
BARE_TODO = re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))")
HERE = Path(__file__).resolve()


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:120]}"
        for path in tracked_files()
        if path.suffix in TEXT and path != HERE
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


class TestWords:
    def test_name_no_package_registry(self) -> None:
        assert lines_with(REGISTRY_HOSTS) == []

    def test_leave_no_unfinished_business_without_a_number(self) -> None:
        assert lines_with(BARE_TODO) == []
