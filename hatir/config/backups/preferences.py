"""What a company decides about its backups. What they are encrypted with is the operator's secret, not a setting."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

RHYTHM = declare(
    Preference(
        "backups.rhythm",
        "choice",
        _("Backups by the clock"),
        "never",
        _("At half past two at night, encrypted; the server needs HATIR_BACKUP_PASSPHRASE or HATIR_BACKUP_KEY_FILE."),
        choices=(("never", _("Never")), ("nightly", _("Every night")), ("weekly", _("Every week"))),
        section="backups",
    )
)
FOLDER = declare(
    Preference(
        "backups.folder",
        "text",
        _("Folder for backups"),
        "",
        _("A folder of the server, best on another disk; empty means the folder “backups” beside the data."),
        section="backups",
        max_length=300,
    )
)
KEPT = declare(
    Preference(
        "backups.kept",
        "integer",
        _("Backups kept"),
        14,
        _("Older ones are deleted after a new one has been read back."),
        section="backups",
        minimum=1,
        maximum=365,
    )
)
