"""Editors complete and underline: yaml-language-server, started over stdio, reads the modelines of the files that users write."""

import json
import queue
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from kpublish.model.schemas import schemas
from kpublish.templating import new

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv-npm" / "node_modules" / ".bin" / "yaml-language-server"
#: Seconds within which any answer comes, also on a machine that is busy with other things.
PATIENCE = 120

pytestmark = pytest.mark.editor


class Editor:
    """A client of the Language Server Protocol 3.17 (https://microsoft.github.io/language-server-protocol/)."""

    def __init__(self, folder):
        node = shutil.which("node")
        command = [node, str(SERVER.resolve()), "--stdio"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self.heard = queue.Queue()
        self.number = 0
        threading.Thread(target=self.listen, daemon=True).start()
        folders = [{"uri": folder.as_uri(), "name": "plots"}]
        asks = {"processId": None, "rootUri": folder.as_uri(), "workspaceFolders": folders, "capabilities": {}}
        asks["capabilities"] = {"workspace": {"configuration": True}, "textDocument": {"completion": {}}}
        self.ask("initialize", asks)
        self.tell("initialized", {})

    def listen(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self.heard.put(json.loads(stream.read(length)))

    def send(self, message):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self.until(lambda message: message.get("id") == self.number and "method" not in message)["result"]

    def until(self, wanted):
        """The first message that is wanted; questions of the server are answered meanwhile."""
        while True:
            message = self.heard.get(timeout=PATIENCE)
            if wanted(message):
                return message
            if "id" in message and "method" in message:
                count = len(message["params"].get("items", ())) if isinstance(message["params"], dict) else 0
                settings = {"schemaStore": {"enable": False}, "validate": True, "completion": True}
                self.send({"id": message["id"], "result": [settings] * count if count else None})

    def open(self, path, text):
        """Open a file with this text and return the messages below the underlined places, each with its line."""
        self.number += 1
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": self.number, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        about = self.until(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == document["uri"]
            )
        )
        return [(each["range"]["start"]["line"] + 1, each["message"]) for each in about["params"]["diagnostics"]]

    def complete(self, path, text, line, column):
        """What is offered at a place."""
        self.open(path, text)
        where = {"textDocument": {"uri": path.as_uri()}, "position": {"line": line - 1, "character": column - 1}}
        answer = self.ask("textDocument/completion", where)
        return [item["label"] for item in (answer["items"] if isinstance(answer, dict) else answer)]


@pytest.fixture(scope="module")
def plots(tmp_path_factory):
    """A repository of the template, and the schema of table headers beside its own."""
    folder = tmp_path_factory.mktemp("editor") / "plots"
    new("public-plots", folder, {"slug": "plots"}, defaults=True)
    (folder / ".schema" / "table.json").write_text(json.dumps(schemas()["table.json"]))
    return folder


@pytest.fixture(scope="module")
def editor(plots):
    client = Editor(plots)
    yield client
    client.ask("shutdown", None)
    client.tell("exit", None)
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    client.process.stdout.close()


@pytest.mark.parametrize("name", ["kpublish.yaml", "figures/effective_area.yaml"])
def test_nothing_is_underlined_in_the_files_of_the_template(editor, plots, name):
    text = (plots / name).read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=")
    assert editor.open(plots / name, text) == []


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        ("kpublish.yaml", "license:", "licence:", "licence"),
        ("kpublish.yaml", "status: preliminary", "status: almost", "preliminary"),
        ("kpublish.yaml", "kind: datacenter", "kind: [datacenter]", "string"),
        ("figures/effective_area.yaml", "scale: log", "scale: lin", "linear"),
        ("figures/effective_area.yaml", "layers:", "layer:", "layer"),
    ],
)
def test_a_mistake_is_underlined_where_it_stands(editor, plots, name, right, wrong, said):
    text = (plots / name).read_text("utf-8").replace(right, wrong, 1)
    line = text[: text.index(wrong)].count("\n") + 1
    told = editor.open(plots / name, text)
    assert any(said in message for _, message in told), told
    assert line in [number for number, _ in told] or wrong == "layer:"


def test_keys_and_words_of_kpublish_yaml_are_offered(editor, plots):
    text = (plots / "kpublish.yaml").read_text("utf-8").split("archives:")[0]
    line = text.count("\n") + 1
    offered = editor.complete(plots / "kpublish.yaml", text + "\n", line + 1, 1)
    assert {"archives", "ignore", "figures"} <= set(offered)
    words = text.replace("status: preliminary", "status: ")
    place = words[: words.index("status: ")].count("\n") + 1
    assert {"preliminary", "final"} <= set(editor.complete(plots / "kpublish.yaml", words, place, len("  status: ") + 1))


def test_the_description_of_a_table_beside_it_is_completed_and_underlined(editor, plots):
    head = "# yaml-language-server: $schema=.schema/table.json\nmeta:\n  KM3Resource: {title: A}\ndatatype:\n"
    path = plots / "events.root.km3.yaml"
    assert editor.open(path, f"{head}- {{name: energy, datatype: float64, unit: GeV, meta: {{role: value}}}}\n") == []
    ((line, message),) = editor.open(path, f"{head}- {{name: energy, datatype: double}}\n")
    assert (line, "float64" in message) == (5, True)
    assert {"unit", "description", "meta"} <= set(editor.complete(path, f"{head}- name: energy\n  u\n", 6, 4))
