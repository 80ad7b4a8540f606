"""The declarations of the room's objects, and what it hands to the corridors."""

from hatir.domains.sequences.records.enrolments import ENROLMENT as ENROLMENT
from hatir.domains.sequences.records.sequences import SEQUENCE as SEQUENCE
from hatir.domains.sequences.records.sequences import STEP as STEP
