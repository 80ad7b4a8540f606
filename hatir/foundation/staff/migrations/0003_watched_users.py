from django.db import migrations

from hatir.foundation.records.stamps import watch


class Migration(migrations.Migration):
    """Users are kept with their keys until one changes; that somebody signed in is no change."""

    dependencies = [("staff", "0002_watched"), ("records", "0001_stamp")]

    operations = [
        watch(
            "staff_user",
            of=(
                "archived_at",
                "version",
                "password",
                "email",
                "name",
                "job_title",
                "phone",
                "language",
                "department_id",
                "is_admin",
                "is_active",
                "custom",
                "source",
            ),
        ),
    ]
