"""Words of texts and of questions, the same for every database: letters and digits, without case and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')
#: The most words of a text, and of a question, that count.
LONGEST, MOST = 15_000, 20


def words(text: str) -> list[str]:
    """The words of a text.

    >>> words("Effective area of KM3NeT/ARCA230 (Ångström)")
    ['effective', 'area', 'of', 'km3net', 'arca230', 'angstrom']
    """
    return [word[:100] for word in _WORD.findall(text.lower() if text.isascii() else _plain(text))]


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def asked(question: str) -> list[list[str]]:
    """What must be found: phrases, each a list of words; what does not stand in quotation marks is split into words.

    >>> asked('neutrino "effective area"')
    [['neutrino'], ['effective', 'area']]
    """
    return list(_phrases(question))[:MOST]


def _phrases(question: str) -> Iterator[list[str]]:
    for quoted, bare in _PART.findall(question[:1000]):
        found = words(quoted or bare)
        if quoted and found:
            yield found[:MOST]
        elif not quoted:
            yield from ([word] for word in found)


def fts5(phrases: Iterable[list[str]]) -> str:
    """The question in the language of FTS5 (https://www.sqlite.org/fts5.html#full_text_query_syntax); words may go on.

    >>> fts5([["neutrino"], ["effective", "area"]])
    '"neutrino" * AND "effective area"'
    """
    return " AND ".join(f'"{" ".join(phrase)}"{" *" if len(phrase) == 1 else ""}' for phrase in phrases)


def tsquery(phrases: Iterable[list[str]]) -> str:
    """The question as a tsquery of PostgreSQL; words may go on.

    >>> tsquery([["neutrino"], ["effective", "area"]])
    "'neutrino':* & ('effective' <-> 'area')"
    """
    each = (f"'{phrase[0]}':*" if len(phrase) == 1 else f"({' <-> '.join(repr(word) for word in phrase)})" for phrase in phrases)
    return " & ".join(each)


def tsvector(texts: Iterable[str]) -> str:
    """Texts, the weightiest first, as a tsvector of PostgreSQL; no phrase goes from one text into the next.

    >>> tsvector(["Area", "area m2"])
    "'area':1A,12B 'm2':13B"
    """
    places: dict[str, list[str]] = {}
    place = 0
    for weight, text in zip("ABCD", texts, strict=False):
        for word in words(text):
            place += 1
            if place <= LONGEST:
                places.setdefault(word, []).append(f"{place}{weight}")
        place += 10
    return " ".join(f"'{word}':{','.join(where[:250])}" for word, where in places.items())
