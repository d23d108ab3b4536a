"""Who may know whom: each room only what stands before it (ARCHITECTURE, the corridor)."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "kpublish"
CORRIDOR = [
    {"errors", "registry"},
    {"model"},
    {"files"},
    {"config", "ci", "http"},
    {"repository"},
    {"formats"},
    {"plots", "exports"},
    {"checks"},
    {"bundles"},
    {"journal", "archives"},
    {"pipeline"},
    {"reports"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(CORRIDOR) for room in rooms}
#: Rooms beside the corridor: the last room of it that they may know, and what is closed to them all the same.
BESIDE = {
    "annotate": ("checks", {"plots", "exports"}),
    "templating": ("checks", {"plots", "exports"}),
    "store": ("bundles", set()),
    "datacenter": ("bundles", {"archives"}),
    "recording": ("formats", set()),
    "preview": ("reports", {"journal", "archives"}),
}
#: Rooms beside the corridor that others beside it may know.
NEIGHBOURS = {"templating": {"annotate"}}
#: The commands of the data center, and the demo that starts one.
MAY_KNOW_DATACENTER = {"cli/serve.py", "cli/datacenter.py", "cli/operating.py", "cli/demo.py", "datacenter"}


def modules() -> list[Path]:
    return [file for file in sorted(PACKAGE.rglob("*.py")) if "migrations" not in file.parts and "templates" not in file.parts]


def imports(file: Path) -> set[str]:
    """Rooms of kpublish that a module imports, anywhere in its text."""
    rooms = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "kpublish" else [node.module or ""]
        else:
            continue
        rooms |= {name.split(".")[1] for name in names if name.startswith("kpublish.")}
    return {room for room in rooms if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").exists()}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def allowed(room: str) -> set[str]:
    if room in BESIDE:
        last, closed = BESIDE[room]
        return {name for name, level in LEVEL.items() if level <= LEVEL[last]} - closed | {room} | NEIGHBOURS.get(room, set())
    if room == "cli":
        return set(LEVEL) | set(BESIDE)
    same_step = (
        {"errors", "registry"} if room in ("errors", "registry") else {"journal", "archives"} if room == "archives" else set()
    )
    same_step |= {"config", "ci", "http"} if room == "http" else set()
    return {name for name, level in LEVEL.items() if level < LEVEL[room]} | {room} | same_step


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_room_knows_only_what_stands_before_it(file):
    room = room_of(file)
    if room in ("__init__", "__main__"):
        return
    unknown = imports(file) - allowed(room)
    assert not unknown, f"{file.relative_to(PACKAGE)} must not know {sorted(unknown)}"


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_nobody_but_its_commands_knows_the_data_center(file):
    name = file.relative_to(PACKAGE).as_posix()
    if room_of(file) == "datacenter" or name in MAY_KNOW_DATACENTER:
        return
    assert "datacenter" not in imports(file)


def test_every_room_of_the_package_stands_in_the_plan():
    rooms = {room_of(file) for file in modules()} - {"__init__", "__main__"}
    assert rooms == set(LEVEL) | set(BESIDE)


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_is_one_noun_of_at_most_300_lines(file):
    assert len(file.read_text("utf-8").splitlines()) <= 300


def test_only_repository_knows_gitpython_and_only_http_makes_sessions():
    for file in modules():
        text = file.read_text("utf-8")
        names = {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
        tops = {name.partition(".")[0] for name in names}
        assert "git" not in tops or room_of(file) == "repository", file
        assert "requests" not in tops or room_of(file) == "http", file
