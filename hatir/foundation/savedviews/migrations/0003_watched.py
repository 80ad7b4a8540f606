from django.db import migrations

from hatir.foundation.records.stamps import watch


class Migration(migrations.Migration):
    """A change here renews the stamp, so that processes read these tables anew."""

    dependencies = [("savedviews", "0002_view_source"), ("records", "0001_stamp")]

    operations = [watch("savedviews_savedview")]
