"""The people who work in the company, and how they are grouped."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record
from hatir.kit.ids import new_id
from hatir.kit.text_tr import initials

LANGUAGES = (("tr", _("Turkish")), ("en", _("English")))
DIMENSIONS = ("geography", "channel", "product", "skill")
"""Along what teams are cut: where they work, over which channel, for which product, with which skill."""


class Department(Record):
    """A department: sales, marketing, service, finance, logistics …"""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Branch(Record):
    """A place of the company: shop, office, warehouse."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    city = models.CharField(_("city"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")

    def __str__(self) -> str:
        return self.name


class Team(Record):
    """A team, possibly inside another; `dimensions` says its geography, channels, products and skills.

    Who leads it need not be a member; a team without a lead is led by those of the team above.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.SET_NULL, related_name="teams"
    )
    branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), null=True, blank=True, on_delete=models.SET_NULL, related_name="teams"
    )
    geography = models.CharField(
        _("geography"), max_length=400, blank=True, help_text=_("Cities, separated by commas.")
    )
    channel = models.CharField(_("channels"), max_length=200, blank=True, help_text=_("Separated by commas."))
    product = models.CharField(_("products"), max_length=400, blank=True, help_text=_("Separated by commas."))
    skill = models.CharField(_("skills"), max_length=400, blank=True, help_text=_("Separated by commas."))
    leads = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="TeamLead", verbose_name=_("team leads"), blank=True,
        related_name="led_teams", help_text=_("Who decides for the team, such as about approvals."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name

    def values_along(self, dimension: str) -> list[str]:
        """List the team's values along one of DIMENSIONS."""
        return [part.strip() for part in str(getattr(self, dimension)).split(",") if part.strip()]


class UserManager(BaseUserManager["User"]):
    """Makes users for Django's own tools; people are invited through `staff.actions`."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)  # ascii-only: an e-mail address
        user.set_password(password)
        from django.utils import timezone

        user.created_at = user.updated_at = timezone.now()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, Record):
    """A colleague who signs in. `is_admin` may do everything; others have roles (room `access`)."""

    email = models.EmailField(_("e-mail"), unique=True, blank=True)
    name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="tr")
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.SET_NULL, related_name="users"
    )
    teams = models.ManyToManyField(
        Team, through="Membership", verbose_name=_("teams"), blank=True, related_name="users"
    )
    is_admin = models.BooleanField(_("administrator"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        return initials(self.name or self.email)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own tools ask this; the house asks `access.queries`."""
        return self.is_active and self.is_admin

    def get_full_name(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in a team."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.team_id}"


class TeamLead(models.Model):
    """A user leads a team."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_lead_once")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.user_id}"


class OneTimeLink(models.Model):
    """A sign-in link that works once (first administrator, invitation); only its hash is kept."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"
