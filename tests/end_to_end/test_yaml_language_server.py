"""The schemas in the server that editors run: yaml-language-server, spoken to over its pipes."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeAlias

import pytest

from dseconf.cli import main
from dseconf.starter import editor_settings, starter_files

pytestmark = pytest.mark.real

Message: TypeAlias = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60  # seconds; a machine may be busy
INSTALLED = (".ci/parts/node/node_modules/.bin", ".ci/node_modules/.bin")


def _server_path() -> str | None:
    named = os.environ.get("DSECONF_YAML_LANGUAGE_SERVER")
    places = [named] if named else [str(ROOT / folder / "yaml-language-server") for folder in INSTALLED]
    return next((place for place in places if Path(place).is_file()), None)


class Client:
    """As much of an editor as asks for diagnostics, completion and hover."""

    def __init__(self, path: str, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen([path, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.inbox: queue.Queue[Message | None] = queue.Queue()
        self.number = 0
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        self._initialize()

    def diagnostics(self, name: str, text: str) -> list[Message]:
        """What the server says of a file as soon as it is open."""
        uri = self.uri(name)
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": item})
        told = self._until(
            lambda one: one.get("method") == "textDocument/publishDiagnostics" and one["params"]["uri"] == uri
        )
        found: list[Message] = told["params"]["diagnostics"]
        return found

    def labels(self, name: str, line: int, column: int) -> list[str]:
        """What the server offers at a place; line and column count from 0."""
        found = self._request("textDocument/completion", self._place(name, line, column))
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items]

    def hover(self, name: str, line: int, column: int) -> str:
        """What the server shows over a place."""
        found = self._request("textDocument/hover", self._place(name, line, column))
        contents = found["contents"]
        return str(contents["value"] if isinstance(contents, dict) else contents)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def close(self) -> None:
        with contextlib.suppress(OSError, AssertionError):
            self._request("shutdown", None)
            self._notify("exit", None)
        self.process.kill()
        self.process.wait()
        self.reader.join(TIMEOUT)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _initialize(self) -> None:
        folder = {"uri": self.folder.as_uri(), "name": self.folder.name}
        workspace = {"configuration": True, "workspaceFolders": True}
        abilities = {
            "workspace": workspace,
            "textDocument": {"hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {}},
        }
        start = {
            "processId": os.getpid(),
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": abilities,
        }
        self._request("initialize", start)
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": {"yaml": _settings()}})
        # Files opened before the server knows the tags would be judged without them.
        self._until(lambda one: one.get("method") == "workspace/configuration")

    def _place(self, name: str, line: int, column: int) -> Message:
        return {"textDocument": {"uri": self.uri(name)}, "position": {"line": line, "character": column}}

    def _request(self, method: str, params: object) -> Any:
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(lambda one: one.get("id") == number and "method" not in one)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _until(self, wanted: Callable[[Message], bool]) -> Message:
        """Answer the server's questions until it says what is wanted."""
        end = time.monotonic() + TIMEOUT
        while True:
            try:
                message = self.inbox.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no answer within {TIMEOUT} s") from None
            assert message is not None, "the server has ended"
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": _answer(message)})
            if wanted(message):
                return message

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self, pipe: IO[bytes]) -> None:
        while (length := _length(pipe)) is not None:
            self.inbox.put(json.loads(pipe.read(length)))
        self.inbox.put(None)


def _length(pipe: IO[bytes]) -> int | None:
    """The length of the next message, from its header; None at the end."""
    length = None
    while line := pipe.readline():
        name, _, value = line.decode().partition(":")
        if not name.strip():
            return length
        if name.lower() == "content-length":
            length = int(value)
    return None


def _answer(question: Message) -> object:
    if question["method"] != "workspace/configuration":
        return None
    return [_settings() if item.get("section") == "yaml" else {} for item in question["params"]["items"]]


def _settings() -> Message:
    """The server's settings as an editor reads them from .vscode/settings.json; nothing comes from the network."""
    own = {name.removeprefix("yaml."): value for name, value in editor_settings().items()}
    return {**own, "validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}


EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/fleet.yaml"))


def _files(folder: Path) -> list[str]:
    tops = [name for name in ("dseconf.yaml", "fleet.yaml") if (folder / name).is_file()]
    return [*tops, *(path.relative_to(folder).as_posix() for path in sorted((folder / "profiles").rglob("*.yaml")))]


FILES = [
    *(("init", name) for name in starter_files() if name.endswith(".yaml")),
    *((folder.name, name) for folder in EXAMPLES for name in _files(folder)),
]


@pytest.fixture(scope="module")
def editors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Client]]:
    """An editor open on the fleet of that name: one of the examples, or ``init``."""
    path = _server_path()
    if path is None:
        pytest.skip("yaml-language-server is not installed: name it in DSECONF_YAML_LANGUAGE_SERVER, or run .ci/run")
    clients: dict[str, Client] = {}

    def editor(name: str) -> Client:
        if name not in clients:
            folder = tmp_path_factory.mktemp(name) / name
            if name == "init":
                assert main(["init", str(folder)]) == 0
            else:
                shutil.copytree(ROOT / "examples" / name, folder)
                assert main(["-C", str(folder), "schema"]) == 0
            clients[name] = Client(path, folder)
        return clients[name]

    yield editor
    for client in clients.values():
        client.close()


Editors: TypeAlias = Callable[[str], Client]


@pytest.mark.parametrize(("fleet", "name"), FILES, ids=str)
def test_a_file_that_compiles_has_no_diagnostics(editors: Editors, fleet: str, name: str) -> None:
    editor = editors(fleet)
    text = (editor.folder / name).read_text(encoding="utf-8")
    assert editor.diagnostics(name, text) == []


TAGGED = """\
cassandra.yaml:
  num_tokens: !force 16
  read_request_timeout_in_ms: !default 5s
  auto_snapshot: !default true
  cdc_enabled: !unset
  disk_failure_policy: !force stop
  data_file_directories: !append [/data/2]
  client_encryption_options: !force
    enabled: true
    cipher_suites: !remove.force [TLS_RSA_WITH_AES_128_CBC_SHA]
    keystore_password: !secret keystore/client
  guardrails.partition_size_warn_threshold_in_mb: !unset.force
dse.yaml:
  audit_logging_options: !unset
jvm-server.options:
  -Xmx: !force 8GiB
  -Xss: !unset.default
"""


def test_tags_are_known_and_their_values_accepted(editors: Editors) -> None:
    assert editors("init").diagnostics("profiles/tags.yaml", TAGGED) == []


ANCHORED = """\
cassandra.yaml:
  client_encryption_options: &tls
    keystore: /etc/dse/keystore
    truststore: /etc/dse/truststore
  server_encryption_options:
    <<: *tls
    internode_encryption: all
"""


def test_merge_keys_are_followed(editors: Editors) -> None:
    assert editors("init").diagnostics("profiles/anchors.yaml", ANCHORED) == []


WRONG = {
    "an unknown file": "casandra.yaml:\n  num_tokens: 8\n",
    "an unknown setting": "cassandra.yaml:\n  num_token: 8\n",
    "an unknown nested setting": "cassandra.yaml:\n  client_encryption_options:\n    enable: true\n",
    "text for an integer": "cassandra.yaml:\n  num_tokens: many\n",
    "a number out of range": "cassandra.yaml:\n  num_tokens: 0\n",
    "a word for a boolean": "cassandra.yaml:\n  auto_snapshot: sometimes\n",
    "a unit of another kind": "cassandra.yaml:\n  read_request_timeout_in_ms: 5MiB\n",
    "a choice that there is not": "cassandra.yaml:\n  disk_failure_policy: panic\n",
    "a setting of fleet.yaml": "cassandra.yaml:\n  cluster_name: shop\n",
    "a list for one value": "cassandra.yaml:\n  num_tokens: [8]\n",
    "a size without sense": "jvm-server.options:\n  -Xmx: 8 gigs\n",
    "an unknown mode": "manage:\n  cassandra.yaml: partly\n",
    "an unknown tag": "cassandra.yaml:\n  num_tokens: !forced 8\n",
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_in_a_layer_has_a_diagnostic_on_its_line(editors: Editors, mistake: str) -> None:
    text = WRONG[mistake]
    found = editors("init").diagnostics(f"profiles/{mistake.replace(' ', '-')}.yaml", text)
    last = 0 if mistake == "an unknown file" else text.count("\n") - 1
    assert [one["range"]["start"]["line"] for one in found][:1] == [last]


WRONG_FLEETS = {
    "no product": "clusters:\n  a:\n    environment: x\n",
    "half a version": "clusters:\n  a:\n    product: dse 6.8\n",
    "racks in a cluster": "clusters:\n  a:\n    product: dse 6.8.50\n    racks: {}\n",
    "an unknown state": "clusters:\n  a:\n    product: dse 6.8.50\n    state: asleep\n",
}


@pytest.mark.parametrize("mistake", WRONG_FLEETS)
def test_a_mistake_in_fleet_yaml_has_a_diagnostic(editors: Editors, mistake: str) -> None:
    editor = editors("init")
    schema = (editor.folder / ".dseconf/schema/fleet.json").as_uri()
    text = f"# yaml-language-server: $schema={schema}\n{WRONG_FLEETS[mistake]}"
    assert editor.diagnostics(f"other/{mistake.replace(' ', '-')}.yaml", text) != []


def test_a_setting_of_fleet_yaml_is_refused_with_the_fact_to_set(editors: Editors) -> None:
    found = editors("init").diagnostics("profiles/identity.yaml", "cassandra.yaml:\n  cluster_name: shop\n")
    assert "comes from cluster_name in fleet.yaml alone" in [one["message"] for one in found]


def test_completion_offers_the_settings_of_a_file(editors: Editors) -> None:
    editor = editors("init")
    editor.diagnostics("profiles/completion.yaml", "cassandra.yaml:\n  num\n")
    offered = editor.labels("profiles/completion.yaml", 1, 5)
    assert "num_tokens" in offered
    assert "cluster_name" not in offered
    assert not [label for label in offered if label.startswith("client_encryption_options.")]


def test_completion_offers_the_choices_of_a_setting(editors: Editors) -> None:
    editor = editors("init")
    editor.diagnostics("profiles/choices.yaml", "cassandra.yaml:\n  disk_failure_policy: \n")
    assert {"stop", "die", "ignore"} <= set(editor.labels("profiles/choices.yaml", 1, 23))


def test_hover_tells_what_a_setting_does_and_takes(editors: Editors) -> None:
    editor = editors("init")
    editor.diagnostics("profiles/hover.yaml", "cassandra.yaml:\n  num_tokens: 8\n")
    shown = editor.hover("profiles/hover.yaml", 1, 5)
    assert "cassandra.yaml" in shown
    assert "vnodes" in shown
    assert "1 to 1536" in shown
    assert "DSE 6.8" in shown
