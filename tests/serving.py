"""A Hatır as a customer runs it: own folder, own port, own processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
STOP_SECONDS = 12


@dataclass
class ServedHatir:
    """A running group: where it answers, and what it has printed."""

    url: str
    home: Path
    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)

    @property
    def sign_in_link(self) -> str:
        """Give the administrator's one-time link from the first start."""
        found: list[str] = re.findall(r"(http\S+)", "\n".join(self.printed))
        return next(link for link in found if link.rstrip("/") != self.url)

    def stop(self) -> int:
        """Press Ctrl-C and wait; give the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=STOP_SECONDS)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serve(home: Path, *options: str, **settings: str) -> Iterator[ServedHatir]:
    """Run `hatir serve` until the block ends; no child is left."""
    port = free_port()
    environment = {
        **os.environ,
        "HATIR_HOME": str(home),
        "HATIR_PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "hatir.config.settings.prod",
        **settings,
    }
    command = [sys.executable, "-m", "hatir.config.cli", "serve", *options]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=home
    )
    served = ServedHatir(url=f"http://localhost:{port}", home=home, process=process)
    reader = threading.Thread(target=_keep_printed, args=(served,), daemon=True)
    reader.start()
    try:
        _wait_until_it_answers(served)
        yield served
    finally:
        if process.poll() is None:
            served.stop()
        reader.join(timeout=2)


def _keep_printed(served: ServedHatir) -> None:
    assert served.process.stdout is not None
    for line in served.process.stdout:
        served.printed.append(line.rstrip())


def _wait_until_it_answers(served: ServedHatir) -> None:
    late = time.monotonic() + START_SECONDS
    while time.monotonic() < late:
        if served.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(served.url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Hatır did not start:\n" + "\n".join(served.printed))
