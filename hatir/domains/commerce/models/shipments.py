"""What left the house for an order, and what came back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.commerce.models.orders import Order, OrderLine
from hatir.kit.ids import new_id

OUT, RETURN = "out", "return"
DIRECTIONS = ((OUT, _("Shipment")), (RETURN, _("Return")))


class Shipment(models.Model):
    """Goods of an order that left together, or back together; written with the order, never alone."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments", db_index=False)
    direction = models.CharField(max_length=8, choices=DIRECTIONS, default=OUT)
    moved_on = models.DateField()
    by = models.CharField(max_length=120)
    carrier = models.CharField(max_length=80, blank=True, default="")
    tracking_number = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="shipment_order")]

    def __str__(self) -> str:
        return self.tracking_number or str(self.moved_on)


class ShipmentLine(models.Model):
    """So many of a line were in a shipment."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.line_id} {self.quantity}"
