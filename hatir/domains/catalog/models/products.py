"""What is sold: products, services and bundles, with categories and variants."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog.models.currencies import CURRENCIES
from hatir.domains.catalog.models.taxes import Tax, Unit, Withholding
from hatir.foundation.records.models import Record

PRODUCT, SERVICE, BUNDLE = "product", "service", "bundle"
KINDS = ((PRODUCT, _("Product")), (SERVICE, _("Service")), (BUNDLE, _("Bundle")))


class Category(Record):
    """A shelf of the catalogue; shelves may stand inside one another."""

    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", verbose_name=_("inside"), null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Product(Record):
    """Something that is sold. A variant (`variant_of`) takes unit, KDV and price of its model where it has none.

    `price` is the basic price of one unit, with KDV when `price_includes_tax`. A bundle without a price costs what
    its items cost. `name_fold` and `name_sort` follow from the name; the room's actions keep them true.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default=PRODUCT)
    name = models.CharField(_("name"), max_length=200)
    name_fold = models.CharField(max_length=220, editable=False, default="")
    name_sort = models.CharField(max_length=420, editable=False, default="")
    sku = models.CharField(_("stock code"), max_length=60, blank=True, default="")
    barcode = models.CharField(_("barcode"), max_length=40, blank=True, default="")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="products"
    )
    brand = models.CharField(_("brand"), max_length=80, blank=True, default="")
    variant_of = models.ForeignKey(
        "self", verbose_name=_("variant of"), null=True, blank=True, on_delete=models.SET_NULL, related_name="variants"
    )
    options = models.CharField(_("options"), max_length=200, blank=True, default="")
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    price = models.DecimalField(_("price"), max_digits=17, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    price_includes_tax = models.BooleanField(_("price includes KDV"), default=True)
    tax = models.ForeignKey(
        Tax, verbose_name=_("KDV group"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withholding = models.ForeignKey(
        Withholding, verbose_name=_("KDV withholding"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    cost = models.DecimalField(_("cost"), max_digits=17, decimal_places=4, null=True, blank=True)
    is_sold = models.BooleanField(_("on sale"), default=True)
    description = models.TextField(_("description"), blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=80, blank=True, default="")

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["sku"], name="product_sku_once", condition=~models.Q(sku="")),
            models.UniqueConstraint(fields=["barcode"], name="product_barcode_once", condition=~models.Q(barcode="")),
        ]
        indexes = [
            models.Index(fields=["name_sort", "id"], name="product_name_sort"),
            models.Index(fields=["name_fold"], name="product_name_fold"),
            models.Index(fields=["archived_at", "-id"], name="product_recent"),
            models.Index(fields=["external_id"], name="product_external", condition=~models.Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.name


class BundleItem(Record):
    """So much of a product is in a bundle."""

    bundle = models.ForeignKey(Product, verbose_name=_("bundle"), on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=1)

    class Meta:
        verbose_name = _("bundle item")
        verbose_name_plural = _("bundle items")

    def __str__(self) -> str:
        return f"{self.bundle_id} {self.product_id}"
