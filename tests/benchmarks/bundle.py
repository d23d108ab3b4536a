"""CPU time of bundling 1 GB against the floor "stored zip, then sha256 of each file", paired in one run; the goal is 1.0 or less.

The floor is ``zipfile`` and ``hashlib`` alone. Ours reads the repository, asks git, and writes all documents.
Told twice: the work alone, and whole processes with their imports.
"""

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from paired import compare

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


def ours(repository: Path, output: Path) -> None:
    from kpublish.pipeline import bundle, load

    bundle(load(repository), (), output)


def floor(repository: Path, output: Path) -> None:
    files = sorted((repository / "data").iterdir())
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as package:
        for path in files:
            package.write(path, path.name)
    for path in files:
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")


def cpu_seconds(work, repository: Path, output: Path) -> float:
    """CPU seconds of this process and the git commands it starts."""
    output.unlink(missing_ok=True)
    before = os.times()
    work(repository, output)
    return sum(os.times()[:4]) - sum(before[:4])


def compare_work(repository: Path, output: Path, rounds: int = 5) -> None:
    cpu_seconds(ours, repository, output), cpu_seconds(floor, repository, output)
    pairs = [(cpu_seconds(ours, repository, output), cpu_seconds(floor, repository, output)) for _ in range(rounds)]
    ratios = sorted(a / b for a, b in pairs)
    first, second = (statistics.median(values) for values in zip(*pairs, strict=True))
    told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f}, {rounds} pairs)"
    print(f"bundling 1 GB / stored zip, then sha256: {first:.3f} s / {second:.3f} s = {told}")


def main() -> None:
    if len(sys.argv) == 4:  # one of the two, as a process of its own
        cpu_seconds({"ours": ours, "floor": floor}[sys.argv[1]], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as folder:
        repository, output = Path(folder, "repository"), Path(folder, "package.zip")
        make_repository(repository)
        compare_work(repository, output)
        command = [sys.executable, __file__]
        operands = [str(repository), str(output)]
        compare("the same, whole processes", [*command, "ours", *operands], [*command, "floor", *operands], rounds=3)


if __name__ == "__main__":
    main()
