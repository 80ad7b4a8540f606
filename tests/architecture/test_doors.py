"""Who may enter a room, and by which file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.doors import (
    DOMAIN_FILES,
    FOUNDATION_DOORS,
    NAMED_BY_DJANGO,
    NO_OBJECTS_IN_FOUNDATION,
    NOUNS_OF_NOTHING,
    OBJECTS_IN_DOMAINS,
    PORTS,
    ROOM_DOORS,
)
from tests.architecture.source import PACKAGE, ROOT, Source, all_sources, product_sources, role_of, room_of


def imported_modules(source: Source) -> Iterator[tuple[int, str]]:
    """Give line and dotted module of each import of the house; `from room import part` counts as `room.part`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith("hatir."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hatir"):
            yield from ((node.lineno, _module_of(str(node.module), alias.name)) for alias in node.names)


def _module_of(module: str, name: str) -> str:
    path = ROOT / module.replace(".", "/") / name
    return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else module


def may_enter(source: Source, target: str) -> bool:
    room, role = room_of(target), role_of(target)
    floor = room.split(".")[0]
    if source.room == room or source.floor == "config" or floor not in {"domains", "foundation"}:
        return True
    if source.role == "reactions" and role == "events":
        return True
    if source.floor == "integrations" and floor == "domains" and role in PORTS:
        return True
    return role in ROOM_DOORS | FOUNDATION_DOORS.get(room, set()) or target == f"hatir.{floor}.apps"


class TestDoors:
    def test_rooms_are_entered_by_their_doors_only(self) -> None:
        wrong = [
            f"{source.name}:{line} enters {target}"
            for source in product_sources()
            for line, target in imported_modules(source)
            if not may_enter(source, target)
        ]

        assert not wrong, "\n".join(wrong)

    def test_nobody_imports_another_files_private_names(self) -> None:
        wrong = [
            f"{source.name}:{node.lineno} takes {alias.name} of {node.module}"
            for source in product_sources()
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hatir.")
            for alias in node.names
            if alias.name.startswith("_") and alias.name != "_"
        ]

        assert not wrong, "\n".join(wrong)


class TestObjects:
    def test_are_asked_for_in_models_queries_and_actions_only(self) -> None:
        wrong = [
            f"{source.name}:{node.lineno} uses .{node.attr}: ask a query, call an action"
            for source in product_sources()
            if not _may_use_objects(source)
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}
        ]

        assert not wrong, "\n".join(wrong)


def _may_use_objects(source: Source) -> bool:
    if source.floor == "foundation":
        return source.role not in NO_OBJECTS_IN_FOUNDATION
    return source.floor == "domains" and source.role in OBJECTS_IN_DOMAINS


class TestFileNames:
    def test_of_domain_rooms_are_on_the_floor_plan(self) -> None:
        rooms = sorted(path for path in (PACKAGE / "domains").iterdir() if path.is_dir() and path.name != "__pycache__")
        inside = [path for room in rooms for path in room.iterdir() if path.suffix == ".py" or path.is_dir()]
        allowed = DOMAIN_FILES | {"__init__", "__pycache__", "templates", "locale"}

        wrong = [path.relative_to(ROOT).as_posix() for path in inside if path.stem not in allowed]

        assert not wrong, "not on the floor plan:\n" + "\n".join(wrong)

    def test_say_something(self) -> None:
        wrong = [
            source.name
            for source in all_sources()
            if source.path.stem in NOUNS_OF_NOTHING and source.module not in NAMED_BY_DJANGO
        ]

        assert not wrong, "\n".join(wrong)

    def test_every_room_has_a_readme(self) -> None:
        rooms = [
            path
            for floor in ("domains", "foundation", "integrations")
            for path in sorted((PACKAGE / floor).iterdir())
            if (path / "__init__.py").exists()
        ]

        wrong = [room.relative_to(ROOT).as_posix() for room in rooms if not (room / "README.md").exists()]

        assert not wrong, "ten lines of README.md are missing in:\n" + "\n".join(wrong)
