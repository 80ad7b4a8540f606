from django.db import migrations, models


def set_first_value(apps, editor):
    apps.get_model("records", "Stamp").objects.create(id=1, value=1)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Stamp",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(set_first_value, migrations.RunPython.noop),
    ]
