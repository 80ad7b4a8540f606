"""By which files a room may be entered. A new name here is a decision: keep the list short."""

from __future__ import annotations

ROOM_DOORS = {"models", "queries", "actions", "events", "records"}
"""What any room offers to those above it."""

PORTS = {"ports"}
"""What a room offers to the doors to the street besides."""

FOUNDATION_DOORS: dict[str, set[str]] = {
    "foundation.records": {
        "actor",
        "bulk",
        "changes",
        "conditions",
        "declaration",
        "drafts",
        "errors",
        "expressions",
        "fields",
        "filtering",
        "memory",
        "neighbours",
        "querying",
        "reckoning",
        "outside",
        "parts",
        "refs",
        "registry",
        "snapshot",
        "stamps",
        "turns",
        "uniqueness",
        "values",
        "writing",
    },
    "foundation.events": {"bus", "dispatch", "facts"},
    "foundation.access": {
        "actors",
        "checks",
        "explain",
        "grants",
        "handover",
        "keys",
        "masking",
        "parts",
        "permissions",
        "templates",
    },
    "foundation.jobs": {"ahead", "context", "declaration", "errors", "running", "schedule", "worker"},
    "foundation.files": {"errors"},
    "foundation.transfer": {
        "bundles",
        "cells",
        "contacts",
        "errors",
        "exporting",
        "further",
        "likely",
        "linking",
        "mapping",
        "proposing",
        "reading",
        "preferences",
        "sources",
        "watching",
    },
    "foundation.timeline": {"joining", "planner"},
    "foundation.notifications": {"presence", "wording"},
    "foundation.preferences": {"declaration", "zones"},
    "foundation.numbering": {"declaration"},
    "foundation.customization": {"steps", "types"},
    "foundation.search": {"indexing", "steps"},
    "foundation.audit": {"sealing", "steps", "undo"},
    "foundation.live": {"counts", "hub", "stream"},
    "foundation.savedviews": {"bulk", "declared", "lists", "selection"},
    "foundation.outbound": {"addresses", "preferences"},
    "foundation.feeds": {"errors", "places", "sealed", "sftp", "taking"},
    "foundation.quality": {"checks", "uses"},
    "foundation.merging": {
        "arriving",
        "candidates",
        "choosing",
        "comparing",
        "comparisons",
        "declared",
        "errors",
        "features",
        "finding",
        "grouping",
        "learning",
        "separating",
        "starting",
        "steps",
        "weighing",
    },
    "foundation.pipeline": {"steps"},
    "foundation.apps": set(),
}
"""What carries every room offers more: the nouns that rooms are built with."""

NOUNS_OF_NOTHING = {
    "utils",
    "helpers",
    "common",
    "misc",
    "manager",
    "service",
    "base",
    "core",
    "tools",
    "stuff",
    "util",
}
"""File names that say nothing."""

NAMED_BY_DJANGO = {"hatir.config.settings.base", "hatir.config.sqlite.base"}
"""The two exceptions: Django, or everybody who knows Django, looks for them under this name."""

DOMAIN_FILES = {
    "apps",
    "urls",
    "screens",
    "api",
    "tasks",
    "reactions",
    "demo",
    "management",
    "forms",
    "records",
    "metrics",
    "actions",
    "queries",
    "models",
    "rules",
    "events",
    "ports",
    "preferences",
    "migrations",
    "backfills",
    "tests",
}
"""The floor plan of a room in `domains`; every other file name fails."""

OBJECTS_IN_DOMAINS = {"models", "queries", "actions"}
"""Where rows may be asked for."""

NO_OBJECTS_IN_FOUNDATION = {
    "records",
    "reactions",
    "tasks",
    "rules",
    "preferences",
    "apps",
    "ports",
    "panels",
    "events",
}
"""Entry points and declarations of foundation rooms: they call, they don't ask the database."""
