from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["operation", "-id"], name="audit_operation_latest"),
        ),
        migrations.RemoveIndex(model_name="auditentry", name="audit_operation"),
    ]
