"""The job that builds the index anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.declaration import task
from hatir.foundation.search.actions import REINDEX, reindex, reindex_all


@task(key=REINDEX, kind="long", label=_("Search index"))
def rebuild(context: Any, type_key: str = "") -> None:
    """Build the entries of one type anew, or of all; may be stopped and run again at any time."""

    def told(done: int) -> None:
        context.progress(done)

    if type_key:
        reindex(type_key, told)
    else:
        reindex_all(told)
