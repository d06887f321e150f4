"""How each shell file of the catalog is read by its reader, so that tests can read it the same way.

A file is sourced, or run when it is a program. Neighbours that it calls are replaced by
recorders: programs that write down their arguments and environment and do nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fleets import Compiled

from dseconf.formats.shell import quote

PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
DSE = "opt/dse"

_RECORDER = """#!/bin/sh
if [ "$1" = -version ]; then
    echo 'openjdk version "11.0.29" 2025-10-21' >&2
    echo 'OpenJDK 64-Bit Server VM (build 11.0.29+7, mixed mode)' >&2
    exit 0
fi
if [ $# -gt 0 ]; then printf '%s\\0' "$@"; fi >"$0.writing"
env -0 >"$0.environment"
mv "$0.writing" "$0.arguments"
"""

# Names begin like nothing else, so that no setting is taken for one of them.
_READ = r"""
read_out=$1; read_script=$2; shift 2; read_names=$*; set --
. "$read_script"
for read_name in $read_names; do
    eval "[ -z \"\${$read_name+x}\" ] || printf '%s\\0%s\\0' $read_name \"\$$read_name\""
done >"$read_out"
env -0 >"$read_out.environment"
"""


@dataclass(frozen=True)
class Reading:
    """How one file is read.

    Attributes:
        places: settings whose value has to be there: they are given a folder that has everything.
        names: settings that become part of a file's name.
        lists: settings that list folders with blanks between them.
        words: settings that become one word of many, which can hold no blank.
        relations: where a variable is not the value alone: begins, ends or holds.
        calls: neighbours below the install that recorders stand for; the first is what the program ends in.
        java: the program ends in the java of that folder.
        empty: neighbours below the install that an empty file stands for.
        arguments: of the program.
        given: environment that the caller brings.
        fixed: values of settings without which the program would do something else.
    """

    places: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    relations: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, bool | str] = field(default_factory=dict)
    program: bool = False
    java: bool = False


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPARK = "resources/spark"
_JOBS = f"{_SPARK}/spark-jobserver"
_IN_SH = Reading(
    places=names("CASSANDRA_HOME CASSANDRA_CONF JAVA_HOME"), relations={"CLASSPATH": "ends", "JVM_OPTS": "begins"}
)
_ANY_HADOOP = Reading(
    places=names(
        "HADOOP_LIBEXEC_DIR HADOOP_COMMON_HOME HADOOP_HOME HADOOP_HDFS_HOME HADOOP_MAPRED_HOME HADOOP_YARN_HOME"
        " HADOOP_CONF_DIR YARN_CONF_DIR"
    ),
)
_STOP = Reading(calls=(f"{_SPARK}/sbin/spark-daemon.sh",), program=True)

READINGS: Mapping[str, Reading] = {
    "default/dse": Reading(),
    "datastax-env.sh": Reading(),
    # It ends by reading dse.in.sh, which has a test of its own.
    "dse-env.sh": Reading(empty=("bin/dse.in.sh",)),
    "dserc-env.sh": Reading(),
    "dse.in.sh": Reading(
        places=names(
            "JAVA_HOME TMPDIR DSE_HOME DSE_CONF DSE_COMPONENTS_ROOT DSE_LOG_ROOT CASSANDRA_HOME CASSANDRA_BIN"
            " CASSANDRA_CONF TOMCAT_HOME TOMCAT_CONF_DIR"
        ),
        # A list with colons between its members: a line break in one would be a member of its own.
        lists=names("DSE_LIB"),
        names=names("CLASSPATH"),
        relations={"CLASSPATH": "ends", "DSE_OPTS": "begins"},
    ),
    "cassandra/cassandra.in.sh": _IN_SH,
    "tools/bin/cassandra.in.sh": _IN_SH,
    "cassandra-env.sh": Reading(words=names("CASSANDRA_HEAPDUMP_DIR MX4J_ADDRESS")),
    "hadoop-env.sh": Reading(relations={"HADOOP_OPTS": "ends"}),
    "httpfs-env.sh": Reading(),
    "kms-env.sh": Reading(),
    "mapred-env.sh": Reading(),
    "yarn-env.sh": Reading(),
    "hadoop-config.sh": Reading(
        places=names("HADOOP_CONF_DIR"),
        words=names(
            "HADOOP_PREFIX HADOOP_LOG_DIR HADOOP_LOGFILE HADOOP_ROOT_LOGGER HADOOP_SECURITY_LOGGER HADOOP_POLICYFILE"
            " JAVA_LIBRARY_PATH"
        ),
        given={"JAVA_HOME": "/nonexistent"},
    ),
    # They end by reading hadoop-config.sh, which is empty in the folder that has everything.
    "hdfs-config.sh": _ANY_HADOOP,
    "mapred-config.sh": _ANY_HADOOP,
    "yarn-config.sh": _ANY_HADOOP,
    "httpfs-config.sh": Reading(places=names("HTTPFS_CONFIG HTTPFS_LOG HTTPFS_TEMP")),
    "kms-config.sh": Reading(places=names("KMS_CONFIG KMS_LOG KMS_TEMP")),
    "spark-env.sh": Reading(),
    "dse-spark-env.sh": Reading(),
    "load-spark-env.sh": Reading(),
    "spark-config.sh": Reading(relations={"PYTHONPATH": "ends"}),
    "settings.sh": Reading(places=names("DSE_ENV"), given={"ENV": "build"}),
    "setenv.sh": Reading(
        places=names("SPARK_HOME SPARK_CONF_DIR JOBSERVER_CONFIG LOG_DIR"),
        empty=(f"{_JOBS}/settings.sh",),
    ),
    "spark-daemon.sh": Reading(
        places=names("SPARK_CONF_DIR SPARK_LOG_DIR SPARK_PID_DIR"),
        names=names("SPARK_IDENT_STRING SPARK_MASTER"),
        calls=(f"{_SPARK}/bin/spark-class", "../rsync"),
        arguments=("start", "org.example.Daemon", "1", "two words"),
        fixed={"SPARK_NO_DAEMONIZE": True},
        program=True,
    ),
    "start-history-server.sh": Reading(
        calls=(f"{_SPARK}/sbin/spark-daemon.sh",), relations={"SPARK_HISTORY_OPTS": "begins"}, program=True
    ),
    "start-thriftserver.sh": Reading(calls=(f"{_SPARK}/sbin/spark-daemon.sh",), program=True),
    "stop-history-server.sh": _STOP,
    "stop-thriftserver.sh": _STOP,
    "server_start.sh": Reading(
        places=names("JOBSERVER_CONFIG LOG_DIR"),
        names=names("PIDFILE"),
        empty=(f"{_JOBS}/settings.sh",),
        calls=(f"{_SPARK}/bin/spark-submit",),
        given={"SPARK_HOME": f"{{root}}/{DSE}/{_SPARK}"},
        fixed={"JOBSERVER_FG": True},
        program=True,
    ),
    "server_stop.sh": Reading(names=names("PIDFILE"), empty=(f"{_JOBS}/settings.sh",), program=True),
    "manager_start.sh": Reading(
        calls=(f"{_SPARK}/bin/spark-submit",),
        empty=(f"{_JOBS}/settings.sh",),
        given={"SPARK_HOME": f"{{root}}/{DSE}/{_SPARK}", "LOG_DIR": "{root}/log"},
        arguments=("dse://?", "client", "akka://here", "an actor", "/nonexistent"),
        program=True,
    ),
    "kill-process-tree.sh": Reading(program=True),
    "gremlin.sh": Reading(
        places=names("JAVA_HOME"),
        relations={"CLASSPATH": "begins"},
        empty=("resources/graph/gremlin-console/ext/keep",),
        program=True,
        java=True,
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What a file came to: its exit code and words, variables, and what its callee was given."""

    code: int
    said: str
    variables: Mapping[str, str]
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ()


_FOLDERS = (
    "bin lib tools/lib cassandra/conf conf hadoop2-client/conf solr spark/conf spark/python/lib tomcat/conf"
    " graph/conf libexec"
)
_FILES = (
    "bin/dse cassandra.yaml dse.yaml catalina.properties context.xml hadoop-config.sh dserc-env.sh bin/dserc-env.sh"
    " lib/dse-core-6.8.65.jar cassandra/conf/cassandra.yaml conf/cassandra.yaml libexec/hadoop-config.sh"
)


def furnish(place: Path) -> None:
    """Make a folder that has everything that a script looks for in a folder."""
    for name in _FOLDERS.split():
        (place / name).mkdir(parents=True, exist_ok=True)
    for name in _FILES.split():
        (place / name).touch()
    record(place / "bin" / "java")
    shutil.copy(place / "bin" / "java", place / "bin" / "cassandra")


def record(program: Path) -> None:
    """Put a recorder where a program is called."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.unlink(missing_ok=True)
    program.write_text(_RECORDER, encoding="utf-8")
    program.chmod(0o755)


def recorded(program: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The arguments and the environment that a recorder was given; it may run in the background."""
    arguments = Path(f"{program}.arguments")
    for _ in range(100):
        if arguments.exists():
            break
        time.sleep(0.1)
    words = arguments.read_bytes().decode().split("\0")[:-1]
    return tuple(words), _pairs(Path(f"{program}.environment"))


def _pairs(path: Path) -> dict[str, str]:
    return dict(word.partition("=")[::2] for word in path.read_bytes().decode().split("\0")[:-1])


SECRET: Final = 'it\'s a $(touch PWNED) `secret`\nof "two" lines \\'  # noqa: S105  # it is nobody's


def apply_secrets(path: Path) -> None:
    """Put a hostile secret in each place, as the applier does on the node: one word in quotes of its own."""
    text = path.read_bytes().decode()
    path.write_bytes(re.sub(r"@@dseconf:shell:[\w./-]+@@", lambda _: quote(SECRET), text).encode())


def stage(node: Compiled, file: str, folder: Path, around: Compiled) -> tuple[Path, Path]:
    """One file of a node among the files of another one and recorders; returns the root and the copy of the file."""
    root = folder / "machine"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(around.root, root)
    (folder / "home").mkdir()
    reading = READINGS[file]
    for name in reading.calls:
        record(root / DSE / name)
    for name in reading.empty:
        path = root / DSE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    path = root / node.files[file].relative_to(node.root)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(node.files[file], path)
    apply_secrets(path)
    return root, path


def read(node: Compiled, file: str, folder: Path, *, around: Compiled, place: Path, shell: str = "bash") -> Outcome:
    """Source the file, or run it, as its reader does, in an environment with nothing in it."""
    root, path = stage(node, file, folder, around)
    variables = [key for key in node.values(file) if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key)]
    reading = READINGS[file]
    environment = {"PATH": f"{root}/opt:{PATH}", "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
    environment |= {name: value.format(root=root) for name, value in reading.given.items()}
    if reading.program:
        callee = root / DSE / reading.calls[0] if reading.calls else place / "bin" / "java" if reading.java else None
        return _run([str(path), *reading.arguments], callee, environment, folder)
    out = folder / "variables"
    command = [shell, "-c", _READ, str(path.parent / "caller"), str(out), str(path), *variables]
    done = call(command, folder=folder / "home", environment=environment)
    if not out.exists():
        return Outcome(done.returncode, done.stdout, {}, {})
    words = out.read_bytes().decode().split("\0")[:-1]
    found = dict(zip(words[::2], words[1::2], strict=True))
    return Outcome(done.returncode, done.stdout, found, _pairs(Path(f"{out}.environment")))


def _run(command: Sequence[str], callee: Path | None, environment: Mapping[str, str], folder: Path) -> Outcome:
    if callee is not None:
        Path(f"{callee}.arguments").unlink(missing_ok=True)
    done = call(command, folder=folder / "home", environment=environment)
    if callee is None or done.returncode != 0:
        return Outcome(done.returncode, done.stdout, {}, {})
    arguments, exported = recorded(callee)
    return Outcome(done.returncode, done.stdout, exported, exported, arguments)


def call(
    command: Sequence[str | Path], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it says on both ways is its output."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )


def is_there(program: str) -> bool:
    return shutil.which(program, path=os.environ.get("PATH", PATH)) is not None
