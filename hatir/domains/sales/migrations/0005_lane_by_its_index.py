from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_rate_fetch"),
        ("customers", "0005_fewer_indexes"),
        ("sales", "0004_stage_approvals"),
        ("staff", "0005_team_leads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="deal",
            name="deal_lane",
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("archived_at", None)),
                fields=["stage", "status", "expected_on", "id"],
                name="deal_lane",
            ),
        ),
    ]
