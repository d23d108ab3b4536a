"""Releases: the smallest that is valid, and one that says all that can be said."""

import pytest

from kpublish.model.bundle import Release

KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
TABLE_KID = "1d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e22"
FIGURE_KID = "f6a0a5d4-93a4-4f65-9a7c-54e1f5d9b333"
LANDING = f"https://opendata.km3net.de/r/{KID}"
SHA = "ab" * 32


def smallest() -> Release:
    resource = {
        "kid": KID,
        "title": "Area",
        "publisher": "KM3NeT Collaboration",
        "license": "CC-BY-4.0",
        "version": "1.0.0",
        "datePublication": "2026-11-23",
        "source": {"accessURL": LANDING, "accessFormat": "text/html"},
    }
    return Release(
        kid=KID, version="1.0.0", digest="0" * 64, commit="1" * 40, landing=LANDING, resource=resource, members=(), files=()
    )


def fullest() -> Release:
    shared = {
        "publisher": "KM3NeT Collaboration",
        "license": "CC-BY-4.0",
        "version": "1.0.0-rc.1",
        "datePublication": "2026-11-23",
        "authors": [
            {"name": "KM3NeT Collaboration", "type": "collaboration", "ror": "https://ror.org/02wfhk785"},
            {
                "givenName": "Ada Maria",
                "familyName": "Éxample",
                "orcid": "0000-0002-1825-0097",
                "affiliations": [{"name": "Université d'Été", "ror": "https://ror.org/05xp5xt64"}, "Somewhere & Sons <lab>"],
            },
            {"name": "Grace Hopper"},
            {"familyName": "Plato"},
        ],
    }
    resource = {
        **shared,
        "kid": KID,
        "title": "Effective area of KM3NeT/ARCA230 & <friends> at 100% {TeV}_x",
        "description": "How large the detector is for neutrinos.\n\nSecond paragraph with </script><b>markup</b>.",
        "contact": {"name": "KM3NeT Open Science", "email": "opendata@km3net.de"},
        "dateCreation": "2026-10-01",
        "idIVOA": "ivo://km3net.org/aeff",
        "idDOI": "10.5281/zenodo.1234567",
        "idALT": "ana23_01",
        "resourceType": "package",
        "language": "en",
        "status": "preliminary",
        "approval": {"by": "Publication Committee", "date": "2026-11-01", "reference": "PC-12"},
        "funding": [
            {
                "funder": "European Commission",
                "ror": "https://ror.org/00k4n6c32",
                "award": "101079679",
                "awardURL": "https://example.org/a",
            },
            {"funder": "A Foundation", "title": "Deep sea"},
        ],
        "keywords": ["neutrino astronomy", "KM3NeT", "KM3NeT"],
        "referenceURL": "https://arxiv.org/abs/2402.08363",
        "parentResource": "2d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e2f",
        "relatedResources": [
            "3d0c2f5e-1a77-4d3b-8f0b-5a9b3a3c1e2f",
            {"id": "10.5281/zenodo.7", "relation": "isNewVersionOf"},
            {"id": "https://git.example.org/analysis", "relation": "isDerivedFrom"},
            {"id": "arXiv:2402.08363", "relation": "isSupplementTo"},
            {"id": "javascript:alert(1)", "relation": "references"},
        ],
        "source": [
            {"accessURL": LANDING, "accessFormat": "text/html"},
            {"accessURL": "https://example.org/copy", "accessFormat": "text/html"},
        ],
        "content": {
            "instrument": "KM3NeT/ARCA230",
            "startTime": "2021-01-01T00:00:00Z",
            "stopTime": "2022-01-01T00:00:00Z",
            "energies": [1, 2],
        },
    }
    table = {
        "kind": "table",
        "name": "aeff",
        "path": "data/aeff plus.ecsv",
        "resource": {
            **shared,
            "kid": TABLE_KID,
            "title": "Area of the table",
            "description": "By energy.",
            "resourceType": "irf",
            "license": "CC0-1.0",
            "parentResource": KID,
            "source": _source("data/aeff plus.ecsv", "text/csv", 10),
        },
        "parameters": [
            {
                "columnname": "energy_low",
                "unit": "GeV",
                "name": "Energy",
                "symbol": r"E_{\nu}",
                "ucd": "em.energy",
                "role": "lower_edge",
                "axis": "x",
            },
            {
                "columnname": "flux",
                "unit": "GeV-1 m-2 s-1 sr-1",
                "description": "flux <b>",
                "symbol": r"\Phi_{\nu_\mu+\bar{\nu}_\mu}^{\mathrm{total}}",
            },
            {"columnname": "bare"},
        ],
        "rows": 1200,
        "origin": {
            "range": {
                "energy": {"min": 50.1, "max": 1e8, "unit": "GeV"},
                "time": {"measurement_start": "2021-01-01", "measurement_stop": "2022-01-01"},
            },
            "provenance": [
                {
                    "refID": "0d2f5f0c-1c86-4d0b-9a4e-5b1f8f0a7c21",
                    "name": "Simulation",
                    "settings": {"events": 5},
                    "software": "gSeaGen 7.4.3",
                },
                {"refID": "7a9c3e54-62b8-4f17-8d05-c2e4619b3f86", "name": "Selection"},
            ],
        },
        "original": {"file": "aeff.csv", "sha256": "12" * 32},
        "files": ["data/aeff plus.ecsv"],
    }
    figure = {
        "kind": "figure",
        "name": "aeff",
        "path": "figures/aeff.yaml",
        "resource": {
            **shared,
            "kid": FIGURE_KID,
            "title": "The figure",
            "resourceType": "plot",
            "parentResource": KID,
            "source": _source("rendered/aeff.png", "image/png", 20),
        },
        "files": ["rendered/aeff.png", "rendered/aeff.svg", "rendered/aeff.pdf"],
        "tables": [TABLE_KID],
        "alt": 'Steps that rise from "1 cm2" to 1000 m2',
    }
    files = [
        {"path": "README.md", "size": 7, "sha256": SHA, "mediaType": "text/markdown"},
        {"path": "data/aeff plus.ecsv", "size": 10, "sha256": SHA, "mediaType": "text/csv", "role": "data", "kid": TABLE_KID},
        {"path": "figures/aeff.yaml", "size": 3, "sha256": SHA, "mediaType": "application/yaml", "kid": FIGURE_KID},
        {"path": "rendered/aeff.png", "size": 20, "sha256": SHA, "mediaType": "image/png", "role": "figure", "kid": FIGURE_KID},
        {
            "path": "rendered/aeff.svg",
            "size": 30_000_000,
            "sha256": SHA,
            "mediaType": "image/svg+xml",
            "role": "figure",
            "kid": FIGURE_KID,
        },
        {
            "path": "rendered/aeff.pdf",
            "size": 5_000,
            "sha256": SHA,
            "mediaType": "application/pdf",
            "role": "figure",
            "kid": FIGURE_KID,
        },
        {"path": "area-1.0.0.zip", "size": 31_000_000, "sha256": SHA, "mediaType": "application/zip", "role": "package"},
    ]
    return Release(
        kid=KID,
        version="1.0.0-rc.1",
        digest="0" * 64,
        commit="1" * 40,
        tag="v1.0.0-rc.1",
        repository="https://git.example.org/plots",
        landing=LANDING,
        software={"kpublish": "0.1.0", "matplotlib": "3.11.2"},
        resource=resource,
        members=(table, figure),
        files=tuple(files),
        steps=steps(),
    )


def steps():
    """Two recorded steps: what another tool told, without sha256 and times, and what kpublish recorded."""
    told = {
        "refID": "3b2c6e57-7d0c-4a0c-8e55-0f6f0a6f4d01",
        "name": 'Un"folding" \\ & <more>',
        "settings": "4 iterations\nof é",
        "command": ["unfold", "--in", "raw/run 1.root"],
        "inputs": [{"path": "raw/run 1.root"}, {"path": "raw/~täble.root"}],
        "outputs": [{"path": "work/.hits."}],
        "software": {"unfold": "2.1", "ROOT": "6.32.02"},
        "imported": "Jpp",
    }
    recorded = {
        "refID": "c5e1a6f2-0b7e-4a34-9d3c-8f2d5b7a9e10",
        "name": "Binning",
        "command": ["python", "bin.py", "work/hits"],
        "started": "2026-10-05T09:12:02Z",
        "ended": "2026-10-05T09:12:44Z",
        "exitCode": 0,
        "inputs": [{"path": "work/.hits.", "sha256": "cd" * 32, "size": 7}],
        "outputs": [{"path": "data/aeff plus.ecsv", "sha256": SHA, "size": 10, "kid": TABLE_KID}],
        "undeclared": [{"path": "log.txt", "sha256": "ef" * 32, "size": 0}],
        "software": {"Python": "3.12.4", "Linux": "x86_64", "unfold": "2.1"},
        "environment": {"LANG": "C.UTF-8"},
        "commit": "2" * 40,
        "container": "registry.example.org/km3net/py:1",
    }
    return [told, recorded]


def _source(path, kind, size):
    return {"accessURL": path, "accessFormat": kind, "fileSize": size, "checksum": {"value": SHA}}


@pytest.fixture(params=[smallest, fullest], ids=["smallest", "fullest"])
def release(request):
    """Each of the two releases."""
    return request.param()


@pytest.fixture
def full():
    """The release that says everything."""
    return fullest()
