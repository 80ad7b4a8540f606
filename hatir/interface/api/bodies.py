"""Reading a request's body: strict JSON, or a problem that says what is wrong with it."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import orjson
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _

from hatir.interface.api.problems import Problem

LARGEST_BODY = 1_000_000
LARGEST_BULK = 8_000_000
DEEPEST = 32
"""Levels of nesting; a record needs three."""


def raw_body(request: HttpRequest, largest: int) -> bytes:
    """Give the body's bytes. Raises Problem when it is too large or breaks off."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not told.isdigit() or int(told) > largest:
        raise Problem("too_large", _("At most %(count)d bytes are taken.") % {"count": largest})
    try:
        return request.body
    except (UnreadablePostError, RawPostDataException):
        raise Problem("bad_request") from None


def json_object(request: HttpRequest) -> dict[str, Any]:
    """Read the body as one JSON object.

    Raises Problem for another content type, bytes that are not UTF-8, JSON that RFC 8259 does not know
    (NaN, trailing commas), names that occur twice, and nesting that no record has.
    """
    kind = request.content_type or ""
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise Problem("media_type", headers={"Accept-Post": "application/json"})
    charset = (request.content_params or {}).get("charset", "utf-8").lower()  # ascii-only: a protocol word
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem("media_type", _("Send UTF-8."))
    data = parse(request.body)
    if not isinstance(data, dict):
        raise Problem("bad_json", _("Send one JSON object."))
    return data


def parse(body: bytes) -> Any:
    """Read strict JSON. Raises Problem."""
    try:
        text = body.decode()
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
        _check_depth(data, 1)
        # Refuses what a database cannot hold: half characters and numbers beyond 64 bits.
        orjson.dumps(data)
    except UnicodeDecodeError:
        raise Problem("bad_json", _("The body is not UTF-8.")) from None
    except json.JSONDecodeError as wrong:
        where = {"line": wrong.lineno, "column": wrong.colno}
        raise Problem("bad_json", _("The JSON breaks at line %(line)d, column %(column)d.") % where) from None
    except (ValueError, TypeError, RecursionError):
        raise Problem("bad_json", _("The JSON holds a number or a character that cannot be stored.")) from None
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = twice.encode("utf-8", "replace").decode()[:60]
        raise Problem("bad_json", _("The name “%(name)s” occurs twice.") % {"name": shown})
    return found


def _no_constant(word: str) -> Any:
    raise Problem("bad_json", _("%(word)s is not JSON.") % {"word": word})


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(digits)
    return number


def _check_depth(data: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Problem("bad_json", _("The JSON is nested too deeply."))
    if isinstance(data, dict):
        for name, value in data.items():
            _check_text(name)
            _check_depth(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            _check_depth(value, depth + 1)
    elif isinstance(data, str):
        _check_text(data)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise Problem("bad_json", _("The JSON holds a number or a character that cannot be stored."))
