"""``/api/v1/health``: what works, and nothing that helps an attacker."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any


def test_a_data_center_in_order_says_so_to_everyone(datacenter: Any) -> None:
    for token in ("", "wrong", datacenter.token):
        answer = datacenter.ask("GET", "/health", token=token)
        assert answer.status_code == 200
        told = answer.json()
        assert {name: told[name] for name in ("status", "database", "storage", "search")} == dict.fromkeys(
            ("status", "database", "storage", "search"), "ok"
        )


def test_a_storage_that_cannot_be_written_is_503_without_details(starting: Any) -> None:
    client = starting()
    content = client.server.token_file.parent / "content"
    content.rmdir() if content.exists() else None
    client.server.token_file.parent.rename(client.server.token_file.parent.with_name("moved"))
    answer = client.ask("GET", "/health", token="")
    assert (answer.status_code, answer.json()["storage"], answer.headers["Retry-After"]) == (503, "failing", "2")
    assert "data" not in answer.text.replace("database", "")
    client.server.token_file.parent.with_name("moved").rename(client.server.token_file.parent)
    assert client.ask("GET", "/health", token="").status_code == 200


def test_a_search_without_its_index_is_503_and_the_rest_is_told_to_work(starting: Any) -> None:
    client = starting()
    with closing(sqlite3.connect(client.server.token_file.parent / "datacenter.sqlite3")) as database:
        database.execute("DROP TABLE datacenter_words")
        database.commit()
    answer = client.ask("GET", "/health", token="")
    assert (answer.status_code, answer.json()["database"], answer.json()["search"]) == (503, "ok", "failing")
    assert set(answer.json()) == {"code", "detail", "remedy", "status", "database", "storage", "search"}
