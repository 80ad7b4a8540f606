"""`python -m tests.postgres_answers`: exit code 0 when the server of DATABASE_URL answers."""

from __future__ import annotations

import os
import sys

import psycopg

from hatir.config.env import read_environment


def answers() -> bool:
    """Knock at the server's own database: the suite's is made by the tests."""
    os.environ.setdefault("HATIR_SECRET_KEY", "x" * 32)
    database = read_environment().database
    try:
        with psycopg.connect(
            host=database.host or None,
            port=database.port or None,
            user=database.user or None,
            password=database.password or None,
            dbname="postgres",
            connect_timeout=3,
        ):
            return True
    except psycopg.Error:
        return False


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
