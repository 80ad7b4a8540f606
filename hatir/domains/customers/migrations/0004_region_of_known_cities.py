"""Customers who were there before get the region of their city."""

from django.db import migrations

from hatir.kit.places_tr import REGIONS, provinces
from hatir.kit.text_tr import fold

HOME = ("", "Türkiye", "Turkey", "Turkiye", "TÜRKİYE", "TURKEY", "TR", "tr")


def fill(apps, editor):
    customers = apps.get_model("customers", "Customer").objects
    cities = {province.plate: fold(province.name) for province in provinces()}
    for region, plates in REGIONS.items():
        customers.filter(city_fold__in=[cities[plate] for plate in plates], country__in=HOME).update(region=region)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_segmentation")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
