"""The process that reads ahead: order, errors, and its end before its time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from hatir.foundation.jobs.ahead import work_ahead
from hatir.foundation.jobs.errors import HelperStopped, NeverAgain


def parts(count: int) -> Iterator[tuple[int, int]]:
    """Give the numbers, each with the process that made it."""
    for number in range(count):
        yield number, os.getpid()


class TestWorkAhead:
    def test_gives_everything_in_order_from_a_process_of_its_own(self) -> None:
        found = list(work_ahead(parts(200)))

        assert [number for number, _process in found] == list(range(200))
        assert len({process for _number, process in found}) == 1
        assert found[0][1] != os.getpid()

    def test_raises_here_what_was_raised_there(self) -> None:
        def broken() -> Iterator[int]:
            yield 1
            raise NeverAgain("line 7 is no JSON")

        reader = work_ahead(broken())

        assert next(reader) == 1
        with pytest.raises(NeverAgain, match="line 7 is no JSON"):
            next(reader)

    def test_says_that_the_reader_was_killed_and_may_be_tried_again(self) -> None:
        def dies() -> Iterator[int]:
            yield 1
            os.kill(os.getpid(), signal.SIGKILL)

        reader = work_ahead(dies())

        assert next(reader) == 1
        with pytest.raises(HelperStopped):
            next(reader)

    def test_ends_the_reader_when_nobody_listens_any_more(self) -> None:
        reader = work_ahead(parts(10**9))
        _number, process = next(reader)

        reader.close()

        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
