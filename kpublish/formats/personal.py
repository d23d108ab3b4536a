"""Personal data as programs write them: home folders, addresses, names of accounts and computers; and how they are taken out.

What stands in a text is found by its form; names of accounts and computers have none, so who reads a record tells them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence

#: Where computers and computing centres keep the folders of users.
_HOMES = (
    r"/home/|/Users/|/afs/[\w./-]{1,80}?/(?:u|users?|home)/(?:[a-z]/)?|(?:/[\w.-]{1,80}){1,8}/home/(?:[a-z]/)?|/sps/[\w-]+/users/"
)
#: A folder of a user, with the name of the user: ``name`` or, on Windows, ``who``.
HOME = re.compile(
    rf"(?P<home>(?<![\w.~/-])(?:{_HOMES})(?P<name>[A-Za-z][\w.-]*))"
    r"|(?P<windows>\b[A-Za-z]:\\{1,2}Users\\{1,2}(?P<who>[\w. -]{1,60}(?=\\)|[\w.-]+))"
)
#: Names in examples, and users of containers and CI.
NOBODY = ("user", "username", "jovyan", "runner", "you", "me", "name", "someone", "ubuntu", "root", "gitlab-runner", "public")
#: What ``uname -a`` prints: system, host, version of the kernel.
UNAME = re.compile(r"\b(?P<system>Linux|Darwin) (?P<host>[A-Za-z][\w.-]*) (?=\d+\.\d+[\w.-]*)")
#: What stands there instead of the name of a computer.
NO_HOST = ("version", "localhost", "kernel")
MAIL = re.compile(r"(?<![\w.+-])(?P<name>[A-Za-z][\w.+-]*)@(?P<host>(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b")
#: Addresses of roles, not of persons.
ROLES = re.compile(
    r"(?i)(?:open-?data|open-?science|info|contact|office|support|help(?:desk)?|spokesperson|pub(?:lication)?s?|outreach|km3net|git|"
    r"noreply|no-reply|admin|webmaster)(?:[.+-].*)?"
)
#: What may be the address of a computer in a network; :func:`is_address` decides.
ADDRESS = re.compile(
    r"(?<![\w.:-])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\w.-])|[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?![\w.:-]))"
)
_CARD = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+@")
_SECRETS = r"(?:token|password|passwd|secret|key)"
_SECRET = re.compile(rf"(?i)({_SECRETS})([=:])\S+")
#: An option whose value, the word behind it, is a secret.
_OPTION = re.compile(rf"(?i)--?[\w-]*{_SECRETS}")
#: Stands where something personal or secret was.
GONE = "…"


def is_address(text: str) -> bool:
    """Whether a text is the address of a computer in a network, other than this one's own, or of its network card.

    >>> is_address("134.158.1.7"), is_address("127.0.0.1"), is_address("21:06:31"), is_address("2001:660:3302::1f")
    (True, False, False, True)
    >>> is_address("a4:c3:f0:52:a9:27")
    True
    """
    if _CARD.fullmatch(text):
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def hidden_secrets(words: Iterable[str]) -> Iterator[str]:
    """Yield the words of a command without credentials in addresses and without what stands behind ``--token`` and the like.

    >>> list(hidden_secrets(["--token=abc", "--api-key", "abc", "https://ada:abc@example.org/x"]))
    ['--token=…', '--api-key', '…', 'https://example.org/x']
    """
    hidden = False
    for word in words:
        yield GONE if hidden else _SECRET.sub(rf"\1\2{GONE}", CREDENTIALS.sub("", word))
        hidden = bool(_OPTION.fullmatch(word))


def without_personal(text: str, names: Sequence[str] = (), *, networks: bool = True) -> str:
    """Return a text without what tells a person or a computer: ``~`` stands for a home folder, ``…`` for the rest.

    Parameters
    ----------
    text
        One line or several.
    names
        Names of accounts, persons and computers, and folders, that are taken out wherever they stand by themselves.
    networks
        Whether addresses in a network are taken out, too; some versions of software look like them.

    Examples
    --------
    >>> without_personal("/sps/km3net/users/ada/run.py on cca003, ada@example.fr, 134.158.1.7", ["ada", "cca003"])
    '~/run.py on …, …, …'
    """
    text = CREDENTIALS.sub("", text)
    for name in sorted((name for name in names if _is_telling(name)), key=len, reverse=True):
        if "/" in name or "\\" in name:
            text = re.sub(rf"{re.escape(name.rstrip('/'))}(?![\w.-])", "~", text)
    text = HOME.sub("~", text)
    text = MAIL.sub(lambda found: found[0] if ROLES.fullmatch(found["name"]) else GONE, text)
    text = UNAME.sub(lambda found: f"{found['system']} ", text)
    if networks:
        text = ADDRESS.sub(lambda found: GONE if is_address(found[0]) else found[0], text)
    for name in sorted((name for name in names if _is_telling(name)), key=len, reverse=True):
        text = re.sub(rf"(?i)(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", GONE, text)
    return text


def _is_telling(name: str) -> bool:
    """Whether a name tells somebody; those of containers and of every computer do not."""
    return len(name) > 1 and name.lower() not in (*NOBODY, *NO_HOST) and bool(re.search("[A-Za-z0-9]", name))
