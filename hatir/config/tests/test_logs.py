"""The log tells what happened, not to whom."""

from __future__ import annotations

import pytest

from hatir.config.logs import without_personal_data


class TestWithoutPersonalData:
    @pytest.mark.parametrize(
        ("line", "left"),
        [
            ("mail to ayse.isik@lalemarket.com.tr failed", "mail to [@] failed"),
            ("GET /customers/?q=Ay%C5%9Fe 500", "GET /customers/ 500"),
            ("call to +90 532 123 45 67 ended", "call to […] ended"),
            ("TCKN 10000000146 refused", "TCKN […] refused"),
            ("2026-03-01 12:00:01,123 INFO job 42 took 1200 ms", "2026-03-01 12:00:01,123 INFO job 42 took 1200 ms"),
        ],
    )
    def test_takes_out_what_belongs_to_people(self, line: str, left: str) -> None:
        assert without_personal_data(line) == left
