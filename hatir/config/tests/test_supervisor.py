"""The group starts, heals and ends as one."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Group:
    process: subprocess.Popen[str]
    log: Path

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def pids(self) -> list[int]:
        return [int(pid) for pid in re.findall(r"pid (\d+)", self.log.read_text())]


@contextmanager
def group(log: Path, *kinds: str) -> Iterator[Group]:
    command = [sys.executable, "-m", "hatir.config.tests.group", *kinds]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, text=True)
    try:
        yield Group(process, log)
    finally:
        process.kill()
        process.wait()


def until(fact: Callable[[], bool], seconds: float = 15) -> bool:
    late = time.monotonic() + seconds
    while time.monotonic() < late:
        if fact():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"


class TestGroup:
    def test_gives_each_child_a_name_in_the_log_and_a_node_of_its_own(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "wait", "wait") as running:
            assert until(lambda: len(running.pids()) == 2)

            assert {line.split("|")[0].strip() for line in running.lines()} == {"c0", "c1"}
            assert len(set(re.findall(r"node (\d+)", running.log.read_text()))) == 2

    def test_ends_whole_on_ctrl_c(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "wait", "wait") as running:
            assert until(lambda: len(running.pids()) == 2)

            running.process.send_signal(signal.SIGINT)

            assert running.process.wait(timeout=5) == 0
            assert not any(is_alive(pid) for pid in running.pids())

    def test_kills_a_child_that_will_not_end(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "stubborn") as running:
            assert until(lambda: len(running.pids()) == 1)

            running.process.send_signal(signal.SIGTERM)

            assert running.process.wait(timeout=10) == 0
            assert not is_alive(running.pids()[0])

    def test_starts_a_killed_child_again(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "wait", "wait") as running:
            assert until(lambda: len(running.pids()) == 2)

            os.kill(running.pids()[0], signal.SIGKILL)

            assert until(lambda: len(running.pids()) == 3)

    def test_waits_longer_before_each_new_try(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "fall") as running:
            assert until(lambda: sum("starts again" in line for line in running.lines()) >= 2)

            pauses = re.findall(r"again in ([\d.]+) s", running.log.read_text())

        assert pauses[:2] == ["1", "2"]
        assert "RuntimeError: fallen" in running.log.read_text()

    def test_leaves_no_child_when_the_parent_is_killed(self, tmp_path: Path) -> None:
        with group(tmp_path / "log", "wait", "wait") as running:
            assert until(lambda: len(running.pids()) == 2)

            running.process.kill()

            assert until(lambda: not any(is_alive(pid) for pid in running.pids()), seconds=5)
