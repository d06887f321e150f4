from __future__ import annotations

import pytest

from dseconf.formats import FormatError
from dseconf.formats.jvm import FORMAT
from dseconf.setting import Plain, Secret


@pytest.mark.parametrize(
    ("key", "style", "value", "text"),
    [
        ("-Xmx", "glued", "8G", "-Xmx8G\n"),
        ("-Xmx", "", "8G", "-Xmx8G\n"),
        ("-Xloggc:", "", "/var/log/gc.log", "-Xloggc:/var/log/gc.log\n"),
        ("-XX:UseG1GC", "flag", True, "-XX:+UseG1GC\n"),
        ("-XX:UseG1GC", "", False, "-XX:-UseG1GC\n"),
        ("-XX:MaxGCPauseMillis", "", 500, "-XX:MaxGCPauseMillis=500\n"),
        ("-ea", "switch", True, "-ea\n"),
        ("-ea", "", False, ""),
        ("-Dcassandra.x", "", True, "-Dcassandra.x=true\n"),
        ("-Dcassandra.x", "equals", "", "-Dcassandra.x=\n"),
        ("-Da:", "", "b", "-Da:=b\n"),
        ("--add-exports", "", ["a/b=ALL", "c/d=ALL"], "--add-exports=a/b=ALL\n--add-exports=c/d=ALL\n"),
        ("-javaagent:", "glued", ["/a.jar", "/b.jar=x"], "-javaagent:/a.jar\n-javaagent:/b.jar=x\n"),
        ("--add-opens", "", [], ""),
        ("-Dx", "", "$(id)`id`'\"*?[", "-Dx=$(id)`id`'\"*?[\n"),
    ],
)
def test_options_are_written_in_their_style(key: str, style: str, value: Plain, text: str) -> None:
    assert FORMAT.render({key: value}, {key: style}) == text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-Xmx8G\n-Xms8G\n-Xmn2g\n-Xss256k\n", {"-Xmx": "8G", "-Xms": "8G", "-Xmn": "2g", "-Xss": "256k"}),
        ("-XX:+UseG1GC\n-XX:-UseBiasedLocking\n", {"-XX:UseG1GC": True, "-XX:UseBiasedLocking": False}),
        ("-XX:MaxGCPauseMillis=500\r\n", {"-XX:MaxGCPauseMillis": "500"}),
        ("-Da.b=c=d\n-De=\n-Df\n", {"-Da.b": "c=d", "-De": "", "-Df": True}),
        ("-ea\n-server\n--enable-preview\n", {"-ea": True, "-server": True, "--enable-preview": True}),
        ("--add-exports=a/b=ALL\n--add-exports c/d=ALL\n", {"--add-exports": ["a/b=ALL", "c/d=ALL"]}),
        ("--add-opens a/b=ALL --add-opens c/d=ALL -ea\n", {"--add-opens": ["a/b=ALL", "c/d=ALL"], "-ea": True}),
        ("--illegal-access=permit\n", {"--illegal-access": "permit"}),
        ("-Xlog:gc=info,heap*=debug:file=/x:time\n", {"-Xlog:": ["gc=info,heap*=debug:file=/x:time"]}),
        ("-Xloggc:/a:b\n-Xbootclasspath/a:/x\n", {"-Xloggc:": "/a:b", "-Xbootclasspath/a:": "/x"}),
        ("-agentlib:jdwp=transport=dt_socket,address=5005\n", {"-agentlib:jdwp": "transport=dt_socket,address=5005"}),
        ("-javaagent:/a.jar=x:y\n", {"-javaagent:": ["/a.jar=x:y"]}),
        ("-Xms4G -Xmx4G  \n", {"-Xms": "4G", "-Xmx": "4G"}),
        ("-Xmx4G\n-Xmx8G\n", {"-Xmx": "8G"}),
        ("-XX:Strange\n-Dx=a b\n-\n", {"-XX:Strange": True, "-Dx=a b": True, "-": True}),
        ("# -Xmx1G\n#-Xmx2G\n\n  -Xmx3G\nplain\n", {}),
        ("-Dx=\u00a0\u2028\n", {"-Dx": "\u00a0\u2028"}),
    ],
)
def test_lines_are_read_as_the_start_scripts_read_them(text: str, values: dict[str, Plain]) -> None:
    assert FORMAT.parse(text) == values


@pytest.mark.parametrize(
    "value", [" ", "a b", "a\tb", "a\nb", "a\r", "\0", "\x0b", "\x7f", "x -XX:OnOutOfMemoryError=id"]
)
def test_a_value_that_would_be_two_options_is_refused(value: str) -> None:
    for key in ("-Dx", "-Xmx", "-Xlog:"):
        with pytest.raises(FormatError, match="holds a blank"):
            FORMAT.render({key: value})


@pytest.mark.parametrize("key", ["", "-", "x", "Xmx", "-Da=b", "-Da b", "-Da\n-Db", " -Xmx"])
def test_a_key_that_is_no_option_is_refused(key: str) -> None:
    with pytest.raises(FormatError, match="no JVM option"):
        FORMAT.render({key: "v"})


@pytest.mark.parametrize(
    ("key", "style", "value", "message"),
    [
        ("-XX:UseG1GC", "flag", "yes", "on or off"),
        ("-ea", "switch", 1, "on or off"),
        ("-Xmx", "", "", "empty value"),
        ("-Xmx", "", None, "can not be null"),
        ("-Dx", "", {"a": 1}, "list or mapping"),
        ("-Dx", "", [["a"]], "list or mapping"),
        ("-Dx", "", "@@dseconf:jvm:x@@", "marks the place of a secret"),
        ("-Dx", "spaced", "v", "no style 'spaced'"),
    ],
)
def test_what_cannot_be_written_is_refused(key: str, style: str, value: Plain, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        FORMAT.render({key: value}, {key: style})


def test_an_error_does_not_quote_a_key_that_may_hold_a_value() -> None:
    with pytest.raises(FormatError) as error:
        FORMAT.render({"-Dpassword=hunter2 x": True})
    assert "hunter2" not in f"{error.value} {error.value.remedy}"


def test_a_secret_is_a_bare_placeholder() -> None:
    text = FORMAT.render({"-Djavax.net.ssl.keyStorePassword": Secret("jmx/keystore")})
    assert text == "-Djavax.net.ssl.keyStorePassword=@@dseconf:jvm:jmx/keystore@@\n"
    assert FORMAT.parse(text) == {"-Djavax.net.ssl.keyStorePassword": Secret("jmx/keystore")}
