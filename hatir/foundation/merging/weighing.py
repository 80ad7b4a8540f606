"""What an agreement is worth: Fellegi and Sunter's weights, with frequencies learnt from the company's own records.

Each comparison has a level, from different to the same. Its weight in bits is how much likelier that level is between
two records of one person (`MATCHED`, the same for all companies) than between any two (measured by `learning`); the
same rare name says more than the same common one. All weights and the share of duplicates together give a probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Any

from hatir.foundation.merging.comparing import MISSING, OF_KIND, SAME, names
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import CompareKind, Form

MATCHED: dict[CompareKind, tuple[float, float, float, float]] = {
    "name": (0.08, 0.06, 0.13, 0.73), "company": (0.06, 0.08, 0.16, 0.70), "number": (0.04, 0.02, 0.10, 0.84),
    "date": (0.05, 0.08, 0.10, 0.77), "place": (0.12, 0.05, 0.10, 0.73), "address": (0.12, 0.13, 0.15, 0.60),
    "email": (0.12, 0.08, 0.10, 0.70), "phone": (0.25, 0.01, 0.05, 0.69), "text": (0.08, 0.08, 0.14, 0.70),
}  # fmt: skip
"""How often two records of one person or company differ, are similar, close or the same, by kind."""
ANY_TWO: dict[CompareKind, tuple[float, float, float, float]] = {
    "name": (0.985, 0.005, 0.004, 0.006), "company": (0.995, 0.003, 0.001, 0.001),
    "number": (0.998, 0.001, 0.0005, 0.0005), "date": (0.993, 0.004, 0.002, 0.001), "place": (0.9, 0.01, 0.01, 0.08),
    "address": (0.997, 0.001, 0.001, 0.001), "email": (0.996, 0.002, 0.001, 0.001),
    "phone": (0.998, 0.0005, 0.0005, 0.001), "text": (0.99, 0.005, 0.003, 0.002),
}  # fmt: skip
"""The same between any two records, until a company's own records tell."""
FEWEST = 1000
"""A small company's records are weighed as if there were so many: five customers tell no frequency."""


@dataclass(frozen=True)
class Part:
    """What is weighed by itself: a comparison, or one half of a name in two fields."""

    compare: Compare
    at: int
    half: int | None = None

    @property
    def is_shared(self) -> bool:
        return self.half == 1 or self.compare.is_shared

    def values(self, forms: Sequence[Form]) -> tuple[str, ...]:
        """Give the values of this part in one record."""
        form = forms[self.at]
        if self.half is not None:
            form = form[self.half]
        return form if isinstance(form, tuple) else (form,) if form else ()


@dataclass(frozen=True)
class Weights:
    """What is known of a company's records of one type: how many, how often levels and common values come.

    `any_two` holds four shares a part; `common` the share of each value that stands in many records, by part.
    `prior` is the logarithm (base 2) of the chance that any two records are one.
    """

    count: int = FEWEST
    prior: float = field(default_factory=lambda: -log2(FEWEST))
    any_two: tuple[tuple[float, ...], ...] = ()
    common: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True)
class Reason:
    """One comparison of a pair: its level and what it weighs, in bits."""

    key: str
    level: int
    bits: float


@dataclass(frozen=True)
class Verdict:
    """What a pair weighs, and why."""

    bits: float
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        return score_of(self.bits)


def score_of(bits: float) -> int:
    """Give a weight as people read it: per cent, never a full hundred."""
    bits = max(-40.0, min(40.0, bits))
    return min(99, round(100 / (1 + 2**-bits)))


def bits_of(score: int) -> float:
    """Give the weight from which on a pair has this score."""
    share = (min(max(score, 1), 99) - 0.49) / 100
    return log2(share / (1 - share))


def parts_of(comparisons: Sequence[Compare]) -> tuple[Part, ...]:
    """List what is weighed; a name in two fields is two parts."""
    parts: list[Part] = []
    for at, compare in enumerate(comparisons):
        if compare.kind == "name" and len(compare.fields) > 1:
            parts.extend((Part(compare, at, 0), Part(compare, at, 1)))
        else:
            parts.append(Part(compare, at))
    return tuple(parts)


class Scale:
    """Weighs pairs of one type. Made once for many pairs."""

    def __init__(self, comparisons: Sequence[Compare], weights: Weights) -> None:
        self.comparisons = tuple(comparisons)
        self.parts = parts_of(comparisons)
        self.prior = weights.prior
        self._compare = [
            None if one.kind == "name" and len(one.fields) > 1 else OF_KIND[one.kind] for one in self.comparisons
        ]
        self._is_learnt = len(weights.any_two) == len(self.parts) or bool(weights.common)
        known = weights.any_two if len(weights.any_two) == len(self.parts) else ()
        self._common = weights.common if len(weights.common) == len(self.parts) else tuple({} for _p in self.parts)
        self._rare = 1 / max(weights.count, FEWEST)
        self._bits = [
            _bits(part.compare.kind, known[at] if known else ANY_TWO[part.compare.kind])
            for at, part in enumerate(self.parts)
        ]
        self._same = [log2(MATCHED[part.compare.kind][3]) for part in self.parts]
        self._shared = [part.is_shared for part in self.parts]

    def levels(self, one: Sequence[Form], other: Sequence[Form]) -> list[int]:
        """Compare two records: a level a part."""
        found: list[int] = []
        for compare, here, there in zip(self._compare, one, other):  # noqa: B905 - asked millions of times
            if compare is None:
                found += names(here, there)
            else:
                found.append(compare(here, there) if here and there else MISSING)
        return found

    def weigh(self, one: Sequence[Form], other: Sequence[Form]) -> float:
        """Give the weight of a pair alone, which is what a scan asks millions of times."""
        own = shared = 0.0
        for at, found in enumerate(self.levels(one, other)):
            if found == MISSING:
                continue
            bits = self._of_same(at, one, other) if found == SAME else self._bits[at][found]
            if self._shared[at]:
                shared += bits
            else:
                own += bits
        return _together(self.prior, own, shared)

    def explain(self, one: Sequence[Form], other: Sequence[Form]) -> Verdict:
        """Give the weight of a pair with its reasons, the heaviest first; a name is one reason."""
        levels = self.levels(one, other)
        lines: dict[str, list[tuple[int, float]]] = {}
        for at, (part, found) in enumerate(zip(self.parts, levels, strict=True)):
            if found == MISSING:
                continue
            bits = self._of_same(at, one, other) if found == SAME else self._bits[at][found]
            lines.setdefault(part.compare.key, []).append((found, bits))
        reasons = (
            Reason(key, min(found for found, _bits in line), round(sum(bits for _found, bits in line), 2))
            for key, line in lines.items()
        )
        total = round(self.weigh(one, other), 3)
        return Verdict(total, tuple(sorted(reasons, key=lambda reason: -reason.bits)))

    def _of_same(self, at: int, one: Sequence[Form], other: Sequence[Form]) -> float:
        common = self._common[at]
        if not self._is_learnt:  # before the first scan what usually holds: many live in one city, few share a number
            return self._same[at] - log2(ANY_TWO[self.parts[at].compare.kind][3])
        values = self.parts[at].values(one)
        if len(values) != 1:
            there = set(self.parts[at].values(other))
            values = tuple(value for value in values if value in there) or values
        return self._same[at] - log2(min(common.get(value, self._rare) for value in values))


def _bits(kind: CompareKind, any_two: Sequence[float]) -> list[float]:
    return [0.0, *(log2(matched / other) for matched, other in zip(MATCHED[kind], any_two, strict=True))]


def _together(prior: float, own: float, shared: float) -> float:
    """What a household shares makes no pair of two people who differ in what is their own."""
    total = prior + own + shared
    return min(total, own) if own < 0 else total


def as_stored(weights: Weights) -> dict[str, Any]:
    """Write weights as JSON."""
    return {
        "count": weights.count,
        "prior": weights.prior,
        "any_two": [list(shares) for shares in weights.any_two],
        "common": [dict(values) for values in weights.common],
    }


def from_stored(stored: Mapping[str, Any]) -> Weights:
    """Read what `as_stored` wrote."""
    return Weights(
        int(stored["count"]),
        float(stored["prior"]),
        tuple(tuple(shares) for shares in stored["any_two"]),
        tuple(stored["common"]),
    )
