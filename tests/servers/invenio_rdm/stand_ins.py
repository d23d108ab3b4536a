"""What a test InvenioRDM does without: redis, DataCite, PostgreSQL."""

import json

from datacite import DataCiteRESTClient
from invenio_communities.cache.cache import IdentityCache
from sqlalchemy import event
from sqlalchemy.engine import Engine


class Identities(IdentityCache):
    """Remembers identities in this process."""

    def __init__(self, app=None):
        super().__init__(app=app)
        self._kept = {}

    def get(self, key):
        return self._kept.get(key)

    def set(self, key, value, timeout=None):
        self._kept[key] = value

    def delete(self, key):
        self._kept.pop(key, None)

    def flush(self):
        self._kept.clear()

    def append(self, key, value):
        values = self._kept.setdefault(key, [])
        if value not in values:
            values.append(value)


class _Answer:
    def __init__(self, status_code, data):
        self.status_code, self._data, self.text = status_code, data, json.dumps(data)

    def json(self):
        return self._data


class _DataCite:
    """DataCite's answers to one request: DOIs are remembered, and taken twice they are refused."""

    dois = {}

    def post(self, url, body=None, **_):
        attributes = json.loads(body)["data"]["attributes"]
        doi = attributes["doi"]
        if doi in self.dois:
            return _Answer(422, {"errors": [{"source": "doi", "title": "This DOI has already been taken"}]})
        self.dois[doi] = attributes
        return _Answer(201, {"data": {"id": doi, "attributes": attributes}})

    def put(self, url, body=None, **_):
        doi, attributes = url.split("/", 1)[1], json.loads(body)["data"]["attributes"]
        self.dois.setdefault(doi, {}).update(attributes)
        return _Answer(200, {"data": {"id": doi, "attributes": attributes}})

    def get(self, url, **_):
        attributes = self.dois.get(url.split("/", 1)[1])
        return _Answer(200, {"data": {"attributes": attributes}}) if attributes else _Answer(404, {})

    def delete(self, url, **_):
        return _Answer(204, {})


def keep_dois_here():
    """No request about a DOI leaves this machine; the rest of the client stays real."""
    DataCiteRESTClient._create_request = lambda self: _DataCite()


@event.listens_for(Engine, "connect")
def _connected(connection, record):
    """InvenioRDM deletes a draft's parent and counts on a foreign key to refuse; SQLite checks them only when told to."""
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "synchronous=OFF", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begun(connection):
    connection.exec_driver_sql("BEGIN")
