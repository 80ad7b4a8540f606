from django.db import migrations

from hatir.foundation.search import backend


class Migration(migrations.Migration):
    dependencies = [("search", "0002_trigrams")]
    operations = [migrations.RunPython(backend.gather, migrations.RunPython.noop)]
