"""The tables of the room."""

from hatir.domains.commerce.models.orders import STATUSES, Order, OrderLine, OrderStep
from hatir.domains.commerce.models.shipments import OUT, RETURN, Shipment, ShipmentLine

__all__ = ["OUT", "RETURN", "STATUSES", "Order", "OrderLine", "OrderStep", "Shipment", "ShipmentLine"]
