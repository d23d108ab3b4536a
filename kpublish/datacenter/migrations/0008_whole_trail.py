"""The trail cannot be emptied or overwritten as a whole either."""

from typing import Any

from django.db import migrations

from kpublish.datacenter import growing


def keep(apps: Any, schema_editor: Any) -> None:
    for statement in growing.keeping_whole(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def let_go(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for statement in growing.letting_go(vendor, "truncate" if vendor == "postgresql" else "replace"):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('datacenter', '0007_changed'),
    ]

    operations = [migrations.RunPython(keep, let_go)]
