"""Values of facets are counted as entries come and go; the catalogue is made anew for it."""

from typing import Any

from django.db import migrations, models


def forget(apps: Any, schema_editor: Any) -> None:
    """An entry tells more now: whoever starts the server makes all of them anew, as the catalogue is not complete."""
    for name in ("Facet", "Listing"):
        apps.get_model("datacenter", name).objects.all().delete()
    apps.get_model("datacenter", "Edition").objects.create()


class Migration(migrations.Migration):

    dependencies = [
        ('datacenter', '0008_whole_trail'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16)),
                ('value', models.CharField(max_length=200)),
                ('count', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['name', '-count', 'value'], name='most_frequent')],
                'constraints': [models.UniqueConstraint(fields=('name', 'value'), name='one_row_per_tally')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0)),
                ('entries', models.IntegerField(default=0)),
            ],
        ),
        migrations.AlterModelOptions(name='listing', options={'ordering': ['-published', '-version_id']}),
        migrations.RemoveIndex(model_name='facet', name='by_value'),
        migrations.AddIndex(
            model_name='facet',
            index=models.Index(fields=['name', 'value', 'listing'], name='by_value'),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddField(
            model_name='listing',
            name='told',
            field=models.TextField(default='', help_text='Its facets to be counted: lines of name=value.'),
        ),
    ]
