"""The tables of the room."""

from hatir.domains.planning.models.booking import Booking as Booking
from hatir.domains.planning.models.booking import BookingPage as BookingPage
from hatir.domains.planning.models.calendars import CalendarObject as CalendarObject
from hatir.domains.planning.models.calendars import FeedLink as FeedLink
from hatir.domains.planning.models.tasks import CANCELLED as CANCELLED
from hatir.domains.planning.models.tasks import DONE as DONE
from hatir.domains.planning.models.tasks import KINDS as KINDS
from hatir.domains.planning.models.tasks import OPEN as OPEN
from hatir.domains.planning.models.tasks import OUTCOMES as OUTCOMES
from hatir.domains.planning.models.tasks import Task as Task
from hatir.domains.planning.rules import CALL as CALL
from hatir.domains.planning.rules import MEETING as MEETING
from hatir.domains.planning.rules import TO_DO as TO_DO
from hatir.domains.planning.rules import VISIT as VISIT
