"""What is written to the log, and that nothing personal is."""

from __future__ import annotations

import logging
import re
from typing import Any

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<![\w.:-])(?!\d{4}-\d\d-\d\d\b)\+?\d[\d ()-]{8,}\d(?![\w.:-])")
_QUERY = re.compile(r"(/[^\s?\"]*)\?[^\s\"]*")


def without_personal_data(text: str) -> str:
    """Take e-mail addresses, telephone and identity numbers, and query strings out of a line."""
    return _LONG_NUMBER.sub("[…]", _EMAIL.sub("[@]", _QUERY.sub(r"\1", text)))


class DiscreetFormatter(logging.Formatter):
    """Formats a line and its traceback, then takes out what belongs to people."""

    def format(self, record: logging.LogRecord) -> str:
        return without_personal_data(super().format(record))


def logging_settings(*, level: str) -> dict[str, Any]:
    """Give Django's LOGGING: one handler to standard error, discreet."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "hatir.config.logs.DiscreetFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "hatir": {"handlers": ["stderr"], "level": level, "propagate": False},
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    }
