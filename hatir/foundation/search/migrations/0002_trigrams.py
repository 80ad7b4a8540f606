from django.db import migrations

from hatir.foundation.search import backend


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(backend.set_up, backend.take_down)]
