"""Fills a data center that does not run with any number of made-up releases, by the models and functions of the data center itself.

``python datacenter_filling.py FOLDER FIRST LAST``: those numbered from FIRST on, without LAST; the same number is always the same
release. What differs from publishing them one by one: many releases are one transaction, and they share the bytes of a few files.
"""

from __future__ import annotations

import gc
import hashlib
import json
import random
import sys
import uuid
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from datacenter_parts import Made, made

_SUBJECTS = (
    "neutrino muon cascade track shower atmospheric cosmic diffuse point source galactic blazar supernova "
    "oscillation mass ordering sterile tau electron energy spectrum flux limit sensitivity effective area angular "
    "resolution calibration optical module hydrophone position timing water absorption scattering bioluminescence "
    "trigger reconstruction simulation detector string line quasar gamma-ray burst gravitational wave follow-up "
    "dark matter annihilation sun earth tomography monopole nuclearite "
)
_INSTRUMENTS = ("ANTARES", *(f"KM3NeT/{name}" for name in ("ARCA6", "ARCA8", "ARCA21", "ARCA28", "ORCA6", "ORCA10", "ORCA15")))
_TYPES = ("plotdata", "dataset", "eventlist", "irf", "plot", "package", "software", "notebook")
_KTYPES = ("km3.table", "km3.data.d5.table", "km3.data.d4.events")
#: Releases of one transaction; bytes of how many releases there are.
_PER_TRANSACTION, _CONTENTS = 250, 50
_BEGAN = datetime(2012, 1, 1, tzinfo=UTC)


def _zipf(words: list[str], power: float = 1.0) -> tuple[list[str], list[float]]:
    """Words with weights as in natural texts: the n-th is n times as rare as the first."""
    return words, list(accumulate(1 / (place + 3) ** power for place in range(len(words))))


@cache
def _words() -> tuple[list[str], list[float]]:
    """What is spoken of, and 20,000 words that are rarer and rarer."""
    chance = random.Random(1)
    syllables = [f"{first}{vowel}{last}" for first in "bdfgklmnprstv" for vowel in "aeiou" for last in ("", "l", "n", "r", "s")]
    rare = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(20_000)}
    return _zipf([*_SUBJECTS.split(), *sorted(rare, key=lambda word: hashlib.sha1(word.encode()).digest())])


@cache
def _names() -> tuple[list[str], list[float]]:
    """3,000 people, of whom some write more than others."""
    chance = random.Random(2)
    words = _words()[0][len(_SUBJECTS.split()) :]
    return _zipf([f"{chance.choice(words).title()}, {chance.choice('ABCDEFGHIJKLMNOPRSTVWZ')}." for _ in range(3000)], 0.6)


def _some(chance: random.Random, among: tuple[list[str], list[float]], count: int) -> list[str]:
    return chance.choices(among[0], cum_weights=among[1], k=count)


def kid_of(number: int) -> str:
    """The kid of a release."""
    return str(uuid.UUID(int=random.Random(f"kid {number}").getrandbits(128), version=4))


def question(number: int) -> str:
    """Two words that a reader may ask for: they come from the same texts, so some are frequent and some are rare."""
    return " ".join(_some(random.Random(f"question {number}"), _words(), 2))


def release_of(number: int) -> Made:
    """A release; its words, authors, years, kinds and levels vary as those of real ones."""
    chance = random.Random(f"release {number}")
    files = _files(number)
    told, new = json.dumps(files.document), [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(2)]
    for before, after in zip((files.kid, files.table, files.figure), (kid_of(number), *new), strict=True):
        told = told.replace(before, after)
    document = json.loads(told)
    document["digest"] = hashlib.sha256(told.encode()).hexdigest()
    document["resource"].update(_metadata(chance, 2012 + number % 15))
    table, figure = (member["resource"] for member in document["members"])
    table.update(title=_text(chance, 6), ktype=chance.choice(_KTYPES))
    figure.update(title=_text(chance, 6))
    return Made(document, files.contents, *new)


def _files(number: int) -> Made:
    return made(str(uuid.UUID(int=number % _CONTENTS, version=4)))


def _metadata(chance: random.Random, year: int) -> dict[str, Any]:
    instrument = chance.choice(_INSTRUMENTS)
    people = [{"name": name} for name in dict.fromkeys(_some(chance, _names(), chance.randint(0, 4)))]
    return {
        "title": f"{_text(chance, chance.randint(4, 9))} with {instrument.rpartition('/')[2]}",
        "description": f"{_text(chance, chance.randint(40, 120))}.",
        "authors": [{"name": "KM3NeT Collaboration", "type": "collaboration"}, *people],
        "datePublication": f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "resourceType": chance.choice(_TYPES),
        "keywords": list(dict.fromkeys(_some(chance, _words(), chance.randint(1, 5)))),
        "content": {"instrument": instrument, "processingLevel": chance.randint(2, 6)},
    }


def _text(chance: random.Random, length: int) -> str:
    return " ".join(_some(chance, _words(), length)).capitalize()


def fill(data: Path, first: int, last: int) -> None:
    """Publish the releases with these numbers."""
    from kpublish.datacenter import database, folder

    folder.prepare(data)
    with folder.locked(data):
        folder.secret_key(data)
        database.open_(data)
        _store_bytes()
        for start in range(first, last, _PER_TRANSACTION):
            _publish(range(start, min(start + _PER_TRANSACTION, last)))


def _store_bytes() -> None:
    from kpublish.datacenter.storage import store

    for number in range(_CONTENTS):
        files = _files(number)
        for path, body in files.contents.items():
            if not store().holds(files.sha256(path), len(body)):
                store().receive([body], files.sha256(path), len(body))


def _publish(numbers: range) -> None:
    """The rows that opening, filling and publishing leave."""
    from django.db import transaction

    from kpublish.datacenter.deposit.drafts import files_of, index_of
    from kpublish.datacenter.models import Event, File, Resource, Status, Version
    from kpublish.datacenter.reading import sent
    from kpublish.datacenter.search.listing import list_anew
    from kpublish.model.identifiers import version_uuid

    came = [sent(release_of(number).document) for number in numbers]
    with transaction.atomic():
        versions = Version.objects.bulk_create(
            Version(
                kid=release.kid,
                version=release.version,
                uid=version_uuid(release.kid, release.version),
                digest=release.digest,
                status=Status.PUBLISHED,
                document=document,
                published=when,
                changed=when,
            )
            for (release, document), when in zip(came, map(published_at, numbers), strict=True)
        )
        both = [(version, one.release) for version, one in zip(versions, came, strict=True)]
        arrived = {entry.sha256 for _, release in both for entry in release.files}
        File.objects.bulk_create(file for version, release in both for file in files_of(version, release, arrived))
        Resource.objects.bulk_create(resource for version, release in both for resource in index_of(version, release))
        events = (Event(version=one, verb=verb, by="filling") for one in versions for verb in ("opened", "published"))
        Event.objects.bulk_create(events)
        list_anew(*(version.kid for version in versions))


def published_at(number: int) -> datetime:
    """When a release came."""
    return _BEGAN + timedelta(hours=number)


if __name__ == "__main__":
    gc.freeze()
    fill(Path(sys.argv[1]).absolute(), int(sys.argv[2]), int(sys.argv[3]))
