"""CPU time of bundling 1 GB against the floor "stored zip, then sha256 of each file", paired in one run; the goal is 1.0 or less.

Ours is the whole process from reading the repository to the finished package, whose own sha256 it knows, too; the floor is
``zipfile`` and ``hashlib`` alone.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from paired import compare

OURS = """
import sys
from pathlib import Path
from kpublish.pipeline import bundle, load
Path(sys.argv[2]).unlink(missing_ok=True)
bundle(load(sys.argv[1]), (), Path(sys.argv[2]))
"""
FLOOR = """
import hashlib, sys, zipfile
from pathlib import Path
Path(sys.argv[2]).unlink(missing_ok=True)
files = sorted(path for path in Path(sys.argv[1], "data").iterdir())
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_STORED) as package:
    for path in files:
        package.write(path, path.name)
for path in files:
    with path.open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
"""
KPUBLISH_YAML = """KM3Resource:
  kid: 8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11
  title: One gigabyte
  publisher: KM3NeT Collaboration
  license: CC-BY-4.0
  version: 1.0.0
"""


def make_repository(root: Path) -> None:
    """90 files of 10 MB of random bytes and 100 files of 1 MB of digits, committed."""
    (root / "data").mkdir(parents=True)
    (root / "kpublish.yaml").write_text(KPUBLISH_YAML)
    for number in range(90):
        (root / "data" / f"events{number:03}.bin").write_bytes(os.urandom(10_000_000))
    digits = bytes.maketrans(b"abcdef", b"012345")
    for number in range(100):
        content = hashlib.shake_256(str(number).encode()).hexdigest(500_000).encode().translate(digits)
        (root / "data" / f"table{number:03}.txt").write_bytes(content)
    git = ["git", "-C", str(root), "-c", "core.compression=0", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "One gigabyte"]):
        subprocess.run([*git, *command], check=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder, "repository")
        make_repository(repository)
        ours = [sys.executable, "-c", OURS, str(repository), str(Path(folder, "ours.zip"))]
        floor = [sys.executable, "-c", FLOOR, str(repository), str(Path(folder, "floor.zip"))]
        compare("bundling 1 GB / stored zip, then sha256", ours, floor, rounds=3)
