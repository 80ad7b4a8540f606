from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quotes", "0001_quotes"),
    ]

    operations = [
        migrations.AddField(
            model_name="quote",
            name="promised_on",
            field=models.DateField(
                blank=True,
                help_text="The customer reads it; the order of the accepted quote keeps it.",
                null=True,
                verbose_name="delivery promised for",
            ),
        ),
    ]
