"""How orders are numbered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.numbering.declaration import declare_series

ORDERS = declare_series("commerce.order", _("Order numbers"), "SP{year}-{number}")
