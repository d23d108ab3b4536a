"""Fetch the inputs named in inputs.toml, and compare their checksums.

Usage: python scripts/fetch.py [--from FOLDER_OR_ADDRESS]

With --from, files are taken by name from a folder or an address that holds copies of them. What is
there already and right is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

CHUNK = 1024 * 1024
SECONDS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--from",
        dest="mirror",
        default="",
        metavar="FOLDER_OR_ADDRESS",
        help="where copies of the files are",
    )
    parser.add_argument("--into", type=Path, default=Path("inputs"), help="the folder to fill")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for each in tomllib.loads(Path("inputs.toml").read_text(encoding="utf-8"))["input"]:
        place = options.into / each["file"]
        try:
            if not (place.is_file() and digest_of(place) == each["sha256"]):
                fetch(address_of(each, options.mirror), place, each)
            print(f"{place}: as in inputs.toml")
        except (OSError, ValueError) as error:
            print(f"error: {place}: {error}", file=sys.stderr)
            wrong = 1
    return wrong


def address_of(each: dict[str, str], mirror: str) -> str:
    if not mirror:
        return each["address"]
    place = Path(mirror)
    return (
        (place / each["file"]).resolve().as_uri()
        if place.is_dir()
        else f"{mirror.rstrip('/')}/{each['file']}"
    )


def fetch(address: str, place: Path, each: dict[str, str]) -> None:
    """Write a file under its name only when it is whole and the right one."""
    part = place.with_name(f"{place.name}.part")
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer, part.open("wb") as stream:
            while block := answer.read(CHUNK):
                stream.write(block)
    except urllib.error.URLError as error:
        raise OSError(f"{address} cannot be fetched: {error.reason}") from error
    found = digest_of(part)
    if found != each["sha256"]:
        part.unlink()
        raise ValueError(
            f"{address} answers another file: sha256 {found}, in inputs.toml {each['sha256']}"
        )
    part.replace(place)


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
