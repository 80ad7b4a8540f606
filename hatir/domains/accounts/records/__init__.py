"""The declarations of the room's objects."""

from hatir.domains.accounts.records.plans import ANSWER, CONTACT, GOAL, PLAN, RISK

__all__ = ["ANSWER", "CONTACT", "GOAL", "PLAN", "RISK"]
