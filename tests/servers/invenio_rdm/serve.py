"""Builds and serves a throw-away InvenioRDM in one process; runs in the virtual environment that Makefile makes.

serve.py prepare    builds database, vocabularies and users once and keeps them in RDM_STATE
serve.py            serves a copy of that state from RDM_RUN and writes ready.json there
"""

import json
import os
import re
import shutil
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

RUN, STATE = Path(os.environ["RDM_RUN"]), Path(os.environ["RDM_STATE"])
USERS = ("alice", "bob", "curator")


def main(prepares):
    RUN.mkdir(parents=True, exist_ok=True)
    if not prepares:
        shutil.copy(STATE / "rdm.db", RUN / "rdm.db")
    from invenio_app.factory import create_api

    app = create_api()
    with app.app_context():
        make_indices(app)
        if prepares:
            keep(fill(app))
        else:
            fill_indices()
    if not prepares:
        serve(app)  # outside: what a request is told to be its user would stay in the context for the next one


def make_indices(app):
    from invenio_communities.cli import create_communities_custom_field
    from invenio_rdm_records.cli import create_records_custom_field
    from invenio_search import current_search

    list(current_search.put_templates())
    list(current_search.create(ignore=[400]))
    for command in (create_records_custom_field, create_communities_custom_field):
        app.test_cli_runner().invoke(command)


def fill(app):
    """Vocabularies and users; return the token of each."""
    import invenio_rdm_records.fixtures as fixtures
    from flask_security.utils import hash_password
    from invenio_access.permissions import system_identity
    from invenio_accounts.proxies import current_datastore
    from invenio_db import db
    from invenio_files_rest.models import Location
    from invenio_oauth2server.models import Token

    db.create_all()
    db.session.add(Location(name="default", uri=str(RUN / "files"), default=True))
    db.session.commit()
    fixtures.PrioritizedVocabulariesFixtures(
        system_identity,
        app_data_folder=Path(__file__).parent / "app_data",
        pkg_data_folder=Path(fixtures.__file__).parent / "data",
        delay=False,
    ).load()
    tokens = {}
    for name in USERS:
        user = current_datastore.create_user(
            email=f"{name}@example.org",
            username=name,
            password=hash_password("of a test"),
            active=True,
            confirmed_at=datetime.now(UTC),
            user_profile={"full_name": name.title()},
        )
        db.session.commit()
        tokens[name] = Token.create_personal("test", user.id, scopes=["user:email"], is_internal=False).access_token
        db.session.commit()
    return tokens


def keep(tokens):
    """Keep database, documents of the search and tokens for the next starts; the tokens last, as the mark that all is there."""
    from invenio_search import current_search_client as search

    STATE.mkdir(parents=True, exist_ok=True)
    source, target = sqlite3.connect(RUN / "rdm.db"), sqlite3.connect(STATE / "rdm.db")
    source.backup(target)
    search.indices.refresh(index="*")
    lines = []
    for index in search.indices.get(index="*"):
        for hit in search.search(index=index, body={"query": {"match_all": {}}, "version": True}, size=10_000)["hits"]["hits"]:
            name = re.sub(r"-\d{10}$", "", index)
            head = {"_index": name, "_id": hit["_id"], "version": hit["_version"], "version_type": "external_gte"}
            lines += [json.dumps({"index": head}), json.dumps(hit["_source"])]
    (STATE / "index.ndjson").write_text("\n".join(lines) + "\n")
    (STATE / "tokens.json").write_text(json.dumps(tokens))


def fill_indices():
    from invenio_db import db
    from invenio_files_rest.models import Location
    from invenio_search import current_search_client as search

    lines = (STATE / "index.ndjson").read_text().splitlines(keepends=True)
    for start in range(0, len(lines), 1000):
        answer = search.bulk(body="".join(lines[start : start + 1000]))
        if answer["errors"]:
            sys.exit("the search server did not take the kept documents")
    search.indices.refresh(index="*")
    Location.query.one().uri = str(RUN / "files")
    db.session.commit()


def serve(app):
    from old_deposit import OldDeposit
    from old_shape import OldShape
    from werkzeug.middleware.dispatcher import DispatcherMiddleware
    from werkzeug.serving import make_server
    from werkzeug.wrappers import Response

    (RUN / "files").mkdir(exist_ok=True)
    root = DispatcherMiddleware(Response("only /api is served", status=404), {"/api": app})
    server = make_server("127.0.0.1", int(os.environ["RDM_PORT"]), OldDeposit(OldShape(root)))
    ready = {"url": f"http://127.0.0.1:{os.environ['RDM_PORT']}", "tokens": json.loads((STATE / "tokens.json").read_text())}
    (RUN / "ready.part").write_text(json.dumps(ready))
    (RUN / "ready.part").rename(RUN / "ready.json")
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:] == ["prepare"])
