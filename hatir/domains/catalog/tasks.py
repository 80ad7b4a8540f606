"""What the room does by the clock: it asks for exchange rates, if the company wants that."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.ports import rate_feed
from hatir.domains.catalog.preferences import FETCH_RATES
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import system_actor


# Long, since it waits for others and must not hold a transaction meanwhile. The clock asks three times a day and the
# publisher is asked once: when the newest bulletin is here the other times end without a word to the street.
@task(key=actions.FETCH, kind="long", label=_("Fetch exchange rates"))
def fetch_rates(context: JobContext, is_asked: bool = False) -> dict[str, object]:
    """Fetch what is due, when the company has switched that on; when somebody asked, whatever is there."""
    feed, now = rate_feed(), timezone.now()
    if feed is None or not (is_asked or (value_of(FETCH_RATES.key) and queries.rates_are_due(feed, now))):
        return {"stored": 0}
    actor = system_actor(actions.FETCH).in_operation(context.actor.operation)
    fetched = actions.fetch_rates(feed, actor=actor, at=now)
    return {"stored": fetched.stored, "newest_on": fetched.newest_on.isoformat()}
