from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_operation_latest_first"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="seal_no",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="auditentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seal_no__isnull", False)), fields=("seal_no",), name="audit_seal_no"
            ),
        ),
    ]
