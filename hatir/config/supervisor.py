"""One foreground group of processes: web workers on one port and a job worker, restarted when they fall.

The parent loads Django once and forks, so a start costs one import and the children share its memory.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import secrets
import selectors
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from django.db import connections

GRACE_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0
NODES = 1024
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process to keep alive; `work` runs in it and returns when told to stop by SIGTERM."""

    name: str
    work: Callable[[], None]
    node: int = 0
    pid: int = 0
    output: int = -1
    started_at: float = 0.0
    start_after: float = 0.0
    pause_seconds: float = FIRST_PAUSE_SECONDS
    unfinished_line: bytes = field(default=b"", repr=False)


class Supervisor:
    """Starts the children, passes their output on, restarts the fallen, and leaves none behind."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.stopping_since: float | None = None
        self.selector = selectors.DefaultSelector()
        first_node = int(os.environ.get("HATIR_NODE") or secrets.randbelow(NODES))
        for place, child in enumerate(children):
            child.node = (first_node + place) % NODES

    def run(self) -> int:
        """Keep the group alive until SIGINT or SIGTERM; give the exit code."""
        wake = self._listen_to_signals()
        gc.collect()
        gc.freeze()
        while self._anything_left():
            now = time.monotonic()
            self._start_due(now)
            self._kill_late(now)
            for key, _events in self.selector.select(timeout=0.5):
                if key.fileobj == wake:
                    os.read(wake, 512)
                else:
                    self._pass_on(key.data)
            self._bury_fallen()
        return 0

    # --- starting ---

    def _start_due(self, now: float) -> None:
        if self.stopping_since is not None:
            return
        for child in self.children:
            if not child.pid and child.start_after <= now:
                self._start(child, now)

    def _start(self, child: Child, now: float) -> None:
        connections.close_all()  # a connection cannot be shared with a child
        sys.stdout.flush()
        sys.stderr.flush()
        reading, writing = os.pipe()
        os.environ["HATIR_NODE"] = str(child.node)  # the record keys of each process differ
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            become_child(child, writing, parent)
        os.close(writing)
        os.set_blocking(reading, False)
        child.pid, child.output, child.started_at = pid, reading, now
        self.selector.register(reading, selectors.EVENT_READ, child)

    # --- listening ---

    def _listen_to_signals(self) -> int:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self.selector.register(reading, selectors.EVENT_READ)
        return reading

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping_since is None:
            self.stopping_since = time.monotonic()
        for child in self.children:
            if child.pid:
                os.kill(child.pid, signal.SIGTERM)

    def _pass_on(self, child: Child) -> None:
        """Print what a child wrote, line by line, with its name before it."""
        try:
            piece = os.read(child.output, 65536)
        except BlockingIOError:
            return
        *lines, child.unfinished_line = (child.unfinished_line + piece).split(b"\n")
        if not piece:
            self.selector.unregister(child.output)
            os.close(child.output)
            child.output = -1
            lines = [line for line in (child.unfinished_line,) if line]
            child.unfinished_line = b""
        for line in lines:
            sys.stderr.buffer.write(b"%-6s | %s\n" % (child.name.encode(), line))
        sys.stderr.buffer.flush()

    # --- ending ---

    def _anything_left(self) -> bool:
        return self.stopping_since is None or any(child.pid for child in self.children)

    def _kill_late(self, now: float) -> None:
        if self.stopping_since is None or now - self.stopping_since < GRACE_SECONDS:
            return
        for child in self.children:
            if child.pid:
                os.kill(child.pid, signal.SIGKILL)

    def _bury_fallen(self) -> None:
        for child in self.children:
            if not child.pid:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                self._bury(child, os.waitstatus_to_exitcode(status))

    def _bury(self, child: Child, exit_code: int) -> None:
        while child.output >= 0:
            before = child.output
            self._pass_on(child)
            if child.output == before and not _readable(before):
                break
        if child.output >= 0:  # a grandchild still holds the pipe
            self.selector.unregister(child.output)
            os.close(child.output)
            child.output = -1
        child.pid = 0
        if self.stopping_since is not None:
            return
        now = time.monotonic()
        steady = now - child.started_at > STEADY_SECONDS
        child.pause_seconds = FIRST_PAUSE_SECONDS if steady else min(child.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        child.start_after = now + child.pause_seconds
        text = f"{child.name} ended ({exit_code}), starts again in {child.pause_seconds:.0f} s"
        sys.stderr.write(f"hatir  | {text}\n")


def _readable(descriptor: int) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))


def become_child(child: Child, output: int, parent: int) -> None:
    """Turn a forked copy into the child: own signals, output to the parent, dead when the parent dies."""
    exit_code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent(parent)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        child.work()
        exit_code = 0
    except SystemExit as ended:
        exit_code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # the last stop before the process ends; the log keeps the cause
        logging.getLogger("hatir").exception("%s fell", child.name)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(exit_code)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process with its parent, however the parent ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os._exit(0)
