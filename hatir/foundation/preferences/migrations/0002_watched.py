from django.db import migrations

from hatir.foundation.records.stamps import watch


class Migration(migrations.Migration):
    """A change here renews the stamp, so that processes read these tables anew."""

    dependencies = [("preferences", "0001_initial"), ("records", "0001_stamp")]

    operations = [watch("preferences_storedpreference")]
