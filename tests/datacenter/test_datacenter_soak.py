"""A sample of ``make soak``: many readers and writers at once, and no answer that is a fault of the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from soak import soak


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long])])
def test_readers_and_writers_at_once_meet_no_fault(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database == "postgresql":
        monkeypatch.setenv("KPUBLISH_DC_DATABASE", request.getfixturevalue("new_postgres")())
    done = soak(tmp_path / "data", 30, 4, 20 if database == "sqlite" else 4, "--workers", "2")
    assert done.faults == []
    assert (done.answers[200] > 100, len(done.published) > 4) == (True, True)
