"""When readers last saw a version change, for harvesters; of older versions their trail tells it."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Coalesce


def fill(apps: Any, schema_editor: Any) -> None:
    version, event = apps.get_model("datacenter", "Version"), apps.get_model("datacenter", "Event")
    seen = event.objects.filter(version=models.OuterRef("pk"), verb__in=("published", "amended", "withdrawn"))
    last = models.Subquery(seen.order_by("-id").values("made")[:1])
    ended = version.objects.filter(status__in=("published", "withdrawn"))
    ended.update(changed=Coalesce(last, models.F("published")))


class Migration(migrations.Migration):

    dependencies = [
        ('datacenter', '0006_finding'),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='changed',
            field=models.DateTimeField(help_text='When readers last saw it change: published, amended, withdrawn.', null=True),
        ),
        migrations.AddIndex(
            model_name='version',
            index=models.Index(fields=['changed', 'id'], name='changed_last'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
