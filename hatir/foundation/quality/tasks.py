"""The long work of this room: profiles and corrections."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.quality.actions import correct
from hatir.foundation.quality.profiling import take_profile
from hatir.foundation.quality.queries import profiled_types
from hatir.foundation.records.registry import record_type


@task(key="quality.profile", kind="long", label=_("Look at the quality of the data"))
def profile(job: JobContext, type_key: str) -> dict[str, Any]:
    """Take a profile of all records of a type."""
    return {"rows": take_profile(record_type(type_key), told=job.progress).row_count}


@task(key="quality.profile_again", kind="long", label=_("Look at the quality of the data again"))
def profile_again(job: JobContext) -> dict[str, Any]:
    """Take a new profile of every type that somebody looked at once."""
    types = profiled_types()
    for rt in types:
        take_profile(rt, told=job.progress)
    return {"types": [rt.key for rt in types]}


@task(key="quality.correct", kind="long", label=_("Correct data"), titled=_("Correcting %(subject)s"))
def correct_all(job: JobContext, type_key: str, field: str, check_key: str) -> dict[str, Any]:
    """Put all suggestions of a check in place."""
    outcome = correct(record_type(type_key), field, check_key, actor=job.actor, told=job.progress)
    return {"changed": outcome.changed, "left_count": len(outcome.skipped), "left": outcome.left}
