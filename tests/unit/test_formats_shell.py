from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from dseconf.formats import Entry, FormatError, Slot
from dseconf.formats.shell import FORMAT
from dseconf.setting import Plain, Secret

HOSTILE = [
    "", " ", "a b", "'", "''", "'\\''", '"', "$(touch canary)", "`touch canary`", "$HOME", "${x:-y}", "a\nb",
    "a\r\nb", "\n", "\t", "\\", "a\\",
    "\\n", ";touch canary", "a;b", "a&b", "a|b", "#", "a #b", "*", "?", "[a]", "{a,b}", "~", "~root", "!", "!!",
    "ä", "日本", "😀", "-n", "=", "a=b",
    "\x01\x7f", "'; touch canary; '", "$'\\x41'", "yes", "010", "\nexport X='y'\n", "<<EOF\nx\nEOF\n", "()", "\\\n",
]  # fmt: skip
VALUES: dict[str, Plain] = {f"V{number}": value for number, value in enumerate(HOSTILE)}

needs_bash = pytest.mark.skipif(
    shutil.which("bash") is None, reason="BASH IS MISSING: nobody proves that a value cannot run as code"
)


def environment_after(text: str, folder: Path) -> dict[str, str]:
    """The variables that a bash with nothing in its environment has after reading the text."""
    file = folder / "file.sh"
    file.write_text(text, encoding="utf-8", newline="")
    command = ["env", "-i", str(shutil.which("bash")), "--norc", "-c", 'set -a; . "$1"; exec env -0', "bash", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=folder)
    assert done.stderr == b""
    pairs = (item.partition(b"=") for item in done.stdout.split(b"\0") if item)
    return {
        name.decode(): value.decode()
        for name, _, value in pairs
        if name not in (b"PWD", b"SHLVL", b"_", b"OLDPWD", b"PATH")
    }


@needs_bash
@pytest.mark.parametrize("style", ["export", "plain"])
def test_bash_sees_the_values_and_runs_nothing(style: str, tmp_path: Path) -> None:
    text = FORMAT.header(["made by\n$(touch canary)"]) + FORMAT.render(VALUES, dict.fromkeys(VALUES, style))
    assert environment_after(text, tmp_path) == VALUES
    assert [file.name for file in tmp_path.iterdir()] == ["file.sh"]


@needs_bash
def test_a_slot_of_a_template_is_one_word(tmp_path: Path) -> None:
    template = "{% for key in keys('V*') %}\nA=\"$A\"{{ slot(key) }}\n{% endfor %}\n"
    parts = FORMAT.arrange([Entry(key) for key in VALUES], template)
    text = "".join(part if isinstance(part, str) else FORMAT.encode(part, VALUES[part.key]) for part in parts)
    assert environment_after(text, tmp_path) == {"A": "".join(HOSTILE)}
    assert [file.name for file in tmp_path.iterdir()] == ["file.sh"]


def test_hostile_values_come_back() -> None:
    assert FORMAT.parse(FORMAT.render(VALUES)) == VALUES


def test_the_form_of_a_line() -> None:
    text = FORMAT.render({"A": "it's", "B": True, "C": 8, "D": None}, {"C": "plain"})
    assert text == "export A='it'\\''s'\nexport B='true'\nC='8'\nexport D=''\n"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("export A='v'\n", {"A": "v"}),
        ('A="v w"', {"A": "v w"}),
        ("A=v # comment\r\n", {"A": "v"}),
        ("A=v;\nB=w\n", {"A": "v", "B": "w"}),
        ("export A=1 B='2 3'\n", {"A": "1", "B": "2 3"}),
        ('A="a\\"b\\\\c\\$d\\e"', {"A": 'a"b\\c$d\\e'}),
        ("A=a'b'\"c\"\\ d", {"A": "abc d"}),
        ("A=\nB=x", {"A": "", "B": "x"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("A='1\n2'\nB=3", {"A": "1\n2", "B": "3"}),
        ('A="x\\\ny"', {"A": "xy"}),
        ("A=a#b", {"A": "a#b"}),
    ],
)
def test_plain_assignments_are_read(text: str, values: dict[str, str]) -> None:
    assert FORMAT.parse(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "A=$B", 'A="$B"', "A=`id`", 'A="$(id)"', "A=~/x", "A=(1 2)", "A=1 command", "A=1 && B=2", "A=1 | b",
        "A+=x", "export A",
        "  A=1", "if true; then\n  A=1\nfi", "# A=1", "echo 'x\nA=1\n'", 'echo "x\nA=1\n"',
        "cat <<EOF\nA=1\nEOF\n", "cat <<-'E'\nA=1\n\tE\n",
        "1A=2", "A-B=2", "A='x", 'A="x', "echo A=1", "\\\nA=1", "A=$'x'",
    ],
)  # fmt: skip
def test_other_lines_are_left_out(text: str) -> None:
    assert FORMAT.parse(text) == {}


def test_a_comment_with_a_quote_hides_nothing() -> None:
    assert FORMAT.parse("# don't\nA=1\necho x # it's\nB='2'\n") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    "line", ["# <<E", "echo '<<E'", 'echo "<<E"', "cat <<<E", "x=$((1<<2))", "echo \\<<E", "A='<<E'"]
)
def test_what_looks_like_a_here_document_hides_nothing(line: str) -> None:
    assert FORMAT.parse(f"{line}\nB=1\nE\n")["B"] == "1"


def test_a_secret_is_a_bare_word() -> None:
    text = FORMAT.render({"PASSWORD": Secret("cqlsh")})
    assert text == "export PASSWORD=@@dseconf:shell:cqlsh@@\n"
    assert FORMAT.parse(text) == {"PASSWORD": Secret("cqlsh")}
    assert FORMAT.encode(Slot("PASSWORD", ("word",)), Secret("cqlsh")) == "@@dseconf:shell:cqlsh@@"


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A\nB", "A;id", "Ä", "A=", "$(id)", "@@dseconf:shell:x@@"])
def test_a_name_that_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match=r"no name of a variable|marks the place"):
        FORMAT.render({name: "v"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("a\0b", "NUL"),
        ("@@dseconf:shell:x@@", "marks the place of a secret"),
        (Secret("a;id"), "name of a secret"),
        (Secret("a@@ b"), "name of a secret"),
        (["a"], "list or mapping"),
        ({}, "list or mapping"),
    ],
)
def test_what_cannot_be_written_is_refused(value: Plain, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        FORMAT.render({"A": value})


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(FormatError, match="no style 'flag'"):
        FORMAT.render({"A": "x"}, {"A": "flag"})
