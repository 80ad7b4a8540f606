"""Which record type an address names; a type that is not there for the actor is a page that does not exist."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from hatir.foundation.access.queries import get_for, get_visible, may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.kit.ids import decode_id


def type_or_404(actor: Actor, key: str, verb: str = "view") -> RecordType:
    """Find a type by its key on which the actor may use the verb."""
    try:
        rt = record_type(key)
    except NotFoundHere:
        raise Http404 from None
    if not may(actor, "view", rt) or not may(actor, verb, rt):
        raise Http404
    return rt


def record_or_404(actor: Actor, rt: RecordType, public_id: str, verb: str = "view") -> Any:
    """Find a record on which the actor may use the verb. Raises Denied for one that may only be seen."""
    try:
        record_id = decode_id(public_id)
        return get_visible(actor, rt, record_id) if verb == "view" else get_for(actor, rt, record_id, verb)
    except (ValueError, NotFoundHere):
        raise Http404 from None


def list_url(rt: RecordType) -> str:
    """Give the address of a type's list: the area's own for the first of an area, short ones for the rest."""
    if rt.area and rt.path:
        return f"/{rt.area}/" if rt.path == rt.area else f"/{rt.area}/{rt.path}/"
    return f"/records/{rt.key}/"
