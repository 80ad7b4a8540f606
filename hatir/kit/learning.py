"""Learn from decided cases how likely an open one is: logistic regression, its reasons, and an honest back-test.

Written without a numeric library on purpose: a company's decided cases are tens of thousands of rows with a dozen
features, which plain Python fits in seconds inside a job, and the installation stays small. Numbers are cut into
quantile bins, so that every feature is a handful of levels; rows that are alike are fitted once with their count.

The model is fitted by Newton's method with an L2 penalty on all weights but the intercept, which is the maximum
a posteriori under a normal prior (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 4.4.1).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = str | float | None
Row = Mapping[str, Value]
"""The features of one case by name: a text is a category, a number is cut into bins, None is unknown."""
UNKNOWN, OTHER = "?", "…"
"""Levels for what is not known, and for categories too rare to say anything."""
BINS, MOST_LEVELS, LEAST_OF_LEVEL = 5, 40, 20
PENALTY, MOST_STEPS, CLOSE_ENOUGH = 2.0, 25, 1e-8
LEAST_ROWS, LEAST_OF_OUTCOME = 100, 20
"""With fewer cases, or fewer of one outcome, a model would only repeat chance."""
MOST_ROWS = 60_000


class TooLittleData(ValueError):
    """There are too few decided cases to learn from: `count` of them, `least_outcome` of the rarer outcome."""

    def __init__(self, count: int, least_outcome: int) -> None:
        self.count, self.least_outcome = count, least_outcome
        super().__init__(f"{count} cases, {least_outcome} of the rarer outcome")


@dataclass(frozen=True)
class Reason:
    """What one feature of a case adds to or takes from its odds, against the average case (natural logarithm).

    `level` is the category, UNKNOWN or OTHER; for a number `low` and `high` are the ends of its bin (None: open).
    """

    feature: str
    level: str
    effect: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Model:
    """What was learnt; a plain value that can be stored as JSON.

    `weights` are the log odds of each level of each feature, `means` their average over the training cases, `edges`
    the bounds of the bins of numbers.
    """

    intercept: float
    weights: Mapping[str, Mapping[str, float]]
    means: Mapping[str, float]
    edges: Mapping[str, tuple[float, ...]]
    base_rate: float
    row_count: int

    def predict(self, row: Row) -> float:
        """Give the probability (0–1) of the outcome."""
        total = self.intercept
        for feature, weights in self.weights.items():
            total += weights.get(self._level(feature, row.get(feature)), 0.0)
        return _sigmoid(total)

    def reasons(self, row: Row, most: int = 3) -> list[Reason]:
        """Give the features that move this case most away from the average one, the strongest first."""
        found = [self._reason(feature, row.get(feature)) for feature in self.weights]
        told = [reason for reason in found if abs(reason.effect) >= 0.01]
        return sorted(told, key=lambda reason: (-abs(reason.effect), reason.feature))[:most]

    def _reason(self, feature: str, value: Value) -> Reason:
        level = self._level(feature, value)
        effect = self.weights[feature].get(level, 0.0) - self.means[feature]
        edges = self.edges.get(feature)
        if edges is None or level in (UNKNOWN, OTHER):
            return Reason(feature, level, effect)
        at = int(level)
        low, high = edges[at - 1] if at else None, edges[at] if at < len(edges) else None
        return Reason(feature, level, effect, low, high)

    def _level(self, feature: str, value: Value) -> str:
        level = _level(value, self.edges.get(feature))
        return level if level in self.weights[feature] else OTHER

    def as_json(self) -> dict[str, Any]:
        """Give the model as plain JSON; `model_from_json` reads it back."""
        return {
            "intercept": self.intercept,
            "weights": {feature: dict(weights) for feature, weights in self.weights.items()},
            "means": dict(self.means),
            "edges": {feature: list(edges) for feature, edges in self.edges.items()},
            "base_rate": self.base_rate,
            "row_count": self.row_count,
        }


def model_from_json(data: Mapping[str, Any]) -> Model:
    """Read a stored model. Raises KeyError where it is none."""
    edges = {feature: tuple(found) for feature, found in data["edges"].items()}
    return Model(
        data["intercept"], data["weights"], data["means"], edges, data["base_rate"], data["row_count"]
    )  # fmt: skip


def fit(rows: Sequence[Row], outcomes: Sequence[bool], *, penalty: float = PENALTY) -> Model:
    """Learn from decided cases; of very many only the last 60,000 count, so give them in the order of time.

    Raises TooLittleData.
    """
    rows, outcomes = rows[-MOST_ROWS:], outcomes[-MOST_ROWS:]
    rarer = min(sum(outcomes), len(outcomes) - sum(outcomes))
    if len(rows) < LEAST_ROWS or rarer < LEAST_OF_OUTCOME:
        raise TooLittleData(len(rows), rarer)
    features = list(dict.fromkeys(name for row in rows for name in row))
    edges = {name: found for name in features if (found := _edges([row.get(name) for row in rows])) is not None}
    levels = {name: _levels([_level(row.get(name), edges.get(name)) for row in rows]) for name in features}
    places: dict[tuple[str, str], int] = {}
    for name in features:
        for level in levels[name]:
            places[name, level] = len(places) + 1
    cases = _cases(rows, outcomes, features, edges, levels, places)
    weights = _newton(cases, len(places) + 1, penalty)
    learnt = {name: {level: weights[places[name, level]] for level in levels[name]} for name in features}
    means = {
        name: sum(learnt[name][level] * count for level, count in levels[name].items()) / len(rows) for name in features
    }
    return Model(weights[0], learnt, means, edges, sum(outcomes) / len(outcomes), len(rows))


Case = tuple[tuple[int, ...], int, int]
"""The places of the weights that count for alike rows, how many rows there are, and how many had the outcome."""


def _cases(
    rows: Sequence[Row],
    outcomes: Sequence[bool],
    features: Sequence[str],
    edges: Mapping[str, tuple[float, ...]],
    levels: Mapping[str, Mapping[str, int]],
    places: Mapping[tuple[str, str], int],
) -> list[Case]:
    counts: dict[tuple[int, ...], list[int]] = {}
    for row, outcome in zip(rows, outcomes, strict=True):
        key = [0]
        for name in features:
            level = _level(row.get(name), edges.get(name))
            key.append(places[name, level if level in levels[name] else OTHER])
        counted = counts.setdefault(tuple(key), [0, 0])
        counted[0] += 1
        counted[1] += outcome
    return [(key, count, positive) for key, (count, positive) in counts.items()]


def _newton(cases: Sequence[Case], size: int, penalty: float) -> list[float]:
    weights = [0.0] * size
    for _step in range(MOST_STEPS):
        slope = [0.0] + [-penalty * weight for weight in weights[1:]]
        bend = [[0.0] * (at + 1) for at in range(size)]
        for at in range(1, size):
            bend[at][at] = penalty
        for key, count, positive in cases:
            chance = _sigmoid(sum(weights[at] for at in key))
            missing, curve = positive - count * chance, count * chance * (1 - chance)
            for number, at in enumerate(key):
                slope[at] += missing
                line = bend[at]
                for other in key[: number + 1]:  # the places of a key rise, so this is the lower triangle
                    line[other] += curve
        bend[0][0] += 1e-9
        step = _solved(bend, slope)
        weights = [weight + change for weight, change in zip(weights, step, strict=True)]
        if max(abs(change) for change in step) < CLOSE_ENOUGH:
            break
    return weights


def _solved(lower: list[list[float]], right: Sequence[float]) -> list[float]:
    """Solve a symmetric positive system, given by its lower triangle, by Cholesky's way."""
    size = len(right)
    for at in range(size):
        line = lower[at]
        for other in range(at):
            before = lower[other]
            line[other] = (line[other] - sum(line[k] * before[k] for k in range(other))) / before[other]
        line[at] = math.sqrt(max(line[at] - sum(value * value for value in line[:at]), 1e-12))
    forward: list[float] = []
    for at in range(size):
        forward.append((right[at] - sum(lower[at][k] * forward[k] for k in range(at))) / lower[at][at])
    found = [0.0] * size
    for at in reversed(range(size)):
        rest = sum(lower[k][at] * found[k] for k in range(at + 1, size))
        found[at] = (forward[at] - rest) / lower[at][at]
    return found


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1 + grown)


def _edges(values: Iterable[Value]) -> tuple[float, ...] | None:
    """Give the inner bounds of the quantile bins of a numeric feature; None for categories."""
    known = sorted(float(value) for value in values if isinstance(value, int | float))
    if not known:
        return None
    return tuple(sorted({known[len(known) * part // BINS] for part in range(1, BINS)}))


def _level(value: Value, edges: Sequence[float] | None) -> str:
    if value is None or value == "":
        return UNKNOWN
    if edges is None:
        return str(value)
    return str(bisect_right(edges, float(value)))


def _levels(found: Sequence[str]) -> dict[str, int]:
    """Count the levels that are common enough to count; the others together are OTHER."""
    counted = Counter(found)
    kept = {level: n for level, n in counted.most_common(MOST_LEVELS) if n >= min(LEAST_OF_LEVEL, len(found) // 10)}
    rest = len(found) - sum(kept.values())
    return {**kept, OTHER: kept.get(OTHER, 0) + rest} if rest else kept


# --- how good it is --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Calibrated:
    """Cases that were given about the same probability: the mean of it, what came true, and how many they are."""

    predicted: float
    happened: float
    count: int


@dataclass(frozen=True)
class BackTest:
    """How a model learnt from the earlier cases did on the later ones, beside always saying the base rate.

    `auc` is the chance that a case with the outcome was given more than one without (0.5 is chance; None where the
    later cases all ended alike); `brier` the mean squared error, `base_brier` that of the base rate.
    """

    trained_on: int
    tested_on: int
    auc: float | None
    brier: float
    base_rate: float
    base_brier: float
    calibration: tuple[Calibrated, ...]

    @property
    def is_useful(self) -> bool:
        """Tell whether the model said more than the base rate does."""
        return self.auc is not None and self.auc > 0.55 and self.brier < self.base_brier


def back_test(
    rows: Sequence[Row], outcomes: Sequence[bool], *, cut: int | None = None, share: float = 0.25
) -> BackTest:
    """Learn from the cases before `cut` (or before the last quarter) and judge the others; rows in order of time.

    Raises TooLittleData where either part is too small.
    """
    at = len(rows) - max(1, int(len(rows) * share)) if cut is None else cut
    model = fit(rows[:at], outcomes[:at])
    scores, truth = [model.predict(row) for row in rows[at:]], outcomes[at:]
    if len(truth) < LEAST_OF_OUTCOME:
        raise TooLittleData(len(truth), min(sum(truth), len(truth) - sum(truth)))
    return BackTest(
        at,
        len(truth),
        auc(scores, truth),
        brier(scores, truth),
        model.base_rate,
        brier([model.base_rate] * len(truth), truth),
        tuple(calibration(scores, truth, parts=max(2, min(10, len(truth) // LEAST_OF_LEVEL)))),
    )


def auc(scores: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """Give the area under the ROC curve by ranks (Mann–Whitney), equal scores counting half."""
    positive = sum(outcomes)
    negative = len(outcomes) - positive
    if not positive or not negative:
        return None
    order = sorted(range(len(scores)), key=lambda at: scores[at])
    ranks, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        middle = (start + 1 + end) / 2
        ranks += middle * sum(outcomes[at] for at in order[start:end])
        start = end
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def brier(scores: Sequence[float], outcomes: Sequence[bool]) -> float:
    """Give the mean squared difference of probability and truth (Brier 1950)."""
    return sum((score - outcome) ** 2 for score, outcome in zip(scores, outcomes, strict=True)) / len(scores)


def calibration(scores: Sequence[float], outcomes: Sequence[bool], parts: int = 10) -> list[Calibrated]:
    """Put cases in so many equal groups by their score; say what each was given and what came true."""
    order = sorted(range(len(scores)), key=lambda at: scores[at])
    found = []
    for part in range(parts):
        group = order[len(order) * part // parts : len(order) * (part + 1) // parts]
        if group:
            predicted = sum(scores[at] for at in group) / len(group)
            happened = sum(outcomes[at] for at in group) / len(group)
            found.append(Calibrated(predicted, happened, len(group)))
    return found
