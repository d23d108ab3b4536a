"""Understands the JSON of a Release, also where a newer kpublish has written fields that this one does not know."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from kpublish.errors import IntegrityError
from kpublish.model.bundle import Release


def understand(document: Any, where: str) -> Release:
    """Return the Release that ``document`` describes; fields added to the format later are left out.

    Parameters
    ----------
    document
        Parsed JSON.
    where
        Who told it: for the message.

    Raises
    ------
    IntegrityError
        If it is no Release, or one of another format.
    """
    try:
        return Release.model_validate(document)
    except ValidationError as error:
        unknown = [fault["loc"] for fault in error.errors() if fault["type"] == "extra_forbidden"]
    try:
        return Release.model_validate(_without(document, unknown))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the whole"
        raise IntegrityError(
            f"{where} holds no release that this kpublish understands ({place}: {fault['msg']}).",
            remedy="Upgrade kpublish; if that does not help, tell who runs the source.",
        ) from None


def _without(document: Any, unknown: list[tuple[int | str, ...]]) -> Any:
    pruned = copy.deepcopy(document)
    for *parents, key in unknown:
        with suppress(LookupError, TypeError):
            node = pruned
            for step in parents:
                node = node[step]
            del node[key]
    return pruned
