"""People and companies: one table for both, because every other room speaks of "the customer"."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import OwnedRecord, Record, owner_link, team_link
from hatir.kit.ids import new_id

PERSON, COMPANY = "person", "company"
KINDS = ((PERSON, _("Person")), (COMPANY, _("Company")))
STAGES = (
    ("lead", _("Lead")),
    ("prospect", _("Prospect")),
    ("customer", _("Customer")),
    ("loyal", _("Loyal customer")),
    ("dormant", _("Dormant")),
    ("lost", _("Lost")),
)
GENDERS = (("female", _("Female")), ("male", _("Male")), ("other", _("Other")))
CHANNELS = (
    ("phone", _("Phone")),
    ("email", _("E-mail")),
    ("whatsapp", _("WhatsApp")),
    ("sms", _("SMS")),
    ("visit", _("Visit")),
)
LANGUAGES = (("tr", _("Turkish")), ("en", _("English")), ("de", _("German")), ("ar", _("Arabic")), ("ru", _("Russian")))
REGIONS = (
    ("marmara", _("Marmara")),
    ("aegean", _("Aegean")),
    ("mediterranean", _("Mediterranean")),
    ("central_anatolia", _("Central Anatolia")),
    ("black_sea", _("Black Sea")),
    ("eastern_anatolia", _("Eastern Anatolia")),
    ("southeastern_anatolia", _("Southeastern Anatolia")),
)
INCOMES = (
    ("low", _("Low income")),
    ("lower_middle", _("Lower middle income")),
    ("middle", _("Middle income")),
    ("upper_middle", _("Upper middle income")),
    ("high", _("High income")),
)
EDUCATIONS = (
    ("primary", _("Primary school")),
    ("high_school", _("High school")),
    ("college", _("Two-year college")),
    ("bachelor", _("University")),
    ("master", _("Master’s degree")),
    ("doctorate", _("Doctorate")),
)
BANDS = (("A", _("A: most valuable")), ("B", _("B: valuable")), ("C", _("C: the rest")))
HUES = tuple((str(hue), str(hue)) for hue in range(12))


class Tag(Record):
    """A short label that people put on customers."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    hue = models.PositiveSmallIntegerField(_("colour"), default=0)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Customer(OwnedRecord):
    """A person or a company that the firm deals with, or hopes to.

    What follows from purchases and use (from `first_purchase_on` to `fit_score`) is derived:
    `replace_scores` writes it.
    `name_fold` and `name_sort` hold the Turkish search fold and sort key of `name`, `city_fold` that
    of `city`, `phone_e164` the normalised number; the room's actions keep them true.
    """

    owner = owner_link(indexed=False)
    team = team_link(indexed=False)
    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default=PERSON)
    name = models.CharField(_("name"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    name_fold = models.CharField(max_length=220, editable=False, default="")
    name_sort = models.CharField(max_length=420, editable=False, default="")
    honorific = models.CharField(_("honorific"), max_length=30, blank=True)
    company = models.ForeignKey(
        "self", verbose_name=_("company"), null=True, blank=True, on_delete=models.SET_NULL, related_name="people",
        db_index=False,
    )  # fmt: skip
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    stage = models.CharField(_("lifecycle stage"), max_length=12, choices=STAGES, default="lead")

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False, default="")
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    preferred_channel = models.CharField(_("preferred channel"), max_length=10, choices=CHANNELS, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, blank=True)

    address = models.CharField(_("address"), max_length=300, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    city_fold = models.CharField(max_length=60, editable=False, default="")
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    region = models.CharField(_("region"), max_length=24, choices=REGIONS, blank=True, default="", editable=False)

    birth_on = models.DateField(_("birthday"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=8, choices=GENDERS, blank=True)
    tckn = models.CharField(_("Turkish identity number"), max_length=11, blank=True)
    income_band = models.CharField(_("income band"), max_length=14, choices=INCOMES, blank=True, default="")
    education = models.CharField(_("education"), max_length=14, choices=EDUCATIONS, blank=True, default="")
    occupation = models.CharField(_("occupation"), max_length=100, blank=True, default="")

    legal_name = models.CharField(_("legal name"), max_length=250, blank=True)
    vkn = models.CharField(_("tax number"), max_length=11, blank=True)
    tax_office = models.CharField(_("tax office"), max_length=80, blank=True)
    mersis = models.CharField(_("MERSİS number"), max_length=16, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    employee_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=17, decimal_places=2, null=True, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent company"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="subsidiaries", db_index=False,
    )  # fmt: skip

    needs = models.TextField(_("needs"), blank=True)
    note = models.TextField(_("note"), blank=True)
    lifetime_value = models.DecimalField(
        _("lifetime value"), max_digits=17, decimal_places=2, null=True, blank=True, editable=False
    )
    last_contact_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    last_contact_channel = models.CharField(_("last channel"), max_length=12, blank=True, editable=False)
    next_contact_at = models.DateTimeField(_("next contact"), null=True, blank=True)
    external_id = models.CharField(_("external id"), max_length=80, blank=True)
    first_purchase_on = models.DateField(_("first purchase"), null=True, blank=True, editable=False)
    last_purchase_on = models.DateField(_("last purchase"), null=True, blank=True, editable=False)
    order_count = models.PositiveIntegerField(_("number of orders"), null=True, blank=True, editable=False)
    average_basket = models.DecimalField(
        _("average basket"), max_digits=17, decimal_places=2, null=True, blank=True, editable=False
    )
    days_between_orders = models.DecimalField(
        _("days between orders"), max_digits=8, decimal_places=1, null=True, blank=True, editable=False
    )
    repeat_rate = models.DecimalField(
        _("repeat rate"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    monthly_uses = models.DecimalField(
        _("uses a month"), max_digits=9, decimal_places=2, null=True, blank=True, editable=False
    )
    rfm = models.CharField(_("RFM"), max_length=3, blank=True, default="", editable=False)
    rfm_score = models.PositiveSmallIntegerField(_("RFM score"), null=True, blank=True, editable=False)
    revenue = models.DecimalField(
        _("revenue from the customer"), max_digits=17, decimal_places=2, null=True, blank=True, editable=False
    )
    profit = models.DecimalField(
        _("profit from the customer"), max_digits=17, decimal_places=2, null=True, blank=True, editable=False
    )
    value_band = models.CharField(_("value band"), max_length=1, choices=BANDS, blank=True, default="", editable=False)
    fit_score = models.PositiveSmallIntegerField(_("fit score"), null=True, blank=True, editable=False)
    tags = models.ManyToManyField(
        Tag, through="CustomerTag", verbose_name=_("tags"), blank=True, related_name="customers"
    )
    traits: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Trait", through="CustomerTrait", verbose_name=_("traits"), blank=True, related_name="customers"
    )
    segments: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "Segment", through="SegmentMember", verbose_name=_("segments"), related_name="+", editable=False
    )
    lists: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "CustomerList", through="ListMember", verbose_name=_("lists"), related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["archived_at", "-id"], name="customer_recent"),
            models.Index(fields=["kind", "archived_at", "-id"], name="customer_kind"),
            models.Index(fields=["name_sort", "id"], name="customer_name_sort"),
            models.Index(fields=["kind", "name_sort", "id"], name="customer_kind_name"),
            models.Index(fields=["name_fold"], name="customer_name_fold"),
            models.Index(fields=["city_fold", "-id"], name="customer_city"),
            models.Index(fields=["stage", "-id"], name="customer_stage"),
            # The commonest question of a shop, "customers of İzmir worth more than …", answered from the index alone.
            models.Index(fields=["city_fold", "stage", "lifetime_value", "id", "archived_at"], name="customer_worth"),
            # Most people of a shop belong to no company, and every index costs each row of an import.
            models.Index(fields=["company"], name="customer_company", condition=models.Q(company__isnull=False)),
            models.Index(fields=["parent"], name="customer_parent", condition=models.Q(parent__isnull=False)),
            models.Index(fields=["owner", "-id"], name="customer_owner"),
            models.Index(fields=["team", "-id"], name="customer_team"),
            models.Index(fields=["phone_e164"], name="customer_phone", condition=~models.Q(phone_e164="")),
            models.Index(fields=["email"], name="customer_email", condition=~models.Q(email="")),
            models.Index(fields=["vkn"], name="customer_vkn", condition=~models.Q(vkn="")),
            models.Index(fields=["tckn"], name="customer_tckn", condition=~models.Q(tckn="")),
            models.Index(fields=["external_id"], name="customer_external", condition=~models.Q(external_id="")),
            models.Index(fields=["last_contact_at", "id"], name="customer_contact"),
            models.Index(fields=["lifetime_value", "id"], name="customer_value"),
            models.Index(fields=["region", "-id"], name="customer_region"),
            models.Index(fields=["birth_on"], name="customer_birth", condition=models.Q(birth_on__isnull=False)),
            models.Index(fields=["revenue", "id"], name="customer_revenue", condition=models.Q(revenue__isnull=False)),
            models.Index(fields=["updated_at", "id"], name="customer_updated"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A tag on a customer."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "customer"], name="customer_tag_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tag_id}"


class ContactPoint(Record):
    """A further phone, e-mail or social profile of a customer; the first ones stand on the customer."""

    KINDS = (
        ("phone", _("Phone")),
        ("email", _("E-mail")),
        ("instagram", _("Instagram")),
        ("linkedin", _("LinkedIn")),
        ("x", _("X")),
        ("facebook", _("Facebook")),
        ("web", _("Website")),
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="contact_points"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default="phone")
    label = models.CharField(_("label"), max_length=40, blank=True)
    value = models.CharField(_("value"), max_length=200)
    value_normal = models.CharField(max_length=200, editable=False, default="")

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        indexes = [models.Index(fields=["value_normal"], name="contact_point_value")]

    def __str__(self) -> str:
        return self.value


class Address(Record):
    """A further address of a customer (invoice, delivery, branch)."""

    KINDS = (
        ("invoice", _("Invoice address")),
        ("delivery", _("Delivery address")),
        ("branch", _("Branch")),
        ("home", _("Home")),
        ("other", _("Other")),
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="addresses"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default="delivery")
    label = models.CharField(_("label"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=300)
    district = models.CharField(_("district"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.address, self.district, self.city) if part)


class RelationKind(Record):
    """A kind of relation with its name in both directions: "parent of" / "subsidiary of"."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    reverse_name = models.CharField(_("name from the other side"), max_length=60)

    class Meta:
        verbose_name = _("kind of relation")
        verbose_name_plural = _("kinds of relation")

    def __str__(self) -> str:
        return self.name


class Relation(Record):
    """A relation between two customers, shown on both pages: `customer` is `kind.name` of `other`."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="relations"
    )
    kind = models.ForeignKey(
        RelationKind, verbose_name=_("kind of relation"), on_delete=models.PROTECT, related_name="+"
    )
    other = models.ForeignKey(
        Customer, verbose_name=_("other customer"), on_delete=models.CASCADE, related_name="reverse_relations"
    )
    role = models.CharField(_("role"), max_length=80, blank=True)
    decides = models.BooleanField(_("decision maker"), default=False)
    since_on = models.DateField(_("since"), null=True, blank=True)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind_id} {self.other_id}"


class CustomerList(OwnedRecord):
    """A static list of customers, filled by hand."""

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    members = models.ManyToManyField(
        Customer, through="ListMember", verbose_name=_("members"), blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    """A customer is on a list."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    list = models.ForeignKey(CustomerList, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "customer"], name="list_member_once")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.customer_id}"
