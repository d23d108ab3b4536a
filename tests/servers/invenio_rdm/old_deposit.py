"""Zenodo's old deposit API, as far as clients of it fill and publish a deposit, told to InvenioRDM's own API as Zenodo does.

https://developers.zenodo.org/#depositions
"""

import json
import re

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

_DEPOSIT = re.compile(r"/api/deposit/depositions(?:/([a-z0-9-]+)(?:/actions/(publish|newversion))?)?")
_BUCKET = re.compile(r"/api/files/([a-z0-9-]+)/(.+)")
_OWN = "application/vnd.inveniordm.v1+json"


class OldDeposit:
    """Wraps the application of InvenioRDM; a bucket has the number of its deposit."""

    def __init__(self, app):
        self._app = app

    def __call__(self, environ, start_response):
        request = Request(environ)
        if found := _DEPOSIT.fullmatch(request.path):
            return self._deposit(request, found[1], found[2])(environ, start_response)
        if (found := _BUCKET.fullmatch(request.path)) and request.method == "PUT":
            return self._put(request, found[1], found[2])(environ, start_response)
        return self._app(environ, start_response)

    def _ask(self, request, verb, path, accept=_OWN, **sent):
        headers = {"Accept": accept, "Authorization": f"Bearer {request.args['access_token']}"}
        return Client(self._app).open(f"/api/records{path}", method=verb, headers=headers, base_url=request.host_url, **sent)

    def _deposit(self, request, number, action):
        if action:
            path = {"publish": "draft/actions/publish", "newversion": "versions"}[action]
            answer = self._ask(request, "POST", f"/{number}/{path}")
        elif request.method == "GET":
            answer = self._ask(request, "GET", f"/{number}/draft")
            if answer.status_code == 404:
                answer = self._ask(request, "GET", f"/{number}")
        else:
            body = {"access": {"record": "public", "files": "public"}, "files": {"enabled": True}}
            metadata = (request.get_json(silent=True) or {}).get("metadata")
            body |= {"metadata": _new(metadata)} if metadata else {}
            answer = self._ask(request, request.method, f"/{number}/draft" if number else "", json=body)
        if answer.status_code >= 400:
            return Response(answer.data, answer.status_code, content_type="application/json")
        return Response(json.dumps(_told(answer.json, request.host_url)), answer.status_code, content_type="application/json")

    def _put(self, request, number, name):
        plain = "application/json"
        self._ask(request, "POST", f"/{number}/draft/files", plain, json=[{"key": name}])
        body = request.get_data()
        self._ask(
            request, "PUT", f"/{number}/draft/files/{name}/content", plain, data=body, content_type="application/octet-stream"
        )
        done = self._ask(request, "POST", f"/{number}/draft/files/{name}/commit", plain)
        return Response(done.data, 201 if done.status_code == 200 else done.status_code, content_type=plain)


def _new(metadata):
    return {
        "title": metadata["title"],
        "publication_date": metadata.get("publication_date", "2026-11-27"),
        "description": metadata.get("description", ""),
        "resource_type": {"id": "dataset"},
        "publisher": "Zenodo",
        "creators": [
            {"person_or_org": {"type": "personal", "family_name": one["name"].partition(", ")[0], "given_name": "A."}}
            for one in metadata["creators"]
        ],
        **({"version": metadata["version"]} if "version" in metadata else {}),
    }


def _told(record, host):
    metadata = record.get("metadata", {})
    creators = [{"name": one["person_or_org"]["name"]} for one in metadata.get("creators", ())]
    known = {key: metadata[key] for key in ("title", "description", "publication_date", "version") if key in metadata}
    return {
        "id": record["id"],
        "record_id": record["id"],
        "conceptrecid": record.get("parent", {}).get("id", ""),
        "state": "unsubmitted" if record.get("is_draft") else "done",
        "submitted": not record.get("is_draft"),
        "metadata": {**known, "creators": creators},
        "links": {"bucket": f"{host}api/files/{record['id']}"},
    }
