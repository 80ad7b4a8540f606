"""Who may do what: roles, what each role grants, and who has which role."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record
from hatir.kit.ids import new_id

EVERY_TYPE = "*"
VERBS = (
    ("view", _("see")),
    ("create", _("create")),
    ("edit", _("edit")),
    ("archive", _("archive and restore")),
    ("export", _("export")),
    ("import", _("import")),
    ("merge", _("merge duplicates")),
)
SCOPES = (
    ("own", _("own records")),
    ("team", _("own team's records")),
    ("branch", _("own branch's records")),
    ("all", _("all records")),
    ("filter", _("records matching a filter")),
)


class Role(Record):
    """A named bundle of rights; a user may have several, and the widest right counts."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)
    """Codes of single rights: field permissions of declarations, "settings.manage", "audit.view" …"""

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """One right of a role: this verb on this type ("*" is every type), within this scope."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    type_key = models.CharField(_("record type"), max_length=80)
    verb = models.CharField(_("verb"), max_length=12, choices=VERBS)
    scope = models.CharField(_("scope"), max_length=8, choices=SCOPES)
    filter = models.JSONField(_("filter"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "type_key", "verb"], name="grant_once")]

    def __str__(self) -> str:
        return f"{self.role_id} {self.verb} {self.type_key}: {self.scope}"


class FieldRule(models.Model):
    """A field that a role may not read, or may read but not write; without a rule both are allowed."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="field_rules")
    type_key = models.CharField(max_length=80)
    field = models.CharField(max_length=80)
    may_read = models.BooleanField(_("may read"), default=True)
    may_write = models.BooleanField(_("may write"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "type_key", "field"], name="field_rule_once")]

    def __str__(self) -> str:
        return f"{self.role_id} {self.type_key}.{self.field}"


class RoleAssignment(models.Model):
    """A user has a role."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_assignment_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id}"


class ApiKey(models.Model):
    """A key by which a program acts for a user. Only its hash is kept; `prefix` is shown to tell keys apart."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
