from django.db import migrations

from hatir.foundation.records.stamps import watch


class Migration(migrations.Migration):
    """A change here renews the stamp, so that processes read these tables anew."""

    dependencies = [("access", "0002_api_keys"), ("records", "0001_stamp")]

    operations = [watch("access_role", "access_grant", "access_fieldrule", "access_roleassignment")]
