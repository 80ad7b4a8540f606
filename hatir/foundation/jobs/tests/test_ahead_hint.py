"""What the writing process says reaches the one that reads for it."""

from __future__ import annotations

import os

import pytest

from hatir.foundation.jobs.ahead import Hint


class TestHint:
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="Nothing is read ahead where no process can be forked.")
    def test_is_heard_by_a_process_that_was_forked_before(self) -> None:
        hint = Hint(True)
        asked, asking = os.pipe()
        child = os.fork()
        if child == 0:
            os.read(asked, 1)
            os._exit(0 if not hint else 1)
        hint.say(False)
        os.write(asking, b"x")

        _pid, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0
