"""Learn a company's frequencies from its own records: no labels, no model of anybody else's data."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log2

from hatir.foundation.merging.comparing import LEVELS, MISSING
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import Form
from hatir.foundation.merging.weighing import FEWEST, Scale, Weights, parts_of

SAMPLE = 60_000
"""Random pairs that are compared to learn how often any two records agree."""
KEPT_VALUES = 4_000
ROUNDS = 4


def learn(comparisons: Sequence[Compare], records: Sequence[Sequence[Form]]) -> Weights:
    """Measure how often any two records agree, and which values are common."""
    count = len(records)
    start = Weights(max(count, FEWEST), -log2(max(count, FEWEST)))
    if count < 2:
        return start
    return Weights(start.count, start.prior, _any_two(comparisons, records), _common(comparisons, records))


def _any_two(comparisons: Sequence[Compare], records: Sequence[Sequence[Form]]) -> tuple[tuple[float, ...], ...]:
    scale = Scale(comparisons, Weights())
    counts: list[Counter[int]] = [Counter() for _part in scale.parts]
    chance = random.Random(1)  # noqa: S311 - a sample, the same every time
    for _turn in range(min(SAMPLE, len(records) ** 2)):
        one, other = chance.randrange(len(records)), chance.randrange(len(records))
        if one != other:
            for counter, level in zip(counts, scale.levels(records[one], records[other]), strict=True):
                counter[level] += 1
    return tuple(_shares(counter) for counter in counts)


def _shares(counter: Counter[int]) -> tuple[float, ...]:
    """Half a pair is added to each level, so that none is impossible."""
    total = sum(count for level, count in counter.items() if level != MISSING) + 2
    return tuple((counter[level] + 0.5) / total for level in LEVELS)


def _common(comparisons: Sequence[Compare], records: Sequence[Sequence[Form]]) -> tuple[dict[str, float], ...]:
    found = []
    for part in parts_of(comparisons):
        counter: Counter[str] = Counter()
        for forms in records:
            counter.update(part.values(forms))
        total = max(sum(counter.values()), FEWEST)
        # A value that two records have is nobody else's: one of the two is the pair itself.
        often = (pair for pair in counter.most_common(KEPT_VALUES) if pair[1] > 2)
        found.append({value: (count - 1) / total for value, count in often})
    return tuple(found)


def share_of_duplicates(weights: Iterable[float], count: int, start: float) -> float:
    """Give the logarithm of the chance that two records are one, from the weights that pairs got with `start`.

    Expectation and maximisation of this one figure: the pairs' own probabilities say how many duplicates there are.
    """
    bare = [bits - start for bits in weights]
    possible = max(count * (count - 1) / 2, 1.0)
    prior = start
    for _turn in range(ROUNDS):
        expected = sum(1 / (1 + 2 ** -max(-60.0, min(60.0, bits + prior))) for bits in bare)
        prior = log2(max(expected, 1.0) / possible)
    return max(start, min(prior, start + 3))


"""One figure alone is learnt so, within bounds: a company full of duplicates may make pairs eight times likelier."""
