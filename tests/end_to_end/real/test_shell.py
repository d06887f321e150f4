"""Shells read every compiled shell file, and find the values in it and nothing that runs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from fleets import (
    INSTALLS,
    TARBALL,
    Compiled,
    Layer,
    compile_node,
    files_of_format,
    plausible,
    product,
    settings_of,
    write_fleet,
)
from readings import READINGS, SECRET, Outcome, call, furnish, is_there, read

from dseconf import cli
from dseconf.catalog import FileSpec, Kind, SettingSpec
from dseconf.finding import Severity
from dseconf.fleet.node import WORKLOADS
from dseconf.pipeline import compile_fleet
from dseconf.setting import Plain, Secret, Value
from dseconf.sources import open_sources

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not is_there("bash"), reason="bash is not on this machine"),
]

SHELL = files_of_format("shell")
NAMES = [file.name for file in SHELL]

# One file name that has everything in it that a shell could stumble over, but no line break.
HOSTILE_NAME = "a b'c\"d$(touch PWNED)`touch PWNED`;touch PWNED;&|<>*?[x]{y,z}~#!é日-"
# One word of a list: no blank and no wildcard, which such a reader refuses.
HOSTILE_WORD = "$(touch${IFS}PWNED)`touch${IFS}PWNED`;&|<>'\"\\{a,b}~#!é"
HOSTILE = (
    "two words", "it's", 'say "hi"', "$(touch PWNED)", "`touch PWNED`", "${HOME}$PATH$IFS",
    "line one\nline two\n", "; touch PWNED #", "& touch PWNED &", "| touch PWNED", "ünïcödé 日本 🎉", "-n", "--",
    "* ? [a-z] ~", "\\", "a\\'b\\\\", "!!", "'; touch PWNED; '", "'$(touch PWNED)'", '"; touch PWNED; "',
    "\ttab", " blanks around ", "cr\r\n", "EOF", "%s%n%d", "=", "#", "{a,b}", "<(touch PWNED)", "$'\\x41'",
    "\n", "~", "~root", "a=b c=d", "\u2028\xa0",
)  # fmt: skip
EVERYTHING = "\n".join(HOSTILE)
ROTATIONS = 4  # the first gives every setting everything at once

# What shellcheck says of a file that is right all the same.
EXCLUDED = {
    "SC2148": "files without a program in them are sourced: they have no interpreter line to tell the dialect from"
}
# What a template may switch off beside the line, where it tells why.
DISABLED = {
    "SC1090": "the place of a sourced file is known at run time only",
    "SC2034": "the variable is for the script that sources this one",
    "SC2153": "a name that looks like another one is right",
    "SC2154": "the variable comes from the script that sources this one",
    "SC2254": "the pattern is meant to be one",
    "SC2317": "the line is reached when the file is run instead of sourced",
}


def spec_of(file: str, key: str) -> SettingSpec:
    found = product().file(file)
    spec = found.setting(key) if found is not None else None
    assert spec is not None
    return spec


def is_text(spec: SettingSpec) -> bool:
    return spec.kind is Kind.STRING and not spec.choices


def hostile(file: FileSpec, spec: SettingSpec, rotation: int, place: Path) -> Value:
    """A text that does its worst in the place where the setting goes; the rest as usual."""
    reading = READINGS[file.name]
    if spec.key in reading.fixed or spec.sensitive or not is_text(spec):
        return reading.fixed.get(spec.key, plausible(spec))
    for keys, text in (
        (reading.places, str(place)),
        (reading.lists, f"{place.parent / HOSTILE_WORD}/lib"),
        (reading.words, HOSTILE_WORD),
        (reading.names, HOSTILE_NAME),
    ):
        if spec.key in keys:
            return text
    return EVERYTHING if rotation == 0 else HOSTILE[(spec.order + rotation * 11) % len(HOSTILE)]


# A part of the name is the user's: of a variable it can only be a name, of a Hive property any text.
USER_NAMED: Layer = {
    "dse-env.sh": {"A_VARIABLE": EVERYTHING, "_another1": "plain"},
    "start-thriftserver.sh": {f"hiveconf.{HOSTILE_NAME}": EVERYTHING, "hiveconf.hive.exec.mode": "strict"},
}


def layer_of(value: Mapping[str, Mapping[str, Value]]) -> Layer:
    return {file: settings for file, settings in value.items() if settings}


def ordinary(file: FileSpec, spec: SettingSpec, everything: Path) -> Value:
    reading = READINGS[file.name]
    if spec.key in reading.fixed:
        return reading.fixed[spec.key]
    if spec.key in reading.names:
        return spec.key.lower()
    if spec.key in reading.lists:
        return f"{everything}/lib"
    return str(everything) if spec.key in reading.places else plausible(spec)


def ordinary_layer(everything: Path) -> Layer:
    return layer_of(
        {file.name: {spec.key: ordinary(file, spec, everything) for spec in settings_of(file)} for file in SHELL}
    )


def hostile_layer(rotation: int, place: Path) -> Layer:
    layer = {
        file.name: {spec.key: hostile(file, spec, rotation, place) for spec in settings_of(file)} for file in SHELL
    }
    for name, settings in USER_NAMED.items():
        layer[name] |= settings
    return layer_of(layer)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has everything."""
    everything = tmp_path_factory.mktemp("everything")
    furnish(everything)
    return everything


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a hostile name that has everything, and beside it one whose name is a hostile word."""
    place = tmp_path_factory.mktemp("place") / HOSTILE_NAME
    furnish(place)
    furnish(place.parent / HOSTILE_WORD)
    return place


@pytest.fixture(scope="module")
def renders(tmp_path_factory: pytest.TempPathFactory, place: Path, everything: Path) -> dict[tuple[str, str], Compiled]:
    """Compiled nodes by what they are given and how they are installed."""
    layers = {"zero": {}, "plausible": ordinary_layer(everything)}
    layers |= {f"hostile {number}": hostile_layer(number, place) for number in range(ROTATIONS)}
    made = {}
    for install in INSTALLS:
        for name, layer in layers.items():
            fits = {file: keys for file, keys in layer.items() if install == "package" or file != "default/dse"}
            made[name, install] = compile_node(tmp_path_factory.mktemp("fleet"), fits, install=install)
        for workload in WORKLOADS:
            folder = tmp_path_factory.mktemp("fleet")
            made[workload, install] = compile_node(folder, workload=[workload], install=install)
            made[f"shipped {workload}", install] = compile_node(
                folder, workload=[workload], install=install, shipped=True
            )
    return made


def shell_files(node: Compiled) -> dict[str, Path]:
    return {name: node.files[name] for name in NAMES if name in node.files}


def test_every_shell_file_is_compiled_and_has_a_reading(renders: Mapping[tuple[str, str], Compiled]) -> None:
    assert set(NAMES) == set(READINGS)
    for install in INSTALLS:
        wanted = {file.name for file in SHELL if (file.package if install == "package" else file.tarball) is not None}
        assert shell_files(renders["zero", install]).keys() == wanted
        by_workload = [shell_files(renders[workload, install]).keys() for workload in WORKLOADS]
        assert set().union(*by_workload) == wanted


def test_the_text_of_a_file_does_not_depend_on_the_install(renders: Mapping[tuple[str, str], Compiled]) -> None:
    """So what is read from one install below holds for the other."""
    for name in ("zero", "plausible", *(f"hostile {number}" for number in range(ROTATIONS))):
        package, tarball = (shell_files(renders[name, install]) for install in INSTALLS)
        both = package.keys() & tarball.keys()
        assert len(both) >= len(NAMES) - 2
        assert [file for file in both if package[file].read_bytes() != tarball[file].read_bytes()] == []


def test_shells_take_the_syntax(renders: Mapping[tuple[str, str], Compiled]) -> None:
    wrong = {}
    for render, node in renders.items():
        for name, path in shell_files(node).items():
            shells = ["bash", "sh"] if is_posix(path) else ["bash"]
            for shell in shells:
                done = call([shell, "-n", path])
                if done.returncode or done.stdout:
                    wrong[render, name, shell] = done.stdout
    assert wrong == {}


def is_posix(path: Path) -> bool:
    return "# shellcheck shell=sh" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(not is_there("shellcheck"), reason="shellcheck is not on this machine")
@pytest.mark.parametrize("install", INSTALLS)
@pytest.mark.parametrize("render", ["zero", "plausible", *(f"shipped {workload}" for workload in WORKLOADS)])
def test_shellcheck_has_no_error_and_no_warning(
    renders: Mapping[tuple[str, str], Compiled], render: str, install: str
) -> None:
    files = shell_files(renders[render, install])
    options = ["--norc", "--severity=warning", f"--exclude={','.join(EXCLUDED)}", "--format=json"]
    found = json.loads(call(["shellcheck", *options, *files.values()]).stdout)
    assert [f"{one['file']}:{one['line']}: SC{one['code']} {one['message']}" for one in found] == []


def test_templates_switch_off_only_what_has_a_reason(renders: Mapping[tuple[str, str], Compiled]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in shell_files(renders["zero", "package"]).values()]
    found = {
        code for text in texts for line in re.findall(r"# shellcheck .*disable=(\S+)", text) for code in line.split(",")
    }
    assert found <= DISABLED.keys()


def shell_text(value: Plain) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Secret():
            return SECRET
        case _:
            return str(value)


def expected(node: Compiled, file: str) -> dict[str, str]:
    return {key: shell_text(value) for key, value in node.values(file).items()}


def mismatches(file: str, wanted: Mapping[str, str], found: Outcome) -> Iterator[str]:
    """The settings that their reader does not get as they were given."""
    relations = READINGS[file].relations
    for key, value in wanted.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key):
            continue
        text = found.variables.get(key, "(unset)")
        match relations.get(key, "is"):
            case "begins":
                right = text.startswith(value)
            case "ends":
                right = text.endswith(value)
            case _:
                right = text == value
        if not right:
            yield f"{key} is {text!r}, not {value!r}"
        if spec_of(file, key).style != "plain" and found.environment.get(key) != text:
            yield f"{key} is not exported"


def no_code_ran(*folders: Path) -> None:
    assert [path for folder in folders for path in folder.rglob("PWNED")] == []


SOURCED = [name for name in NAMES if not READINGS[name].program]
PROGRAMS = [name for name in NAMES if READINGS[name].program]
RENDERS = ["plausible", *(f"hostile {number}" for number in range(ROTATIONS))]


@pytest.mark.parametrize("render", RENDERS)
@pytest.mark.parametrize("file", SOURCED)
def test_what_is_sourced_has_the_values(
    renders: Mapping[tuple[str, str], Compiled], tmp_path: Path, place: Path, file: str, render: str
) -> None:
    node = renders[render, "package" if file == "default/dse" else TARBALL]
    wanted = expected(node, file)
    for shell in ("bash", "sh") if is_posix(node.files[file]) else ("bash",):
        found = read(node, file, tmp_path / shell, around=renders["zero", TARBALL], place=place, shell=shell)
        assert found.code == 0, found.said
        assert list(mismatches(file, wanted, found)) == []
    no_code_ran(tmp_path, place.parent)


def java_words(text: str) -> list[str]:
    """The words of a text as Spark's launcher splits it: it knows quotes and backslashes and expands nothing."""
    return shlex.split(text)


@pytest.mark.parametrize("render", RENDERS)
@pytest.mark.parametrize("file", PROGRAMS)
def test_what_runs_has_the_values_and_hands_them_on(
    renders: Mapping[tuple[str, str], Compiled], tmp_path: Path, place: Path, everything: Path, file: str, render: str
) -> None:
    node = renders[render, TARBALL]
    found = read(
        node, file, tmp_path, around=renders["zero", TARBALL], place=everything if render == "plausible" else place
    )
    wanted = expected(node, file)
    assert found.code == (1 if file == "kill-process-tree.sh" else 0), found.said
    if READINGS[file].calls or READINGS[file].java:
        assert list(mismatches(file, wanted, found)) == []
        assert HANDED_ON[file](wanted, found.arguments), found.arguments
    else:
        assert SAID[file] in found.said
    no_code_ran(tmp_path, place.parent, everything)


def in_order(parts: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the parts stand side by side in the whole."""
    return any(list(whole[start : start + len(parts)]) == list(parts) for start in range(len(whole) + 1))


def blank_split(text: str) -> list[str]:
    """The words of a text as a shell splits it; Python knows more blanks."""
    return [word for word in re.split(r"[ \t\n]+", text) if word]


def _daemon(action: str, name: str) -> Callable[[Mapping[str, str], Sequence[str]], bool]:
    return lambda _, words: list(words) == [action, name, "1"]


def _hive(wanted: Mapping[str, str], words: Sequence[str]) -> bool:
    pairs = [f"{key.removeprefix('hiveconf.')}={value}" for key, value in wanted.items() if key.startswith("hiveconf.")]
    return words[:3] == ("submit", THRIFT, "1") and sorted(words[6::2]) == sorted(pairs)


def _job_server(wanted: Mapping[str, str], words: Sequence[str]) -> bool:
    options = java_words(words[words.index("--driver-java-options") + 1])
    return (
        in_order(("--driver-memory", wanted["JOBSERVER_MEMORY"]), words)
        and f"-DLOG_DIR={wanted['LOG_DIR']}" in options
        and f"-Dcom.sun.management.jmxremote.port={wanted['JMX_PORT']}" in options
    )


def _context(wanted: Mapping[str, str], words: Sequence[str]) -> bool:
    options = words[words.index("--driver-java-options") + 1]
    confs = [word for pair in wanted["MANAGER_EXTRA_SPARK_CONFS"].split("|") if pair for word in ("--conf", pair)]
    return (
        in_order(confs, words)
        and in_order(blank_split(wanted["SPARK_SUBMIT_OPTIONS"]), words)
        and in_order(("--keytab", wanted["JOBSERVER_KEYTAB"]), words)
        and f" {wanted['SPARK_SUBMIT_JAVA_OPTIONS']} {wanted['MANAGER_EXTRA_JAVA_OPTIONS']}" in options
        and words[-5] == wanted["MANAGER_JAR_FILE"] and words[-1] == wanted["MANAGER_CONF_FILE"]
    )  # fmt: skip


def _console(wanted: Mapping[str, str], words: Sequence[str]) -> bool:
    return in_order(("-server", *blank_split(wanted["JAVA_OPTIONS"])), words) and words[-1].endswith(".Console")


HISTORY = "org.apache.spark.deploy.history.HistoryServer"
THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
HANDED_ON: Mapping[str, Callable[[Mapping[str, str], Sequence[str]], bool]] = {
    "spark-daemon.sh": lambda _, words: list(words) == ["org.example.Daemon", "two words"],
    "start-history-server.sh": _daemon("start", HISTORY),
    "stop-history-server.sh": _daemon("stop", HISTORY),
    "start-thriftserver.sh": _hive,
    "stop-thriftserver.sh": _daemon("stop", THRIFT),
    "server_start.sh": _job_server,
    "manager_start.sh": _context,
    "gremlin.sh": _console,
}
SAID = {
    "server_stop.sh": "There is no job server to stop",
    "kill-process-tree.sh": "Usage: kill-process-tree.sh SIGNAL PID",
}


@pytest.mark.parametrize("render", RENDERS)
def test_properties_of_the_history_server_are_one_word_each(
    renders: Mapping[tuple[str, str], Compiled], tmp_path: Path, place: Path, render: str
) -> None:
    node = renders[render, TARBALL]
    found = read(node, "start-history-server.sh", tmp_path, around=renders["zero", TARBALL], place=place)
    wanted = expected(node, "start-history-server.sh")
    ours = found.variables["SPARK_HISTORY_OPTS"].removeprefix(wanted["SPARK_HISTORY_OPTS"])
    assert java_words(ours) == [f"-D{key}={value}" for key, value in wanted.items() if key.startswith("spark.")]


REFUSED = [(file, key) for file in ("cassandra-env.sh", "hadoop-config.sh") for key in sorted(READINGS[file].words)]


@pytest.mark.parametrize(("file", "key"), REFUSED)
@pytest.mark.parametrize("value", ["/a -XX:OnError=touch", "/a\n-javaagent:x", "/a\t-XX:OnError=touch"])
def test_a_script_refuses_a_blank_where_it_would_begin_another_option(
    tmp_path: Path, everything: Path, file: str, key: str, value: str
) -> None:
    node = compile_node(tmp_path / "fleet", {file: {key: value}})
    found = read(node, file, tmp_path / "read", around=node, place=everything)
    assert found.code == 1
    assert re.search(r"blank", found.said), found.said


def test_what_is_no_text_can_not_be_a_command(tmp_path: Path) -> None:
    """Numbers, sizes, switches and choices are refused before a file is written."""
    command = "1; $(touch PWNED)"
    wrong = {file.name: {spec.key: command for spec in settings_of(file) if not is_text(spec)} for file in SHELL}
    write_fleet(tmp_path, layer_of(wrong))
    assert cli.main(["-C", str(tmp_path), "compile", "-o", "build"]) == 2
    assert not (tmp_path / "build").exists() or not list((tmp_path / "build").rglob("*.sh"))
    _, sources = open_sources(tmp_path)
    run, nodes = compile_fleet(sources)
    list(nodes)
    errors = [finding for finding in run.findings if finding.severity is Severity.ERROR]
    assert len(errors) == sum(map(len, wrong.values())) > 50


@pytest.mark.parametrize(
    "name", ["A B", "A;touch PWNED;B", "A=$(touch PWNED)", "$(touch PWNED)", "1A", "A-B", "A\nB", "É"]
)
def test_what_is_no_name_of_a_variable_is_refused(tmp_path: Path, name: str) -> None:
    write_fleet(tmp_path, {"dse-env.sh": {name: "value"}})
    assert cli.main(["-C", str(tmp_path), "compile", "-o", "build"]) == 2
