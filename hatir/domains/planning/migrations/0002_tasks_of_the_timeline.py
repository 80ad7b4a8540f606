"""Tasks and meetings that stood on timelines become tasks; what was done stays there as history."""

from django.db import migrations

from hatir.kit.ids import new_id


def move(apps, schema_editor):
    Entry = apps.get_model("timeline", "TimelineEntry")
    Task = apps.get_model("planning", "Task")
    User = apps.get_model("staff", "User")
    users = set(User.objects.values_list("pk", flat=True))
    waiting = Entry.objects.filter(kind__in=("task", "meeting"), due_at__isnull=False, done_at=None, archived_at=None)
    batch, moved = [], []
    for entry in waiting.order_by("pk").iterator(chunk_size=1000):
        owner = entry.data.get("assignee") or entry.user_id
        about_customer = entry.about_id if entry.type_key == "customers.customer" else None
        batch.append(
            Task(
                id=new_id(),
                created_at=entry.at,
                updated_at=entry.at,
                source="user",
                kind="meeting" if entry.kind == "meeting" else "todo",
                title=entry.title or entry.body[:300] or "–",
                note=entry.body,
                customer_id=about_customer,
                about_type=entry.type_key,
                about_id=entry.about_id,
                due_at=entry.due_at,
                place=str(entry.data.get("place", ""))[:200],
                owner_id=owner if owner in users else None,
            )
        )
        moved.append(entry.pk)
        if len(batch) == 1000:
            _write(Task, Entry, batch, moved)
    _write(Task, Entry, batch, moved)


def _write(tasks, entries, batch, moved):
    tasks.objects.bulk_create(batch)
    entries.objects.filter(pk__in=moved).delete()
    batch.clear()
    moved.clear()


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0001_initial"),
        ("timeline", "0002_timeline_due"),
        ("staff", "0001_initial"),
        ("customers", "0004_region_of_known_cities"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
