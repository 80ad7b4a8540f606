from django.db import migrations

from hatir.foundation.records.stamps import watch


class Migration(migrations.Migration):
    """Keys are kept by a process until one changes; that a key was used is no change."""

    dependencies = [("access", "0003_watched"), ("records", "0001_stamp")]

    operations = [
        watch("access_apikey", of=("user_id", "name", "key_hash", "scopes", "expires_at", "revoked_at")),
    ]
