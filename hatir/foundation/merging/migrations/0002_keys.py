from django.db import migrations

from hatir.foundation.merging import key_table


class Migration(migrations.Migration):
    dependencies = [("merging", "0001_initial")]
    operations = [migrations.RunPython(key_table.set_up, key_table.take_down)]
