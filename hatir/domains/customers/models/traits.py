"""What people are like: personality, values, interests, way of life; each with where it is known from."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.customers.models.customers import Customer
from hatir.foundation.records.models import Record
from hatir.kit.ids import new_id

DIMENSIONS = (
    ("personality", _("Personality")),
    ("value", _("Values")),
    ("interest", _("Interests")),
    ("lifestyle", _("Lifestyle")),
)
SURVEY, STAFF, INFERENCE = "survey", "staff", "inference"
SOURCES = ((SURVEY, _("Survey")), (STAFF, _("Staff")), (INFERENCE, _("Inference")))


class Trait(Record):
    """One thing that can be said of a customer: "gardening" among the interests."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    dimension = models.CharField(_("kind of trait"), max_length=12, choices=DIMENSIONS, default="interest")

    class Meta:
        verbose_name = _("trait")
        verbose_name_plural = _("traits")

    def __str__(self) -> str:
        return self.name


class CustomerTrait(models.Model):
    """A trait of a customer, and from where it is known: what staff choose counts as theirs."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    trait = models.ForeignKey(Trait, on_delete=models.CASCADE, related_name="+")
    given_by = models.CharField(max_length=10, choices=SOURCES, default=STAFF)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trait", "customer"], name="customer_trait_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.trait_id}"
