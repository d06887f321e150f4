"""Cassandra's own reader of cassandra.yaml: what it takes, and what it makes of it."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from dseconf.catalog import FileSpec, Kind, ProductView, SettingSpec, parse_version
from dseconf.formats._path import split_path
from dseconf.quantity import read_syntax
from dseconf.setting import Plain
from dseconf.shipped import load_catalog

RELEASES: Final = ("3.11.17", "4.0.15", "4.1.8", "5.0.3")
FILE: Final = "cassandra.yaml"
ROOT: Final = Path(__file__).resolve().parents[4]
TIMEOUT: Final = 300  # seconds; a machine may be busy

# What conf/jvm11-server.options opens to Cassandra, as far as reading a file needs it.
_OPENED: Final = (
    *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("sun.nio.ch", "java.nio", "java.lang", "java.io")),
    *(f"--add-exports=java.base/{name}=ALL-UNNAMED" for name in ("jdk.internal.ref", "jdk.internal.misc")),
)

Loaded: TypeAlias = str | list["Loaded"] | dict[str, "Loaded"] | None
"""A value of Cassandra's configuration: texts, lists and mappings of them, or null."""


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()
"""A setting below an object that the configuration does not have."""


@dataclass(frozen=True)
class Answer:
    """What Cassandra said to one file.

    Attributes:
        refused_by: ``loader``, ``checks`` (the checks at start-up behind it), or empty.
        loaded: the fields as the file and the class give them.
        checked: the fields as the checks leave them.
    """

    refused_by: str
    message: str
    loaded: Mapping[str, Loaded]
    checked: Mapping[str, Loaded]


def jars_folder() -> Path:
    return Path(os.environ.get("DSECONF_CASSANDRA", ROOT / ".ci" / "parts" / "cassandra"))


def lacking() -> str:
    """Why nothing can be loaded here; empty where everything is."""
    absent = [release for release in RELEASES if not any((jars_folder() / release).glob("cassandra-all-*.jar"))]
    if absent:
        return f"no jars of Cassandra {', '.join(absent)} in {jars_folder()}: .ci/run fetches them"
    return "" if shutil.which("javac") and shutil.which("java") else "no JDK on this machine"


@functools.cache
def view_of(release: str) -> ProductView:
    view = load_catalog().at("cassandra", parse_version(release))
    assert view is not None
    return view


def file_of(release: str) -> FileSpec:
    file = view_of(release).file(FILE)
    assert file is not None
    return file


@functools.cache
def specs_of(release: str) -> Mapping[str, SettingSpec]:
    """The settings of a release by key, with the defaults of that release."""
    file, view = file_of(release), view_of(release)
    found = {key: view.setting(file, key) for key in file.keys}
    return {key: spec for key, spec in found.items() if spec is not None and spec.key == key}


def load(release: str, texts: Sequence[str]) -> list[Answer]:
    """What Cassandra says to each of the texts; one JVM reads them all."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{number}.yaml" for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            name.write_text(text, encoding="utf-8")
        command = [
            "java", "-XX:TieredStopAtLevel=1", "-Xmx1g", *_OPENED, f"-Dcassandra.storagedir={folder}/data",
            "-cp", f"{_classes(release)}:{_jars(release)}", "Loader",
        ]  # fmt: skip
        said = subprocess.run(
            command, input="".join(f"{name}\n" for name in names), capture_output=True, text=True, timeout=TIMEOUT,
            check=False,
        )  # fmt: skip
    assert said.returncode == 0, said.stderr
    answers = [Answer(**json.loads(line)) for line in said.stdout.splitlines()]
    assert len(answers) == len(texts)
    return answers


def _jars(release: str) -> str:
    return f"{jars_folder() / release}/*"


@functools.cache
def _classes(release: str) -> Path:
    """The folder with Loader, compiled for a release; a change of its source is another folder."""
    source = Path(__file__).with_name("Loader.java")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    folder = jars_folder() / "classes" / f"{release}-{digest}"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as making:
            made = Path(making) / "classes"
            command = ["javac", "-nowarn", "-proc:none", "-cp", _jars(release), "-d", str(made), str(source)]
            subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
            made.rename(folder)
    return folder


# Keys that Cassandra spells otherwise in its code.
_FIELDS: Final = {
    f"repair.retries.{group}{key}": f"repair.retries.{group}{field}"
    for group in ("", "merkle_tree_response.")
    for key, field in (
        ("max_attempts", "maxAttempts.value"),
        ("base_sleep_time", "baseSleepTime"),
        ("max_sleep_time", "maxSleepTime"),
    )
}


def find(fields: Mapping[str, Loaded], key: str) -> Loaded | _Absent:
    """The value of a setting: a field, or what lies below one that is a mapping."""
    steps = split_path(_FIELDS.get(key, key))
    for depth in range(len(steps), 0, -1):
        name = ".".join(steps[:depth])
        if name in fields:
            return _below(fields[name], steps[depth:])
    # Options that are an object of their own are the fields below its name.
    group = {name: value for name, value in fields.items() if name.startswith(f"{key}.")}
    return {name[len(key) + 1 :]: value for name, value in group.items()} if group else ABSENT


def _below(value: Loaded, steps: Iterable[str]) -> Loaded | _Absent:
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return ABSENT
        value = value[step]
    return value


def equal(spec: SettingSpec, value: Plain, found: Loaded | _Absent) -> bool:
    """Whether Cassandra holds the value that we speak of, in whatever unit it keeps it."""
    if spec.kind in (Kind.SIZE, Kind.DURATION, Kind.RATE) and isinstance(value, str) and isinstance(found, str):
        syntax = spec.syntax + {Kind.DURATION: "-time", Kind.RATE: "-rate"}.get(spec.kind, "")
        return read_syntax(value, syntax) == read_syntax(found, syntax)
    if isinstance(value, list) and isinstance(found, dict):
        return _same(_one_class(value), {name: one for name, one in found.items() if one})
    return _same(value, found)


def _one_class(value: list[Plain]) -> Plain:
    """A class with parameters, written as a list of one mapping, whose parameters are a list of one in their turn."""
    if len(value) != 1 or not isinstance(value[0], dict):
        return value
    one = value[0]
    parameters = one.get("parameters")
    return {**one, "parameters": parameters[0]} if isinstance(parameters, list) and len(parameters) == 1 else one


def _same(value: Plain, found: Loaded | _Absent) -> bool:
    match value:
        case None:
            return found is None or found is ABSENT
        case bool():
            return found == str(value).lower()
        case int() | float():
            return isinstance(found, str) and _number(found) == float(value)
        case str():
            return found == value
        case list():
            pairs = isinstance(found, list) and len(found) == len(value)
            return pairs and all(map(_same, value, found))  # type: ignore[arg-type]  # a list by then
        case dict():
            found = found if isinstance(found, dict) else {}
            return found.keys() == value.keys() and all(_same(one, found[name]) for name, one in value.items())
        case _:
            raise AssertionError(f"a compiled value is plain: {value!r}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def nested(values: Mapping[str, Plain]) -> dict[str, Any]:
    """Settings as the mappings that a file has."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *parents, last = split_path(key)
        below = tree
        for step in parents:
            below = below.setdefault(step, {})
        below[last] = value
    return tree
