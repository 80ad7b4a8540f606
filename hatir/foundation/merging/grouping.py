"""Records that pairs tie together; no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def groups_of(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Give the groups that pairs make, each in order."""
    parents: dict[int, int] = {}

    def root(one: int) -> int:
        parents.setdefault(one, one)
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    for one, other in pairs:
        parents[root(one)] = root(other)
    found: dict[int, list[int]] = defaultdict(list)
    for one in sorted(parents):
        found[root(one)].append(one)
    return sorted(found.values())
