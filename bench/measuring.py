"""Start the product and the limit page side by side, ask both in turn, print ratios."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """Times of one page beside those of the limit page, in milliseconds."""

    name: str
    times: tuple[float, ...]
    limit_times: tuple[float, ...]
    size: int
    bar: str = ""

    @property
    def ratio(self) -> float:
        return statistics.median(self.times) / statistics.median(self.limit_times)

    def line(self) -> str:
        ordered = sorted(self.times)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        half, limit = statistics.median(self.times), statistics.median(self.limit_times)
        return (
            f"{self.name:<34} {self.ratio:6.1f} x   p50 {half:7.1f} ms   p95 {p95:7.1f} ms   "
            f"limit {limit:5.1f} ms   {self.size / 1024:6.1f} KB   {self.bar}"
        )


def free_port() -> int:
    """Ask the system for a port that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """Serve the product and the limit page on the configured database; give both addresses."""
    product, limit = free_port(), free_port()
    environment = {**os.environ, "HATIR_PORT": str(product)}
    running = [
        subprocess.Popen([sys.executable, "-m", "hatir.config.cli", "serve"], env=environment, cwd=ROOT,
                         stdout=subprocess.DEVNULL),
        subprocess.Popen([sys.executable, "-m", "bench.limit_site", str(limit)], env=environment, cwd=ROOT),
    ]  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{product}/accounts/login/")
        wait_for(f"http://127.0.0.1:{limit}/limit/")
        yield f"http://127.0.0.1:{product}", f"http://127.0.0.1:{limit}/limit/"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=15)


def wait_for(url: str, seconds: float = 60) -> float:
    """Wait until an address answers; give the seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        try:
            if httpx.get(url, timeout=5).status_code < 500:
                return time.monotonic() - start
        except httpx.HTTPError:
            time.sleep(0.05)
    raise TimeoutError(url)


def in_turn(client: httpx.Client, name: str, path: str, limit_url: str, *, bar: str = "", rounds: int = 60) -> Figure:
    """Ask the page and the limit page in turn, one request each."""
    times, limits, size = [], [], 0
    for turn in range(rounds + 5):
        started = time.perf_counter()
        answer = client.get(path)
        between = time.perf_counter()
        client.get(limit_url)
        ended = time.perf_counter()
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {path} answered {answer.status_code}")
        if turn >= 5:
            times.append((between - started) * 1000)
            limits.append((ended - between) * 1000)
            size = answer.num_bytes_downloaded
    return Figure(name, tuple(times), tuple(limits), size, bar)


def machine() -> str:
    """Say on what the figures were taken."""
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    return f"{engine}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
