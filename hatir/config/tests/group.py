"""A small group of processes for test_supervisor: each child writes its name and pid and then waits."""

from __future__ import annotations

import os
import sys
import time

import django
from django.conf import settings

from hatir.config.supervisor import Child, Supervisor


def wait() -> None:
    print(f"pid {os.getpid()} node {os.environ['HATIR_NODE']}", flush=True)  # noqa: T201
    time.sleep(60)


def stubborn() -> None:
    import signal

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait()


def fall() -> None:
    raise RuntimeError("fallen")


if __name__ == "__main__":
    settings.configure()
    django.setup()
    kinds = {"wait": wait, "stubborn": stubborn, "fall": fall}
    sys.exit(Supervisor([Child(f"c{place}", kinds[kind]) for place, kind in enumerate(sys.argv[1:])]).run())
