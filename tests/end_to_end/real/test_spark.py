"""Spark runs with the compiled scripts: its history server for real, the daemons of DSE's Spark with a recorder."""

from __future__ import annotations

import getpass
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from fleets import Compiled, Layer, compile_node
from readings import PATH, call, record, recorded

from dseconf.setting import Value

pytestmark = pytest.mark.real

HISTORY = "org.apache.spark.deploy.history.HistoryServer"
SPARK_FILES = {
    "sbin": ("spark-config.sh", "spark-daemon.sh", "start-history-server.sh", "stop-history-server.sh"),
    "bin": ("load-spark-env.sh",),
    "conf": ("spark-env.sh", "spark-defaults.conf", "dse-spark-env.sh"),
}
TIME_LIMIT_S = 120


@dataclass(frozen=True)
class Spark:
    """A Spark home with the compiled files, and its folders: each has a blank in its name."""

    home: Path
    pids: Path
    logs: Path
    events: Path
    port: int = 0

    @property
    def pid_file(self) -> Path:
        return self.pids / f"spark-{getpass.getuser()}-{HISTORY}-1.pid"

    @property
    def log_file(self) -> Path:
        return self.logs / f"spark-{getpass.getuser()}-{HISTORY}-1-{socket.gethostname()}.out"

    def run(self, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ.get("PATH", PATH), "HOME": str(self.home.parent), "USER": getpass.getuser()}
        # Files instead of pipes: a daemon that kept one open would hold the test up.
        with (self.home.parent / "said").open("w+", encoding="utf-8") as said:
            done = subprocess.run(
                [self.home / "sbin" / script, *arguments],
                env={**environment, "LC_ALL": "C.UTF-8", **variables},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=TIME_LIMIT_S / 2,
                check=False,
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read())

    def status(self) -> int:
        return self.run("spark-daemon.sh", "status", HISTORY, "1").returncode


def folders(tmp_path: Path, port: int = 0) -> Spark:
    base = tmp_path / "spark for tests"
    spark = Spark(base / "home", base / "pid files", base / "log files", base / "event logs", port)
    spark.events.mkdir(parents=True)
    return spark


def lay_out(spark: Spark, node: Compiled) -> None:
    """Put the compiled files where Spark has them."""
    for folder, names in SPARK_FILES.items():
        (spark.home / folder).mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(node.files[name], spark.home / folder / name)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def settings(spark: Spark, **more: Value) -> dict[str, Value]:
    return {"SPARK_PID_DIR": str(spark.pids), "SPARK_LOG_DIR": str(spark.logs), "SPARK_LOCAL_IP": "127.0.0.1", **more}


# The history server of Apache Spark, as pip installs it.


def pyspark() -> Path | None:
    """The Spark home inside the virtual environment that DSECONF_PYSPARK names."""
    folder = os.environ.get("DSECONF_PYSPARK", "")
    found = sorted(Path(folder).glob("lib/python*/site-packages/pyspark/bin/spark-class")) if folder else []
    return found[0].parents[1] if found else None


needs_spark = pytest.mark.skipif(pyspark() is None, reason="DSECONF_PYSPARK names no virtual environment with pyspark")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self").is_dir(), reason="this machine has no /proc to find left-over processes in"
)
needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="java is not on this machine")


@contextmanager
def always_stopped(spark: Spark) -> Iterator[None]:
    """Whatever happens inside: nothing runs afterwards that has the Spark home in its command line."""
    try:
        yield
    finally:
        for pid in processes_of(spark):
            os.kill(pid, signal.SIGKILL)


def processes_of(spark: Spark) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if f"{spark.home}/" in words and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def answer(port: int, path: str) -> object:
    """What the server says, as soon as it answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + TIME_LIMIT_S / 2
    while time.monotonic() < end:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return json.load(opener.open(f"http://127.0.0.1:{port}{path}", timeout=5))
        time.sleep(0.3)
    raise AssertionError(f"nobody answers on port {port}")


@needs_spark
@needs_java
@needs_proc
def test_the_history_server_starts_answers_and_stops(tmp_path: Path) -> None:
    spark = folders(tmp_path, free_port())
    hostile = "-Dhostile.word=$(touch${IFS}PWNED)`touch${IFS}PWNED`;touch${IFS}PWNED"
    layer: Layer = {
        "spark-env.sh": settings(
            spark, SPARK_DAEMON_MEMORY="256MiB", SPARK_HISTORY_OPTS=f"-Dspark.history.ui.port={spark.port} {hostile}"
        ),
        "spark-defaults.conf": {
            "spark.history.fs.logDirectory": f"file:{spark.events}",
            "spark.eventLog.dir": f"file:{spark.events}",
        },
        "start-history-server.sh": {"spark.eventLog.dir": f"file:{spark.events}"},
    }
    node = compile_node(tmp_path / "fleet", layer, workload=["analytics"], shipped=True)
    source = pyspark()
    assert source is not None
    shutil.copytree(source / "bin", spark.home / "bin")
    for name in ("jars", "python"):
        if (source / name).is_dir():
            (spark.home / name).symlink_to(source / name)
    lay_out(spark, node)
    with always_stopped(spark):
        assert spark.status() == 2
        started = spark.run("start-history-server.sh")
        assert started.returncode == 0, started.stdout
        assert answer(spark.port, "/api/v1/applications") == []
        assert spark.status() == 0
        pid = int(spark.pid_file.read_text(encoding="utf-8"))
        assert processes_of(spark) == [pid]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        assert words[-2] == HISTORY
        assert {"-Xmx256M", hostile, f"-Dspark.eventLog.dir=file:{spark.events}", "-XX:MaxHeapFreeRatio=50"} <= set(
            words
        )
        assert HISTORY in spark.log_file.read_text(encoding="utf-8")
        second = spark.run("start-history-server.sh")
        assert (second.returncode, f"already runs as process {pid}" in second.stdout) == (1, True)
        assert spark.status() == 0
        stopped = spark.run("stop-history-server.sh")
        assert stopped.returncode == 0, stopped.stdout
        assert (processes_of(spark), spark.pid_file.exists(), spark.status()) == ([], False, 2)
        again = spark.run("stop-history-server.sh")
        assert (again.returncode, "nothing to stop" in again.stdout) == (0, True)
    assert sorted(path.name for path in spark.home.parent.iterdir() if path.name != "said") == [
        "event logs",
        "home",
        "log files",
        "pid files",
    ]
    assert list(tmp_path.rglob("PWNED")) == []
    assert not Path("/PWNED").exists()


# The contract of Spark 2.4, which DSE carries: bin/spark-class reads load-spark-env.sh, asks Spark's launcher for
# the command of a class, and becomes java. The launcher and java are ours here, and write down what they get.

SPARK_CLASS = """#!/usr/bin/env bash
. "$SPARK_HOME/bin/load-spark-env.sh"
exec {python} "$SPARK_HOME/launcher.py" "$@"
"""
# For a class of the daemons: options of all daemons, those of the class, and the memory, in this order.
LAUNCHER = """
import os, shlex, sys
own = {"Master": "SPARK_MASTER_OPTS", "Worker": "SPARK_WORKER_OPTS", "HistoryServer": "SPARK_HISTORY_OPTS"}
names = ("SPARK_DAEMON_JAVA_OPTS", own[sys.argv[1].split(".")[-1]])
options = [word for name in names for word in shlex.split(os.environ.get(name, ""))]
path = os.environ["SPARK_CONF_DIR"] + "/:" + os.environ["SPARK_HOME"] + "/jars/*"
java = os.path.join(os.environ["JAVA_HOME"], "bin", "java")
os.execv(java, [java, "-cp", path, *options, "-Xmx" + os.environ.get("SPARK_DAEMON_MEMORY", "1g"), *sys.argv[1:]])
"""
RUNS_ON = "\ntrap 'exit 0' TERM\nwhile :; do sleep 0.2; done\n"
MASTER = "org.apache.spark.deploy.master.Master"
IDENT = "a team's spark"


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[Spark]:
    """A Spark of the 2.4 line with the compiled files, a recording java, and no process left over."""
    spark = folders(tmp_path)
    daemon: dict[str, Value] = {
        "SPARK_DAEMON_MEMORY": "384MiB",
        "SPARK_DAEMON_JAVA_OPTS": "-Dall=1 -Dall.hostile=$(touch${IFS}PWNED)",
        "SPARK_MASTER_OPTS": '-Dmaster.first=1 "-Dmaster.second=two words; `touch PWNED`"',
        "SPARK_MASTER_HOST": "127.0.0.1",
        "SPARK_MASTER_PORT": 7099,
        "SPARK_IDENT_STRING": IDENT,
        "SPARK_NICENESS": 3,
    }
    layer: Layer = {
        "spark-env.sh": settings(spark, **daemon),
        "dse-spark-env.sh": {"SPARK_WORKER_DIR": "/srv/$(touch PWNED)", "-XX:MaxHeapFreeRatio": 60},
    }
    lay_out(spark, compile_node(tmp_path / "fleet", layer, workload=["analytics"], shipped=True))
    (spark.home / "bin" / "spark-class").write_text(
        SPARK_CLASS.format(python=shlex.quote(sys.executable)), encoding="utf-8"
    )
    (spark.home / "bin" / "spark-class").chmod(0o755)
    (spark.home / "launcher.py").write_text(LAUNCHER, encoding="utf-8")
    java = spark.home / "java" / "bin" / "java"
    record(java)
    java.write_text(java.read_text(encoding="utf-8") + RUNS_ON, encoding="utf-8")
    with always_stopped(spark):
        yield spark
    assert list(tmp_path.rglob("PWNED")) == []


def daemon(spark: Spark, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return spark.run("spark-daemon.sh", action, MASTER, "1", *arguments, JAVA_HOME=str(spark.home / "java"))


def pid_file(spark: Spark) -> Path:
    return spark.pids / f"spark-{IDENT}-{MASTER}-1.pid"


@needs_proc
def test_a_daemon_of_the_2_4_line_gets_its_settings(spark: Spark) -> None:
    assert daemon(spark, "status").returncode == 2
    started = daemon(spark, "start", "--ip", "an address")
    assert started.returncode == 0, started.stdout
    words, environment = recorded(spark.home / "java" / "bin" / "java")
    assert words == (
        "-cp", f"{spark.home}/conf/:{spark.home}/jars/*",
        "-Dall=1", "-Dall.hostile=$(touch${IFS}PWNED)", "-XX:MaxHeapFreeRatio=60", "-XX:MinHeapFreeRatio=20",
        "-Dmaster.first=1", "-Dmaster.second=two words; `touch PWNED`",
        "-Xmx384M", MASTER, "--ip", "an address",
    )  # fmt: skip
    wanted = {
        "SPARK_HOME": str(spark.home), "SPARK_CONF_DIR": f"{spark.home}/conf", "SPARK_PID_DIR": str(spark.pids),
        "SPARK_LOG_DIR": str(spark.logs), "SPARK_IDENT_STRING": IDENT, "SPARK_MASTER_HOST": "127.0.0.1",
        "SPARK_MASTER_PORT": "7099", "SPARK_NICENESS": "3", "SPARK_ENV_LOADED": "1", "SPARK_DAEMON_MEMORY": "384M",
        "SPARK_WORKER_DIR": "/srv/$(touch PWNED)", "SPARK_SCALA_VERSION": "2.11",
    }  # fmt: skip
    assert {key: environment.get(key) for key in wanted} == wanted
    pid = int(pid_file(spark).read_text(encoding="utf-8"))
    assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + 3
    assert daemon(spark, "status").returncode == 0
    assert daemon(spark, "start").returncode == 1
    assert daemon(spark, "stop").returncode == 0
    assert (daemon(spark, "status").returncode, pid_file(spark).exists(), processes_of(spark)) == (2, False, [])


def spark_2_4() -> Path | None:
    """The bin folder of Apache Spark 2.4 as the package index has it, in the folder that DSECONF_SPARK_2_4 names."""
    folder = os.environ.get("DSECONF_SPARK_2_4", "")
    return Path(folder) / "bin" if folder and (Path(folder) / "bin" / "load-spark-env.sh").is_file() else None


@needs_proc
@pytest.mark.skipif(spark_2_4() is None, reason="DSECONF_SPARK_2_4 names no folder with the scripts of Spark 2.4")
def test_the_own_loader_of_spark_2_4_reads_the_compiled_settings(spark: Spark) -> None:
    """load-spark-env.sh of Spark 2.4.8 itself sources our spark-env.sh and dse-spark-env.sh."""
    own = spark_2_4()
    assert own is not None
    for name in ("load-spark-env.sh", "find-spark-home"):
        shutil.copy(own / name, spark.home / "bin" / name)
    script = '. "$SPARK_HOME/bin/load-spark-env.sh" && env -0'
    environment = {"PATH": PATH, "SPARK_HOME": str(spark.home), "SPARK_SCALA_VERSION": "2.11"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=True, timeout=60)
    found = dict(entry.split("=", 1) for entry in done.stdout.decode().split("\0") if "=" in entry)
    wanted = {
        "SPARK_MASTER_HOST": "127.0.0.1",
        "SPARK_MASTER_PORT": "7099",
        "SPARK_DAEMON_MEMORY": "384M",
        "SPARK_IDENT_STRING": IDENT,
        "SPARK_PID_DIR": str(spark.pids),
        "SPARK_WORKER_DIR": "/srv/$(touch PWNED)",
    }
    assert {key: found.get(key) for key in wanted} == wanted


@needs_proc
def test_a_daemon_that_dies_at_once_is_told_of(spark: Spark) -> None:
    (spark.home / "java" / "bin" / "java").write_text(
        "#!/bin/sh\necho it does not like this\nexit 3\n", encoding="utf-8"
    )
    started = daemon(spark, "start")
    assert (started.returncode, "it does not like this" in started.stdout, pid_file(spark).exists()) == (1, True, False)


WAIT = f"sleep {TIME_LIMIT_S}; true"
STRANGERS = {
    "another program": (("sleep", str(TIME_LIMIT_S)), ""),
    "a program that names the class": (("sh", "-c", WAIT, MASTER), ""),
    "a daemon of another team": (("sh", "-c", WAIT, MASTER), "/elsewhere/other.pid"),
    "a child of the daemon": (("sleep", str(TIME_LIMIT_S)), "(its own)"),
}


@needs_proc
@pytest.mark.parametrize("kind", STRANGERS)
def test_the_number_of_a_stranger_is_never_signalled(spark: Spark, kind: str) -> None:
    """A process number can come back after a crash: the pid file of the dead then names another process."""
    spark.pids.mkdir()
    command, marker = STRANGERS[kind]
    environment = {"PATH": PATH, "SPARK_DAEMON_PID_FILE": str(pid_file(spark)) if marker == "(its own)" else marker}
    if not marker:
        del environment["SPARK_DAEMON_PID_FILE"]
    with subprocess.Popen(command, env=environment, start_new_session=True) as stranger:
        try:
            pid_file(spark).write_text(f"{stranger.pid}\n", encoding="utf-8")
            assert daemon(spark, "status").returncode == 1
            stopped = daemon(spark, "stop")
            assert (stopped.returncode, "nothing to stop" in stopped.stdout) == (0, True)
            assert not pid_file(spark).exists()
            assert stranger.poll() is None
        finally:
            os.killpg(stranger.pid, signal.SIGKILL)


@needs_proc
@pytest.mark.parametrize("text", ["", "0", "1", "-1", "1; touch PWNED", "$(touch PWNED)", "999999999", "x" * 5000])
def test_what_is_no_number_of_ours_in_a_pid_file_is_removed(spark: Spark, text: str) -> None:
    spark.pids.mkdir()
    pid_file(spark).write_text(text, encoding="utf-8")
    assert daemon(spark, "status").returncode == 1
    stopped = daemon(spark, "stop")
    assert (stopped.returncode, "nothing to stop" in stopped.stdout, pid_file(spark).exists()) == (0, True, False)


def sourced(spark: Spark, script: str, *, before: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell prints that has read load-spark-env.sh."""
    command = ["bash", "-c", f'{before}\n. "$0/bin/load-spark-env.sh"\n{script}', str(spark.home)]
    return call(command, environment={"PATH": PATH, "HOME": "/nonexistent", **variables})


def test_the_environment_is_read_once_in_a_tree_of_processes(spark: Spark) -> None:
    show = 'env | grep -c "^SPARK_MASTER_PORT=7099$"; case $- in *a*) echo kept ;; esac'
    assert sourced(spark, show).stdout == "1\n"
    assert sourced(spark, show, before="set -a").stdout == "1\nkept\n"
    assert sourced(spark, show, SPARK_ENV_LOADED="1").stdout == "0\n"


def test_what_the_caller_brings_stands_where_nothing_is_set(spark: Spark) -> None:
    show = 'echo "$SPARK_WORKER_LOG_DIR $SPARK_EXECUTOR_DIRS $SPARK_MASTER_PORT"'
    assert sourced(spark, show).stdout == "/var/log/spark/worker /var/lib/spark/rdd 7099\n"
    found = sourced(spark, show, SPARK_WORKER_LOG_DIR="/mine", SPARK_MASTER_PORT="1")
    assert found.stdout == "/mine /var/lib/spark/rdd 7099\n"


def test_a_log_directory_with_blanks_stays_one_option(spark: Spark) -> None:
    """It comes from dse-env.sh; torn apart it would be an option of the JVM."""
    log = '/var/log/a "b" -XX:OnError=touch${IFS}PWNED \\'
    found = sourced(spark, 'printf %s "$SPARK_DAEMON_JAVA_OPTS"', CASSANDRA_LOG_DIR=log)
    assert f"-Dcassandra.logdir={log}" in shlex.split(found.stdout)


def test_two_scala_versions_in_one_home_are_refused(spark: Spark) -> None:
    (spark.home / "conf" / "dse-spark-env.sh").unlink()
    (spark.home / "jars").mkdir()
    # Without dse-spark-env.sh, which names the version of DSE's own Spark, the libraries tell.
    assert sourced(spark, 'echo "$SPARK_SCALA_VERSION"').stdout.endswith("\n2.11\n")
    (spark.home / "jars" / "spark-core_2.12-3.0.jar").touch()
    assert sourced(spark, 'echo "$SPARK_SCALA_VERSION"').stdout.endswith("\n2.12\n")
    (spark.home / "jars" / "spark-core_2.13-3.3.jar").touch()
    assert sourced(spark, "true").returncode == 1
