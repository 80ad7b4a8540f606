"""The declarations of the room, and what it hands to the corridors."""

from hatir.domains.planning.records.booking import BOOKING_PAGE as BOOKING_PAGE
from hatir.domains.planning.records.planner import PLANNER as PLANNER
from hatir.domains.planning.records.tasks import TASK as TASK
