"""The page for developers: how to call the API, with examples that are run by the tests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, may
from hatir.foundation.records.registry import record_types
from hatir.interface.api.problems import TITLES
from hatir.interface.web.acting import actor_of
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_frame import show

EXAMPLES = Path(__file__).resolve().parents[4] / "docs" / "examples" / "api"
PACKED = Path(__file__).resolve().parents[1] / "examples"
LANGUAGES = (("php", "PHP"), ("py", "Python"), ("sh", "cURL"))
MOST_BYTES = 20_000


@dataclass(frozen=True)
class Task:
    """Something that developers want to do, and the name of its examples."""

    key: str
    label: Promise | str
    text: Promise | str


TASKS = (
    Task(
        "create_customer",
        gettext_lazy("Send a customer"),
        gettext_lazy("Answers 201 with the new record and its id."),
    ),
    Task(
        "list_customers",
        gettext_lazy("Read a list"),
        gettext_lazy("Filter, choose fields, sort; the answer's “next” is the cursor of the next page."),
    ),
    Task(
        "update_customer",
        gettext_lazy("Change a record"),
        gettext_lazy("If-Match keeps two programs from overwriting each other: the slower one gets 412."),
    ),
    Task(
        "handle_errors",
        gettext_lazy("Handle refusals"),
        gettext_lazy("Every refusal is a JSON problem with code, title and messages by field, in Turkish or English."),
    ),
    Task(
        "verify_webhook",
        gettext_lazy("Check a webhook"),
        gettext_lazy("The signature proves that the message came from here and is not older than five minutes."),
    ),
)


@cache
def source_of(name: str) -> str:
    """Read an example; "" when this installation came without them."""
    for folder in (EXAMPLES, PACKED):
        file = folder / name
        if file.is_file():
            return file.read_text(encoding="utf-8")[:MOST_BYTES]
    return ""


@screen()
@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Show how programs talk to this Hatır."""
    actor = actor_of(request)
    asked = request.GET.get("language", "php")
    chosen = asked if asked in dict(LANGUAGES) else "php"
    tasks = [
        {"key": task.key, "label": task.label, "text": task.text, "source": _shown(f"{task.key}.{chosen}")}
        for task in TASKS
    ]
    context = {
        "page_title": _("For developers"),
        "intro": _("Programs read and write the same records as people, with the rights of one user and one key."),
        "base_url": settings.HATIR_BASE_URL,
        "languages": [{"key": key, "label": label, "is_chosen": key == chosen} for key, label in LANGUAGES],
        "tasks": tasks,
        "types": [rt for rt in record_types() if may(actor, "view", rt)],
        "problems": [{"code": code, "status": status, "title": title} for code, (status, title) in TITLES.items()],
        "may_manage": has_permission(actor, MANAGE),
    }
    return show(request, "web/developers/screen.html", "developers", context)


def _shown(name: str) -> str:
    return source_of(name).replace("https://crm.example.com", settings.HATIR_BASE_URL)


urlpatterns = [path("developers/", developers, name="developers")]
