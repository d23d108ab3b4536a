"""The exchange of a GitLab CI id token (RFC 7519, RS256) for a token of ours; only what is signed and registered is believed.

Claims: https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import transaction
from django.utils import timezone

from kpublish.datacenter.authentication import digest_of
from kpublish.datacenter.models import Exchange, Project, Token
from kpublish.datacenter.problems import Problem
from kpublish.datacenter.trust.issuers import keys_of

#: How long a token of ours lives, and how far clocks may differ.
LIFETIME, LEEWAY = timedelta(minutes=15), timedelta(seconds=60)
#: Claims that are kept in fewer signs than others, and the last second that is believed: the end of the year 9998.
_LONGEST, _LATEST = {"job_id": 40, "sha": 64}, 253370764800
_NEEDED = ("iss", "aud", "exp", "iat", "jti", "job_id", "project_id", "namespace_id", "ref", "ref_type", "ref_protected", "sha")


def exchange(id_token: str, audience: str) -> tuple[str, Token]:
    """Return the secret of a new token and the token, limited to the kids of the project and to the commit of the job.

    Parameters
    ----------
    id_token
        What the job got from ``id_tokens``.
    audience
        Our public address.

    Raises
    ------
    Problem
        401 if the id token is not genuine, not for us, or expired; 403 if the job may not publish here.
    """
    claims = _verified(id_token, audience)
    project = _project(claims)
    _refuse_untagged(claims)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        _refuse_replay(claims)
        now = timezone.now()
        Token.objects.filter(project__isnull=False, expires__lt=now - timedelta(days=1)).delete()
        token = Token.objects.create(
            name=f"{project}, job {claims['job_id']}"[:300],
            digest=digest_of(secret),
            expires=now + LIFETIME,
            rights="publish" if project.may_publish else "write",
            project=project,
            commit=claims["sha"],
            tag=claims["ref"],
        )
    return secret, token


def _verified(id_token: str, audience: str) -> Mapping[str, Any]:
    """The claims; issuer and key id are only read to find the key among those of a registered issuer."""
    try:
        unproven = jwt.decode_complete(id_token, options={"verify_signature": False})
        issuer, header = unproven["payload"].get("iss"), unproven["header"]
        if not isinstance(issuer, str) or not issuer.isprintable() or not Project.objects.filter(issuer=issuer).exists():
            raise _untrusted("its issuer is not registered here")
        key = keys_of(issuer).get(str(header.get("kid", "")))
        if key is None:
            raise _untrusted("it is not signed with a key of its issuer")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=key,
            algorithms=["RS256"],
            issuer=issuer,
            audience=(audience, f"{audience}/"),
            leeway=LEEWAY,
            options={"require": list(_NEEDED), "enforce_minimum_key_length": True},
        )
    except jwt.exceptions.PyJWTError as error:
        raise _untrusted(_reason(error, audience)) from error
    except OverflowError as error:
        raise _untrusted("a time in it is none") from error
    if not isinstance(claims["aud"], str):
        raise _untrusted("it is for several audiences at once")
    if not all(_is_line(claims[name], _LONGEST.get(name, 300)) for name in _NEEDED if name not in ("exp", "iat")):
        raise _untrusted("a claim is not a text")
    if not isinstance(claims["exp"], int) or claims["exp"] > _LATEST:
        raise _untrusted("a time in it is none")
    return claims


def _is_line(claim: Any, longest: int) -> bool:
    return isinstance(claim, str) and 0 < len(claim) <= longest and claim.isprintable()


def _reason(error: jwt.exceptions.PyJWTError, audience: str) -> str:
    """Why it is refused, in words that say nothing of its content."""
    match error:
        case jwt.exceptions.ExpiredSignatureError():
            return "it has expired"
        case jwt.exceptions.ImmatureSignatureError():
            return "it is not valid yet"
        case jwt.exceptions.InvalidAudienceError():
            return f"it is not for {audience} (write aud: {audience} under id_tokens)"
        case jwt.exceptions.InvalidAlgorithmError():
            return "it is not signed with RS256"
        case jwt.exceptions.InvalidSignatureError():
            return "it is not signed with a key of its issuer"
        case jwt.exceptions.MissingRequiredClaimError():
            return f"it lacks the claim {error.claim}"
    return "it is no signed JSON web token"


def _project(claims: Mapping[str, Any]) -> Project:
    """The registered project; numbers decide, paths may be taken over by others."""
    found = Project.objects.filter(issuer=claims["iss"], number=claims["project_id"]).select_related("namespace").first()
    if found is None:
        raise _refused(f"The project with the number {claims['project_id']} is not registered here", "register-project")
    if found.namespace.number != claims["namespace_id"]:
        raise _refused(f"The project {found} was registered in another namespace than {claims['namespace_id']}", "register-project")
    if found.environment and claims.get("environment") != found.environment:
        raise _refused(f"The job does not run in the environment {found.environment}", "")
    return found


def _refuse_untagged(claims: Mapping[str, Any]) -> None:
    if claims["ref_type"] != "tag":
        raise _refused(f"The job runs for a {claims['ref_type'][:20]}, not for a tag", "tag")
    if claims["ref_protected"] != "true":
        raise _refused(f"The tag {claims['ref'][:80]} is not protected", "protect")


def _refuse_replay(claims: Mapping[str, Any]) -> None:
    """A job may exchange its token again, as a rerun does; another one may not."""
    now = timezone.now()
    Exchange.objects.filter(until__lt=now).delete()
    until = datetime.fromtimestamp(claims["exp"], UTC) + 2 * LEEWAY
    defaults = {"job": claims["job_id"], "until": until}
    known, _ = Exchange.objects.get_or_create(issuer=claims["iss"], jti=claims["jti"], defaults=defaults)
    if known.job != claims["job_id"]:
        raise _untrusted("another job has used it")


def _untrusted(reason: str) -> Problem:
    return Problem(401, "invalid-token", f"The id token is refused: {reason}.", "Let the job ask GitLab for a new one (id_tokens).")


_REMEDIES = {
    "register-project": "Ask who runs the data center to register it: kpublish datacenter register-project.",
    "tag": "Release from the pipeline of a tag.",
    "protect": "Protect the tags v* in the settings of the repository.",
    "": "Give the job the environment that is registered.",
}


def _refused(what: str, remedy: str) -> Problem:
    return Problem(403, "not-trusted", f"{what}.", _REMEDIES[remedy])
