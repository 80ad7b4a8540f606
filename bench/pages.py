"""Times of the pages that people open all day, as ratios to the limit page, and their SQL statements."""

from __future__ import annotations

import json
import os
from urllib.parse import quote

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.measuring import in_turn, machine, served  # noqa: E402
from hatir.domains.customers.models import Customer  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.records.querying import Sort, cursors_at  # noqa: E402
from hatir.foundation.records.refs import RecordRef  # noqa: E402
from hatir.foundation.records.registry import record_type  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402
from hatir.foundation.timeline.actions import post_note  # noqa: E402
from hatir.foundation.timeline.models import TimelineEntry  # noqa: E402
from hatir.kit.ids import encode_id  # noqa: E402

LIST = "/records/customers.customer/"


def session_of(user: User) -> str:
    """Sign a user in without a browser; give the session key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


ENTRIES = 200


def busy_customer() -> int:
    """Give a customer with 200 timeline entries; the newest one gets what is missing."""
    newest = int(Customer.objects.order_by("-id").values_list("pk", flat=True)[0])
    about = RecordRef("customers.customer", newest)
    held = TimelineEntry.objects.filter(type_key=about.type_key, about_id=newest).count()
    for number in range(held, ENTRIES):
        post_note(about, text=f"Bench: {number + 1}. not, montaj günü için arandı.", actor=system_actor("bench"))
    return newest


def cases() -> list[tuple[str, str, str]]:
    """Name each page, its address and its bar."""
    tree = {"all": [
        {"field": "city", "op": "is", "value": "İzmir"},
        {"field": "stage", "op": "in", "value": ["customer", "loyal"]},
        {"field": "lifetime_value", "op": "gte", "value": 5000},
    ]}  # fmt: skip
    filters = quote(json.dumps(tree, ensure_ascii=False))
    return [
        ("list of 50, first page", LIST, "≤ 5 x, ≤ 60 ms"),
        ("list of 50, deep page", deep_page(), "≤ 5 x, ≤ 60 ms"),
        ("list, three filters and a sort", f"{LIST}?f={filters}&sort=-lifetime_value", "≤ 8 x, ≤ 100 ms"),
        ("search as you type", f"/palette/?q={quote('isik')}", "≤ 4 x, ≤ 50 ms"),
        ("search as you type, two words", f"/palette/?q={quote('ayşe yıl')}", "≤ 4 x, ≤ 50 ms"),
        ("customer page, 200 entries", f"{LIST}{encode_id(busy_customer())}/", "≤ 10 x, ≤ 100 ms"),
    ]


def deep_page() -> str:
    """Give the address of a page half way down the list."""
    rt = record_type("customers.customer")
    total = Customer.objects.count()
    middle = Customer.objects.order_by("-id").values_list("pk", flat=True)[total // 2]
    sorts = tuple(Sort(name.lstrip("-"), name.startswith("-")) for name in rt.order)
    found = cursors_at(Customer.objects.filter(archived_at=None), rt, sorts, middle)
    assert found is not None
    return f"{LIST}?at={quote(found[1])}"


def main() -> None:
    """Print the table."""
    user = User.objects.filter(is_admin=True, is_active=True).order_by("id")[0]
    key = session_of(user)
    print(machine(), f"{Customer.objects.count():,} customers, {TimelineEntry.objects.count():,} timeline entries")
    pages = cases()
    with served() as (product, limit):
        cookies = {settings.SESSION_COOKIE_NAME: key}
        with httpx.Client(base_url=product, cookies=cookies, timeout=60) as client:
            for name, path, bar in pages:
                client.headers["HX-Request"] = "true" if path.startswith("/palette/") else ""  # as the browser asks
                print(in_turn(client, name, path, limit, bar=bar).line(), flush=True)
    count_statements(key, pages)


def count_statements(key: str, pages: list[tuple[str, str, str]]) -> None:
    """Print how many SQL statements each page costs."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    for name, path, _bar in pages:
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        print(f"{name:<34} {len(seen):3d} SQL statements")


if __name__ == "__main__":
    main()
