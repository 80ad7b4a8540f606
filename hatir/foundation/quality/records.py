"""What this room offers to others: findings as something to filter by, and where fields are used."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.quality.uses import declare_use, used_in_roles, used_in_views

declare_use(_("Views"), used_in_views)
declare_use(_("Roles"), used_in_roles)
