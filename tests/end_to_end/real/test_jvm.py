"""Real JVMs start with the options that were compiled for them, and get them as they were meant."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from fleets import (
    INSTALLS,
    Compiled,
    Layer,
    compile_node,
    files_of_format,
    plausible,
    product,
    settings_of,
    write_fleet,
)
from readings import PATH, call, record, recorded

from dseconf import cli
from dseconf.catalog import FileSpec, Kind, SettingSpec
from dseconf.fleet.node import WORKLOADS
from dseconf.setting import Plain, Secret, Value

pytestmark = pytest.mark.real


def found_jvms() -> list[str]:
    """Every java that there is, once: on the PATH, installed by the system, or named in DSECONF_JVMS."""
    named = os.environ.get("DSECONF_JVMS", "").split(os.pathsep)
    candidates = [shutil.which("java") or "", *map(str, sorted(Path("/usr/lib/jvm").glob("*/bin/java"))), *named]
    javas = (Path(name, "bin", "java") if name and Path(name).is_dir() else Path(name) for name in candidates if name)
    return list(dict.fromkeys(str(path.resolve()) for path in javas if path.is_file()))


NO_JVM = pytest.param("", marks=pytest.mark.skip(reason="no java on this machine, and none in DSECONF_JVMS"))
JVMS = [pytest.param(java, id=java) for java in found_jvms()] or [NO_JVM]
SMALL_HEAP: Mapping[str, Value] = {"-Xms": "64MiB", "-Xmx": "64MiB"}


@cache
def version_of(java: str) -> int:
    """The major version: 8, 11, 17."""
    done = call([java, "-version"])
    found = re.search(r'version "(?:1\.)?([0-9]+)', done.stdout)
    assert found is not None, done.stdout
    return int(found[1])


def files_for(version: int) -> tuple[str, str]:
    """The files that a node reads with a Java version."""
    return ("jvm-server.options", "jvm8-server.options" if version < 11 else "jvm11-server.options")


def start(java: str, options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return call([java, *options, "-version"], environment={"PATH": PATH, "LC_ALL": "C"})


def complaints(said: str) -> list[str]:
    """What a JVM says against its options. That a recording or a debugger is there is no complaint."""
    return [
        line
        for line in said.splitlines()
        if re.search(r"warning|error|unrecognized|ignor|deprecated|cannot", line, re.IGNORECASE)
    ]


# Options that are right for Java 11 and that a later JVM refuses, ignores or warns of:
# option, first release that does so, why.
DROPPED: tuple[tuple[str, int, str], ...] = (
    ("-XX:UseBiasedLocking", 15, "deprecated in 15 and off by default, gone in 19 (JEP 374)"),
    ("-XX:UnlockCommercialFeatures", 11, "only Oracle's JDK 8 has licensed features"),
    ("-XX:FlightRecorder", 13, "deprecated: -XX:StartFlightRecording alone starts the recorder"),
    ("-XX:G1RSetRegionEntries", 18, "remembered sets of G1 have another form"),
    ("-XX:UseConcMarkSweepGC", 9, "CMS was deprecated in 9 and left in 14 (JEP 363)"),
    ("-XX:CMSParallelRemarkEnabled", 14, "an option of CMS, which left in 14"),
    ("-XX:UseCMSInitiatingOccupancyOnly", 14, "an option of CMS, which left in 14"),
    ("-XX:CMSParallelInitialMarkEnabled", 14, "an option of CMS, which left in 14"),
    ("-XX:CMSEdenChunksRecordAlways", 14, "an option of CMS, which left in 14"),
    ("-XX:CMSClassUnloadingEnabled", 14, "an option of CMS, which left in 14"),
    ("-XX:CMSInitiatingOccupancyFraction", 14, "an option of CMS, which left in 14"),
    ("-XX:CMSWaitDuration", 14, "an option of CMS, which left in 14"),
)

# Options that no test machine can be asked to start with.
NOT_STARTED: Mapping[str, str] = {
    "-agentpath:": "needs a native library made for it",
    "-javaagent:": "needs a jar file made for it",
    "-XX:UseJVMCICompiler": "needs Graal, which left the JDK in 17 (JEP 410)",
    "-XX:UseLargePages": "needs pages that the system has set aside, and says so where there are none",
}

COLLECTORS = {
    "g1": "-XX:UseG1GC",
    "zgc": "-XX:UseZGC",
    "shenandoah": "-XX:UseShenandoahGC",
    "serial": "-XX:UseSerialGC",
    "parallel": "-XX:UseParallelGC",
    "cms": "-XX:UseConcMarkSweepGC",
}
# Sizes of the young generation, which stand beside G1, override it and say so.
BESIDE = {"-XX:NewRatio": "parallel"}
EXPERIMENTAL = "-XX:UnlockExperimentalVMOptions"
JMX = re.compile(
    r"-Dcom\.sun\.management\.jmxremote\.(port|rmi\.port|authenticate|ssl|registry\.ssl)|-Djava\.rmi\.server\.hostname"
)


def is_taken(version: int, option: str) -> bool:
    name = re.sub(r"^-XX:[+-]", "-XX:", option).partition("=")[0]
    return not any(name == dropped and version >= release for dropped, release, _ in DROPPED)


def extracted(path: Path) -> list[str]:
    """The options as the start scripts take them from a file: the words of the lines that begin with a dash."""
    script = 'for option in $(grep "^-" "$1"); do printf "%s\\0" "$option"; done'
    return call(["bash", "-c", script, "bash", path]).stdout.split("\0")[:-1]


def meant(node: Compiled, file: str) -> list[str]:
    """The options that the settings of a file stand for."""
    return [option for key, value in node.values(file).items() for option in _options(spec_of(file, key), key, value)]


def _options(spec: SettingSpec, key: str, value: Plain) -> list[str]:
    members = value if isinstance(value, list) else [value]
    # Without a style a truth value is a flag; other values stand behind the name.
    match spec.style or ("flag" if isinstance(value, bool) else "equals"):
        case "flag":
            return [f"-XX:{'+' if value is True else '-'}{key.removeprefix('-XX:')}"]
        case "switch":
            return [key] if value is True else []
        case "equals":
            return [f"{key}={_word(member)}" for member in members]
        case "glued":
            return [f"{key}{_word(member)}" for member in members]
        case style:
            raise AssertionError(style)


def _word(value: Plain) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Secret():
            return f"@@dseconf:jvm:{value.name}@@"
        case _:
            return str(value)


def spec_of(file: str, key: str) -> SettingSpec:
    found = product().file(file)
    spec = found.setting(key) if found is not None else None
    assert spec is not None
    return spec


def sensible(spec: SettingSpec, folder: Path) -> Value:
    """A value with which a small JVM can start."""
    values: Mapping[str, Value] = {
        **SMALL_HEAP,
        "-Xmn": "16MiB", "-XX:NewSize": "16MiB", "-XX:MaxNewSize": "16MiB", "-XX:MaxDirectMemorySize": "64MiB",
        "-XX:ReservedCodeCacheSize": "64MiB", "-XX:MetaspaceSize": "16MiB", "-XX:MaxMetaspaceSize": "128MiB",
        "-XX:LargePageSizeInBytes": "2MiB", "-XX:G1HeapRegionSize": "1MiB", "-XX:ParallelGCThreads": 2,
        "-XX:ConcGCThreads": 1, "-XX:CICompilerCount": 4, "-XX:ActiveProcessorCount": 4,
        "-XX:ShenandoahGCHeuristics": "adaptive",
        "-XX:StartFlightRecording": f"duration=30s,filename={folder}/recording.jfr",
        "-XX:FlightRecorderOptions": "stackdepth=64",
        "-XX:HeapDumpPath": str(folder), "-XX:LogFile": f"{folder}/vm.log", "-XX:ErrorFile": f"{folder}/error.log",
        "-XX:CompileCommandFile": str(folder / "build/atlas/n1/opt/dse/resources/cassandra/conf/hotspot_compiler"),
        "-agentlib:jdwp": "transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0",
        "-Xlog:": list[Value]([f"gc*=info:file={folder}/gc.log"]),
        "-Djava.io.tmpdir": str(folder),
    }  # fmt: skip
    return values.get(spec.key, plausible(spec))


def of_node(folder: Path) -> Layer:
    """Every option for every Java version but those that start the JMX agent."""
    specs = settings_of(a_file("jvm-server.options"))
    chosen = {
        spec.key: sensible(spec, folder)
        for spec in specs
        if spec.key not in NOT_STARTED and not JMX.fullmatch(spec.key)
    }
    return {"jvm-server.options": chosen}


def with_agent(_: Path) -> Layer:
    """The options that start the JMX agent, on a port of its own."""
    specs = {spec.key: spec for spec in settings_of(a_file("jvm-server.options")) if JMX.fullmatch(spec.key)}
    off = {key: False for key, spec in specs.items() if spec.kind is Kind.BOOLEAN}
    ports = {key: free_port() for key, spec in specs.items() if spec.kind is Kind.INT}
    return {"jvm-server.options": {**SMALL_HEAP, **off, **ports, "-Djava.rmi.server.hostname": "127.0.0.1"}}


def of_collector(name: str) -> Callable[[Path], Layer]:
    """The options of one collector; those that need none stand beside G1."""
    key = COLLECTORS[name]

    def fits(spec: SettingSpec) -> bool:
        needed = set(spec.needs or ()) & set(COLLECTORS.values())
        return key in needed or (not needed and BESIDE.get(spec.key, "g1") == name)

    def layer(folder: Path) -> Layer:
        chosen: dict[str, Value] = {EXPERIMENTAL: True, key: True}
        for spec in settings_of(a_file("jvm11-server.options")):
            if fits(spec) and spec.key not in NOT_STARTED and spec.key not in COLLECTORS.values():
                chosen[spec.key] = sensible(spec, folder)
        return {"jvm-server.options": SMALL_HEAP, "jvm11-server.options": chosen}

    return layer


def a_file(name: str) -> FileSpec:
    found = product().file(name)
    assert found is not None
    return found


LAYERS: Mapping[str, Callable[[Path], Layer]] = {
    "node": of_node,
    "agent": with_agent,
    **{name: of_collector(name) for name in COLLECTORS},
}


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


@pytest.mark.parametrize("java", JVMS)
@pytest.mark.parametrize("workload", [*WORKLOADS, "all"])
def test_a_node_starts_with_the_shipped_profiles(tmp_path: Path, java: str, workload: str) -> None:
    workloads = WORKLOADS if workload == "all" else [workload]
    node = compile_node(tmp_path, {"jvm-server.options": SMALL_HEAP}, workload=workloads, shipped=True)
    version = version_of(java)
    options = [option for name in files_for(version) for option in extracted(node.files[name])]
    assert len(options) > 20
    done = start(java, [option for option in options if is_taken(version, option)])
    assert (done.returncode, complaints(done.stdout)) == (0, [])


@pytest.mark.parametrize("java", JVMS)
@pytest.mark.parametrize("group", LAYERS)
def test_a_jvm_takes_every_option_that_there_is(tmp_path: Path, java: str, group: str) -> None:
    version = version_of(java)
    if version < 11 and group in COLLECTORS:
        pytest.skip("jvm11-server.options is for Java 11 and later")
    node = compile_node(tmp_path, LAYERS[group](tmp_path))
    options = [
        option for name in files_for(version) for option in extracted(node.files[name]) if is_taken(version, option)
    ]
    done = start(java, options)
    assert (done.returncode, complaints(done.stdout)) == (0, [])


def test_no_option_is_forgotten(tmp_path: Path) -> None:
    for file in ("jvm-server.options", "jvm11-server.options"):
        tried = {key for layer in LAYERS.values() for key in layer(tmp_path).get(file, ())}
        assert {spec.key for spec in settings_of(a_file(file))} == tried | (NOT_STARTED.keys() & {*a_file(file).keys})


@pytest.mark.parametrize("java", JVMS)
@pytest.mark.parametrize(("option", "release", "why"), DROPPED)
def test_what_is_called_dropped_is_dropped(java: str, option: str, release: int, why: str) -> None:
    if version_of(java) < release:
        pytest.skip(f"{option} is still there before Java {release}")
    files = [file for file in ("jvm-server.options", "jvm11-server.options") if a_file(file).exact(option)]
    spec = spec_of(files[0], option)
    value = plausible(spec)
    assert isinstance(value, (bool, int))
    unlocked = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions"]
    done = start(java, [*unlocked, *_options(spec, option, value)])
    assert done.returncode != 0 or complaints(done.stdout), why


@pytest.mark.parametrize("install", INSTALLS)
def test_scripts_take_from_a_file_what_its_settings_say(tmp_path: Path, install: str) -> None:
    files = files_of_format("jvm")
    layer = {file.name: {spec.key: plausible(spec) for spec in settings_of(file)} for file in files}
    layer["jvm-server.options"] |= {"-Dmy.property": "a=b=c", "-XX:New": "1", "-XX:On": True, "-XX:Off": False}
    for shipped, given in ((False, layer), (True, {})):
        node = compile_node(tmp_path / str(shipped), given, install=install, shipped=shipped)
        for file in files:
            assert sorted(extracted(node.files[file.name])) == sorted(meant(node, file.name))
            assert len(set(extracted(node.files[file.name]))) == len(meant(node, file.name))


def test_options_that_unlock_others_come_before_them(tmp_path: Path) -> None:
    node = compile_node(tmp_path, {**of_collector("g1")(tmp_path), **of_node(tmp_path)})
    for file in ("jvm-server.options", "jvm11-server.options"):
        options = extracted(node.files[file])
        assert "-XX:+Unlock" in options[0]


WORDS = (
    "$(touch${IFS}PWNED)",
    "`touch${IFS}PWNED`",
    "a;touch|PWNED&",
    "'\"\\",
    "*",
    "~",
    "{a,b}",
    "-XX:+Fake",
    "#x",
    "%n",
    "é日",
    "a=b,c:d",
)


@pytest.mark.parametrize("java", JVMS)
def test_java_gets_hostile_words_as_they_are(tmp_path: Path, java: str) -> None:
    properties = {f"-Dhostile.number{number}": word for number, word in enumerate(WORDS)}
    node = compile_node(tmp_path / "fleet", {"jvm-server.options": {**SMALL_HEAP, **properties}})
    script = '"$0" $(grep "^-" "$1") -XshowSettings:properties -version'
    command: list[str | Path] = ["bash", "-c", script, java, node.files["jvm-server.options"]]
    done = call(command, folder=tmp_path, environment={"PATH": PATH, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stdout
    shown = dict(re.findall(r"^ +hostile\.number([0-9]+) = (.*)$", done.stdout, re.MULTILINE))
    assert [shown[str(number)] for number in range(len(WORDS))] == list(WORDS)
    assert list(tmp_path.rglob("PWNED")) == []


TORN = ("a -XX:OnError=touch", "a\t-javaagent:x", "a\n-XX:OnError=touch", "a\r", "a\x0bb", "a\x00b", "\x7f", " ", "a ")


def refuse(folder: Path, layer: Layer) -> bool:
    """Whether a compile refuses the layer, and writes no options file."""
    write_fleet(folder, layer)
    code = cli.main(["-C", str(folder), "compile", "-o", "build"])
    return code == 2 and list((folder / "build").rglob("*.options")) == []


@pytest.mark.parametrize("value", TORN)
def test_a_value_that_the_scripts_would_tear_apart_is_refused(
    tmp_path: Path, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refuse(tmp_path, {"jvm-server.options": {"-Dmy.own": value}})
    assert "profiles/base.yaml:1:" in capsys.readouterr().err


@pytest.mark.parametrize("file", files_of_format("jvm"), ids=lambda file: file.name)
def test_every_option_that_takes_a_text_refuses_a_second_word(tmp_path: Path, file: FileSpec) -> None:
    value = TORN[0]
    takers = [spec for spec in settings_of(file) if spec.kind in (Kind.STRING, Kind.LIST) and not spec.sensitive]
    for spec in takers:
        torn: Value = list[Value]([value]) if spec.kind is Kind.LIST else value
        assert refuse(tmp_path, {file.name: {spec.key: torn}}), spec.key


@pytest.mark.parametrize("key", ["-Da b", "-Da=b", "-Da\n-XX:OnError", "-Da\t", "-XX:OnError=x -XX", "-D", "Dx", ""])
def test_a_name_that_would_be_torn_apart_is_refused(tmp_path: Path, key: str) -> None:
    assert refuse(tmp_path, {"jvm-server.options": {key: "value"}})


@pytest.mark.parametrize("java", JVMS)
def test_the_start_scripts_start_a_jvm(tmp_path: Path, java: str) -> None:
    """The compiled scripts read the compiled options, add what depends on the machine, and java takes it all."""
    node = compile_node(
        tmp_path / "fleet", {"jvm-server.options": {**SMALL_HEAP, "-Dmy.property": "$(touch${IFS}PWNED)"}}
    )
    done = started_by_scripts(node, java, tmp_path, "-XshowSettings:all", "-version")
    assert done.returncode == 0, done.stdout
    assert "    my.property = $(touch${IFS}PWNED)\n" in done.stdout
    assert "    cassandra.jmx.local.port = 7199\n" in done.stdout
    assert re.search(r"Max\. Heap Size: 64\.00M", done.stdout)
    assert list(tmp_path.rglob("PWNED")) == []


def started_by_scripts(node: Compiled, java: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What java says when it is started as the script of the node starts it."""
    script = 'jvmoptions_variant=-server; . "$1"; . "$2"; shift 2; exec "$JAVA" $JVM_OPTS "$@"'
    files = [node.files["cassandra/cassandra.in.sh"], node.files["cassandra-env.sh"]]
    environment = {
        "PATH": PATH,
        "JAVA_HOME": str(Path(java).parents[1]),
        "CASSANDRA_CONF": str(files[1].parent),
        "CASSANDRA_HOME": str(folder),
    }
    return call(["sh", "-c", script, "sh", *files, *more], folder=folder, environment=environment)


# What an option file and cassandra-env.sh say together: layers, what java gets, what it does not get.
SAID_TOGETHER: tuple[tuple[Layer, tuple[str, ...], tuple[str, ...]], ...] = (
    ({"jvm-server.options": SMALL_HEAP}, ("-Xmx64M", "-Xms64M"), ()),
    ({"cassandra-env.sh": {"MAX_HEAP_SIZE": "96MiB"}}, ("-Xmx96M", "-Xms96M"), ()),
    (
        {"jvm-server.options": SMALL_HEAP, "cassandra-env.sh": {"MAX_HEAP_SIZE": "96MiB"}},
        ("-Xmx64M", "-Xms64M"),
        ("-Xmx96M",),
    ),
    (
        {"jvm-server.options": {**SMALL_HEAP, "-XX:MaxDirectMemorySize": "48MiB"}},
        ("-XX:MaxDirectMemorySize=48M",),
        (),
    ),
    ({"cassandra-env.sh": {"MAX_DIRECT_MEMORY": "80MiB"}}, ("-XX:MaxDirectMemorySize=80M",), ()),
    (
        {"cassandra-env.sh": {"JMX_PORT": 7299}},
        ("-Dcassandra.jmx.local.port=7299",),
        ("-Dcassandra.jmx.local.port=7199",),
    ),
    (
        {"cassandra-env.sh": {"LOCAL_JMX": "no"}},
        ("-Dcassandra.jmx.remote.port=7199", "-Dcom.sun.management.jmxremote.authenticate=true"),
        ("-Dcassandra.jmx.local.port=7199",),
    ),
    (
        {"jvm-server.options": {"-Dcassandra.jmx.remote.port": 7399}},
        ("-Dcassandra.jmx.remote.port=7399",),
        ("-Dcassandra.jmx.local.port=7199", "-Dcom.sun.management.jmxremote.authenticate=false"),
    ),
    (
        {"cassandra-env.sh": {"JVM_EXTRA_OPTS": "-Da=1 -Db=$(touch${IFS}PWNED)"}},
        ("-Da=1", "-Db=$(touch${IFS}PWNED)"),
        (),
    ),
)


@pytest.mark.parametrize(("layer", "given", "left_out"), SAID_TOGETHER)
def test_option_files_go_before_the_environment_script(
    tmp_path: Path, layer: Layer, given: tuple[str, ...], left_out: tuple[str, ...]
) -> None:
    java = tmp_path / "java" / "bin" / "java"
    record(java)
    node = compile_node(tmp_path / "fleet", layer)
    done = started_by_scripts(node, str(java), tmp_path, "Main")
    assert done.returncode == 0, done.stdout
    words, _ = recorded(java)
    assert set(given) <= set(words)
    assert set(left_out) & set(words) == set()
    names = [re.split("(?<=-Xm[sxn])|=", word)[0] for word in words]
    assert [name for name in names if names.count(name) > 1] == []
    assert words[-1] == "Main"


@pytest.mark.parametrize("key", ["-Xms", "-Xmx"])
def test_one_bound_of_the_heap_alone_does_not_start(tmp_path: Path, key: str) -> None:
    java = tmp_path / "java" / "bin" / "java"
    record(java)
    node = compile_node(tmp_path / "fleet", {"jvm-server.options": {key: "64MiB"}})
    done = started_by_scripts(node, str(java), tmp_path)
    assert (done.returncode, "only one of -Xms and -Xmx" in done.stdout) == (1, True)
