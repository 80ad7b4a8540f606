"""Learning: weights with known answers, honest figures, and refusal of too little."""

from __future__ import annotations

import json
import math
import random

import pytest

from hatir.kit import learning
from hatir.kit.learning import OTHER, UNKNOWN, Row, TooLittleData, auc, back_test, brier, calibration, fit


def cases(counts: dict[str, tuple[int, int]]) -> tuple[list[Row], list[bool]]:
    """Give rows of a single category: by its name how many had the outcome, and how many had it not."""
    rows: list[Row] = []
    outcomes: list[bool] = []
    for name, (yes, no) in counts.items():
        rows += [{"colour": name}] * (yes + no)
        outcomes += [True] * yes + [False] * no
    return rows, outcomes


class TestFit:
    def test_gives_the_share_of_each_category(self) -> None:
        # With hardly any penalty the maximum likelihood of a category is its own share: 300/400 and 50/200.
        model = fit(*cases({"red": (300, 100), "blue": (50, 150)}), penalty=1e-6)

        assert model.predict({"colour": "red"}) == pytest.approx(0.75, abs=1e-4)
        assert model.predict({"colour": "blue"}) == pytest.approx(0.25, abs=1e-4)
        difference = model.weights["colour"]["red"] - model.weights["colour"]["blue"]
        assert difference == pytest.approx(math.log(3) - math.log(1 / 3), abs=1e-4)

    def test_penalty_draws_to_the_base_rate(self) -> None:
        rows, outcomes = cases({"red": (300, 100), "blue": (50, 150)})

        free, bound = fit(rows, outcomes, penalty=1e-6), fit(rows, outcomes, penalty=100)

        assert bound.base_rate < bound.predict({"colour": "red"}) < free.predict({"colour": "red"})

    def test_adds_two_features_up(self) -> None:
        chance = random.Random(1)
        rows, outcomes = [], []
        for _n in range(20_000):
            colour, size = chance.choice("ab"), chance.choice("xy")
            odds = -0.5 + (1.0 if colour == "a" else 0) + (-0.8 if size == "y" else 0)
            rows.append({"colour": colour, "size": size})
            outcomes.append(chance.random() < 1 / (1 + math.exp(-odds)))

        weights = fit(rows, outcomes).weights

        assert weights["colour"]["a"] - weights["colour"]["b"] == pytest.approx(1.0, abs=0.1)
        assert weights["size"]["y"] - weights["size"]["x"] == pytest.approx(-0.8, abs=0.1)

    def test_cuts_numbers_into_bins(self) -> None:
        rows: list[Row] = [{"amount": float(n)} for n in range(1000)]
        outcomes = [n >= 800 or n % 4 == 0 for n in range(1000)]

        model = fit(rows, outcomes)
        [reason] = model.reasons({"amount": 900})

        assert model.edges["amount"] == (200.0, 400.0, 600.0, 800.0)
        assert model.predict({"amount": 900}) > 0.9
        assert (reason.low, reason.high, reason.effect > 0) == (800.0, None, True)

    def test_a_bin_with_too_few_is_told_as_another_number(self) -> None:
        rows: list[Row] = [{"amount": 0.0 if n < 200 else -1.0} for n in range(210)]
        outcomes = [n % 2 == 0 for n in range(200)] + [True] * 10

        [reason] = fit(rows, outcomes).reasons({"amount": -1.0}, most=1)

        assert (reason.level, reason.low, reason.high, reason.effect > 0) == (OTHER, None, None, True)

    def test_what_it_never_saw_is_other_or_unknown(self) -> None:
        rows, outcomes = cases({"red": (300, 100), "blue": (50, 150), "rare": (1, 0)})
        model = fit([*rows, *[{"colour": None}] * 60], [*outcomes, *[True, False] * 30])

        assert {OTHER, UNKNOWN} <= set(model.weights["colour"])
        assert model.predict({"colour": "green"}) == model.predict({"colour": "rare"})
        assert 0.4 < model.predict({}) < 0.6

    def test_comes_back_from_json_the_same(self) -> None:
        model = fit(*cases({"red": (300, 100), "blue": (50, 150)}))
        again = learning.model_from_json(json.loads(json.dumps(model.as_json())))

        assert again.predict({"colour": "red"}) == model.predict({"colour": "red"})
        assert again.reasons({"colour": "red"}) == model.reasons({"colour": "red"})

    @pytest.mark.parametrize("counts", [{"red": (30, 30)}, {"red": (500, 10)}])
    def test_refuses_too_little(self, counts: dict[str, tuple[int, int]]) -> None:
        with pytest.raises(TooLittleData):
            fit(*cases(counts))


class TestFigures:
    def test_auc_by_hand(self) -> None:
        # Pairs (yes, no): (.8,.4) right, (.8,.6) right, (.5,.4) right, (.5,.6) wrong: 3 of 4.
        assert auc([0.8, 0.5, 0.4, 0.6], [True, True, False, False]) == 0.75
        assert auc([0.5, 0.5], [True, False]) == 0.5
        assert auc([0.5], [True]) is None

    def test_brier_by_hand(self) -> None:
        assert brier([1.0, 0.5], [True, False]) == 0.125

    def test_calibration_by_hand(self) -> None:
        found = calibration([0.1, 0.2, 0.8, 0.9], [False, True, True, True], parts=2)

        assert [(round(each.predicted, 2), each.happened, each.count) for each in found] == [
            (0.15, 0.5, 2),
            (0.85, 1.0, 2),
        ]


class TestBackTest:
    def test_learns_from_before_and_judges_what_came_later(self) -> None:
        chance = random.Random(2)
        rows: list[Row] = [{"colour": chance.choice("ab")} for _n in range(2000)]
        outcomes = [chance.random() < (0.8 if row["colour"] == "a" else 0.2) for row in rows]

        found = back_test(rows, outcomes)

        assert (found.trained_on, found.tested_on) == (1500, 500)
        assert found.auc is not None
        assert 0.75 < found.auc < 0.85
        assert found.brier < found.base_brier
        assert found.is_useful

    def test_of_pure_chance_says_so(self) -> None:
        chance = random.Random(3)
        rows: list[Row] = [{"colour": chance.choice("abcdefgh")} for _n in range(4000)]

        found = back_test(rows, [chance.random() < 0.5 for _row in rows])

        assert not found.is_useful
        assert found.auc == pytest.approx(0.5, abs=0.05)
