"""The house's own source, read once for all rules."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "hatir"


@dataclass(frozen=True)
class Source:
    """One Python file, with its place in the house."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def floor(self) -> str:
        parts = self.module.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def room(self) -> str:
        """`domains.customers`, `foundation.records`; the bare floor for files outside rooms."""
        return room_of(self.module)

    @property
    def role(self) -> str:
        """The file's role in its room: `models`, also for `models/person.py`."""
        return role_of(self.module)

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts or "backfills" in self.path.parts

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)


def room_of(module: str) -> str:
    """Name the room of a dotted module: `hatir.domains.customers.models` is in `domains.customers`."""
    parts = module.split(".")
    depth = 3 if len(parts) > 2 and parts[1] in {"domains", "foundation", "integrations", "interface"} else 2
    return ".".join(parts[1:depth])


def role_of(module: str) -> str:
    """Name the part of the module below its room: `models`, or nothing for the room itself."""
    below = module.removeprefix(f"hatir.{room_of(module)}").lstrip(".")
    return below.split(".")[0]


@cache
def product_sources() -> tuple[Source, ...]:
    """List the Python files of the product, without tests and migrations."""
    return tuple(source for source in all_sources() if not source.is_test and not source.is_migration)


@cache
def all_sources() -> tuple[Source, ...]:
    """List all Python files of the package."""
    return tuple(Source(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def tracked_files() -> tuple[Path, ...]:
    """List the text files that are or will be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def browser_files(suffix: str) -> list[Path]:
    """List our own CSS, JS or HTML files; what set-up builds is left out."""
    return [path for path in sorted(PACKAGE.rglob(f"*{suffix}")) if "vendor" not in path.parts]
