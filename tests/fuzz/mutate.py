"""Mutations of files, seeded: the same number gives the same bytes for the same examples."""

import random
from pathlib import Path

#: Examples of every format; those that other folders hold are small and have their origin noted there.
DATA = Path(__file__).parents[1] / "data"
#: The longest example that is mutated.
LONGEST = 160_000
#: What upsets readers of text.
TOKENS = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b'"', b"'", b",", b";", b"#", b"\\", b"{", b"[", b"]", b":"),
    *(b"nan", b"-inf", b"1e999", b"1_0", b"\xe2\x88\x92", b"&a", b"*a", b"<<", b"!!python/object:os.system", b"---\n", b"- " * 99),
    *(b"[" * 5000, b"{" * 200, b'{"a":' * 2000, b"<TR>", b'href="file:///etc/passwd"', b"<!DOCTYPE a>", b"9" * 400, b"0x7fffffff"),
)


def examples():
    """Content and suffix of every example, in a fixed order."""
    from made import made

    files = sorted(path for path in DATA.rglob("*") if path.is_file() and path.stat().st_size <= LONGEST)
    found = [(path.read_bytes(), path.suffix) for path in files if path.suffix not in (".md", ".pdf")]
    return [*found, *made()]


def mutated(number, known):
    """The bytes and the suffix of mutation ``number``."""
    chance = random.Random(number)
    content, suffix = known[number % len(known)]
    content = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        chance.choice((_flip, _cut, _insert, _repeat, _number, _splice))(content, chance, known)
    return bytes(content), suffix


def _place(content, chance):
    near = chance.random() < 0.5  # the first bytes hold what readers trust
    return chance.randrange(min(len(content), 600 if near else len(content)) or 1) if content else 0


def _flip(content, chance, known):
    for _ in range(chance.choice((1, 4, 16)) if content else 0):
        content[_place(content, chance)] = chance.randrange(256)


def _cut(content, chance, known):
    start = _place(content, chance)
    del content[start : start + chance.choice((1, 3, 40, len(content)))]


def _insert(content, chance, known):
    start = _place(content, chance)
    content[start:start] = chance.choice(TOKENS)


def _repeat(content, chance, known):
    start = _place(content, chance)
    content[start:start] = content[start : start + chance.choice((1, 20, 300))] * chance.choice((1, 2, 50))


def _number(content, chance, known):
    """A length or count becomes absurd, in either order of bytes."""
    start, size = _place(content, chance), chance.choice((2, 4, 8))
    value = chance.choice((0, 1, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1))
    content[start : start + size] = value.to_bytes(size, chance.choice(("little", "big")))


def _splice(content, chance, known):
    other = chance.choice(known)[0]
    start, there = _place(content, chance), chance.randrange(len(other) or 1)
    content[start : start + 100] = other[there : there + chance.choice((10, 100, 2000))]
