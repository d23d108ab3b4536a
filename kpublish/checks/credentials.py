"""Passwords, tokens and keys in texts, by detect-secrets (https://github.com/bridgecrewio/detect-secrets) and by patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpublish.checks import Rule
from kpublish.checks.plain import holds, place, texts
from kpublish.model.finding import Fault, Position, Severity
from kpublish.model.project import Project

CODE = "SEC"

#: What the library is asked for: tokens with a form of their own, and words such as password; no guessing from randomness,
#: which takes checksums and kids for secrets.
_PLUGINS = (
    "AWSKeyDetector",
    "ArtifactoryDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "MailchimpDetector",
    "NpmDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TwilioKeyDetector",
)
#: A line that the library may find something in: it takes its time, and most lines are none.
_SUSPECT = re.compile(
    r"(?i)pass(?!es|ed|ing)|pwd|secret|token|api_?-?key|auth(?!or)|private|credential|://[^\s/@]+:[^\s/@]+@|A[KS]IA[0-9A-Z]{16}|gh[oprsu]_|eyJ|xox[a-z]-|"
    r"sk_live|SG\.|AC[a-z0-9]{32}|SK[a-z0-9]{32}|-us\d|sq0csp"
)
#: One of these, or an address with a password in it, stands in every such text.
_HINTS = (
    *(
        "passw",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "api_key",
        "api-key",
        "apikey",
        "auth_",
        "auth ",
        "authorization",
        "private",
    ),
    *(
        "credential",
        "akia",
        "asia",
        "ghp_",
        "gho_",
        "ghr_",
        "ghs_",
        "ghu_",
        "eyj",
        "xox",
        "sk_live",
        "sg.",
        "sq0csp",
        "-us1",
        "-us2",
    ),
    *("glpat-", "gldt-", "glrt-", "glptt-", "pypi-", "access_key", "accesskey", "bearer", "begin "),
)
#: What the library does not know: tokens of GitLab, PyPI and Zenodo, private keys, and text named token.
_VALUE = r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{32,}\b"
_MORE = re.compile(
    r"(?P<gitlab>\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{20,})|(?P<pypi>\bpypi-[\w-]{40,})|"
    r"(?P<key>-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)|"
    rf"(?P<named>(?i:token|access_?key|bearer)[\"']?[ \t]{{0,4}}[:= \t][ \t]{{0,4}}[\"']?{_VALUE})"
)
_KINDS = {
    "gitlab": "a token of GitLab",
    "pypi": "a token of PyPI",
    "key": "a private key",
    "named": "a token",
}
#: What examples say in the place of a password.
_STANDS_FOR = re.compile(r"(?i)(?:my|your)?[-_]?(?:passw(?:or)?d|pass|pw|pwd|secret|token|x+)|\*+|[<{$%\[].*")
#: Length from which a word after ``password =`` is one even without a digit.
_LONG = 12
#: Lines longer than this hold pictures or data, in which anything may look like a token.
_LONGEST = 10_000


class SEC01(Rule):
    """A text holds a password, a token or a key.

    Once it is published anybody can use it, and it stays in the history of git after the file has been mended.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        """Revoke it where it was made, take it out of the file and its history, and pass it by an environment variable."""
        described = {project.document.path if project.document else "", *(table.path for table in project.tables)}
        described |= {figure.path for figure in project.figures}
        for path, whole in texts(project):
            text = "\n".join(line if len(line) <= _LONGEST else "" for line in whole.split("\n"))
            if not holds(text, *_HINTS) and not ("@" in text and "://" in text):
                continue
            lines = {*_ours(text), *_theirs(text, addresses=path not in described)}
            for number, kind in sorted(lines):
                yield Fault(Position(path, number, 1, 0), f"This line holds {kind}.")


def _ours(text: str) -> Iterator[tuple[int, str]]:
    for match in _MORE.finditer(text):
        yield place("", text, match.start()).line, _KINDS[next(name for name in _KINDS if match[name])]


def _theirs(text: str, *, addresses: bool = True) -> Iterator[tuple[int, str]]:
    """Number of each line in which the library finds something, and what; ``addresses`` are those with a password in them."""
    if not _SUSPECT.search(text):
        return
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    plugins = [name for name in _PLUGINS if addresses or name != "BasicAuthDetector"]
    with transient_settings({"plugins_used": [{"name": name} for name in plugins]}):
        for number, line in enumerate(text.split("\n"), 1):
            if _SUSPECT.search(line) and not _MORE.search(line):
                kinds = {secret.type for secret in scan_line(line) if _is_one(secret.type, secret.secret_value or "")}
                for kind in sorted(kinds)[:1]:
                    yield number, f"what seems to be a secret ({kind})"


def _is_one(kind: str, value: str) -> bool:
    """Whether what the library found is more than a word that stands for a secret."""
    if kind == "Basic Auth Credentials":
        return not _STANDS_FOR.fullmatch(value)
    if kind == "Secret Keyword":
        return not re.search(r"\s", value) and (len(value) >= _LONG or any(map(str.isdigit, value)))
    return True
