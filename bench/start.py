"""Cold start of the product, and the memory of all its processes at rest (PSS)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench.measuring import ROOT, free_port, machine, wait_for

REST_SECONDS = 5


def children_of(pid: int) -> list[int]:
    """List a process and all below it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def pss_megabytes(pid: int) -> float:
    """Give the proportional memory of one process in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[0]) / 1024


def main() -> None:
    """Print cold start in seconds and memory in MB."""
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "hatir.config.cli", "serve"],
        env={**os.environ, "HATIR_PORT": str(port)}, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/accounts/login/")
        took = time.monotonic() - started
        time.sleep(REST_SECONDS)
        sizes = {pid: pss_megabytes(pid) for pid in children_of(process.pid)}
    finally:
        process.terminate()
        process.wait(timeout=15)
    print(machine())
    print(f"cold start {took:.1f} s (bar ≤ 3 s)")
    print(f"at rest {sum(sizes.values()):.0f} MB PSS (bar ≤ 400 MB) in {len(sizes)} processes")


if __name__ == "__main__":
    main()
