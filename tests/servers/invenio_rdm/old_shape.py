"""Zenodo answers ``GET /records/<id>`` in the shape of its old API to everyone who does not ask for InvenioRDM's own; so does this.

Fields as in recordings of Zenodo's own code of November 2026, those that clients read.
"""

import json
import re

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

_RECORD = re.compile(r"/api/records/([a-z0-9-]+)")
_OWN = "application/vnd.inveniordm.v1+json"


class OldShape:
    """Wraps the application of InvenioRDM."""

    def __init__(self, app):
        self._app = app

    def __call__(self, environ, start_response):
        request = Request(environ)
        found = _RECORD.fullmatch(request.path)
        if request.method != "GET" or not found or "vnd." in request.headers.get("Accept", ""):
            return self._app(environ, start_response)
        return self._answer(found[1], request)(environ, start_response)

    def _answer(self, number, request):
        token = {"Authorization": request.headers["Authorization"]} if "Authorization" in request.headers else {}
        if "access_token" in request.args:
            token = {"Authorization": f"Bearer {request.args['access_token']}"}
        client, base = Client(self._app), request.host_url
        record = client.get(f"/api/records/{number}", headers={"Accept": _OWN, **token}, base_url=base)
        if record.status_code != 200:
            return Response(record.data, record.status_code, content_type="application/json")
        files = client.get(f"/api/records/{number}/files", headers={"Accept": "application/json", **token}, base_url=base)
        told = _old(record.json, files.json["entries"])
        return Response(json.dumps(told), content_type="application/json")


def _old(record, files):
    metadata = record["metadata"]
    doi, concept = record["pids"]["doi"]["identifier"], record["parent"]["pids"]["doi"]["identifier"]
    return {
        "created": record["created"],
        "modified": record["updated"],
        "id": record["id"],
        "recid": record["id"],
        "conceptrecid": record["parent"]["id"],
        "doi": doi,
        "conceptdoi": concept,
        "title": metadata["title"],
        "metadata": {
            "title": metadata["title"],
            "doi": doi,
            "publication_date": metadata["publication_date"],
            "description": metadata.get("description", ""),
            "creators": [{"name": one["person_or_org"]["name"]} for one in metadata["creators"]],
            **{key: metadata[key] for key in ("version",) if key in metadata},
            "license": {"id": metadata["rights"][0]["id"]} if metadata.get("rights") else {},
        },
        "links": record["links"],
        "files": [
            {"key": file["key"], "size": file["size"], "checksum": file["checksum"], "links": {"self": file["links"]["content"]}}
            for file in files
        ],
    }
