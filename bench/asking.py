"""Ask for one page ten times a second until standard input ends, and print the milliseconds as a JSON list.

A process of its own, as a browser is: a thread of the importing process would wait for Python's lock.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import httpx


def main(address: str, path: str, cookie: str, key: str) -> None:
    """Ask until whoever started this closes the pipe."""
    ended = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    times: list[float] = []
    with httpx.Client(base_url=address, cookies={cookie: key}, timeout=60) as client:
        while not ended.wait(0.1):
            began = time.perf_counter()
            client.get(path).raise_for_status()
            times.append((time.perf_counter() - began) * 1000)
    print(json.dumps(times))


if __name__ == "__main__":
    main(*sys.argv[1:])
