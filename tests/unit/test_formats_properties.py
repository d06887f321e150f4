from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from dseconf.formats import Format, FormatError, properties, spaced
from dseconf.setting import Plain, Secret

FORMATS = [properties.FORMAT, spaced.FORMAT]

HOSTILE = [
    "", " ", "a", " lead", "trail ", "  both  ", "=", ":", "==a", "#", "!", "a#b", "\\", "a\\", "\\\\", "\\n",
    "a\nb", "\r\n", "\t", "\f",
    "\x00", "\x7f", "ä", "日本", "😀", "\\u0041", "a=b", "a: b", "$(id)", "`id`", "'", '"', "yes", "1e3", "\u2028",
    "a\\\nb",
]  # fmt: skip
KEYS = {f"k{number}": value for number, value in enumerate(HOSTILE)}
HOSTILE_KEYS = {key: "v" for key in HOSTILE if key}

# What java.util.Properties reads from each text, checked against the real one below.
TEXTS: list[tuple[str, dict[str, str]]] = [
    ("a=b", {"a": "b"}),
    ("a:b\nc d\n  e  =  f \n", {"a": "b", "c": "d", "e": "f "}),
    ("# c\n! c\n\n \t\f\na\n", {"a": ""}),
    ("a=b\\\n   c\\\\\nd=e", {"a": "bc\\", "d": "e"}),
    ("a=b\\\n#c\n", {"a": "b#c"}),
    ("# comment \\\na=b", {"a": "b"}),
    ("a=b\\\n\nc=d", {"a": "b", "c": "d"}),
    ("a=b\\", {"a": "b"}),
    ("\\\n#x\na=1", {"a": "1"}),
    ("a\\ b\\=c\\:=\\u00e4\\t\\q", {"a b=c:": "ä\tq"}),
    ("a==b", {"a": "=b"}),
    ("a = = b", {"a": "= b"}),
    ("a   :b", {"a": "b"}),
    ("=b", {"": "b"}),
    ("a=1\ra=2\r\nb=3", {"a": "2", "b": "3"}),
    ("a=\\ud83d\\ude00", {"a": "😀"}),
    ("spark.x   y z", {"spark.x": "y z"}),
]

DUMP = """
import java.io.*; import java.util.*;
public class Dump {
  static String hex(String s) {
    StringBuilder b = new StringBuilder("x");
    for (char c : s.toCharArray()) b.append(String.format("%04x", (int) c));
    return b.toString();
  }
  public static void main(String[] a) throws Exception {
    for (int i = 0; i < a.length; i++) {
      Properties p = new Properties();
      try (InputStream in = new FileInputStream(a[i])) { p.load(in); }
      for (String k : p.stringPropertyNames()) System.out.println(i + " " + hex(k) + " " + hex(p.getProperty(k)));
    }
  }
}
"""


def java_reads(folder: Path, texts: list[str]) -> list[dict[str, str]]:
    program = folder / "Dump.java"
    program.write_text(DUMP)
    files = [folder / f"{number}.properties" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_bytes(text.encode("latin-1"))
    done = subprocess.run(["java", str(program), *map(str, files)], check=True, capture_output=True, text=True)
    read: list[dict[str, str]] = [{} for _ in texts]
    for line in done.stdout.splitlines():
        number, key, value = line.split(" ")
        read[int(number)][unhex(key)] = unhex(value)
    return read


def unhex(text: str) -> str:
    return bytes.fromhex(text[1:]).decode("utf-16-be")


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("values", [KEYS, HOSTILE_KEYS], ids=["values", "keys"])
def test_hostile_texts_come_back(fmt: Format, values: dict[str, Plain]) -> None:
    assert dict(fmt.parse(fmt.render(values))) == values


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_texts_are_read_as_java_reads_them(text: str, values: dict[str, str]) -> None:
    assert properties.FORMAT.parse(text) == values


@pytest.mark.real
@pytest.mark.skipif(shutil.which("java") is None, reason="java is not installed")
def test_the_real_properties_class_agrees(tmp_path: Path) -> None:
    rendered = [fmt.render(values) for fmt in FORMATS for values in (KEYS, HOSTILE_KEYS)]
    read = java_reads(tmp_path, [*rendered, *(text for text, _ in TEXTS)])
    assert read == [KEYS, HOSTILE_KEYS, KEYS, HOSTILE_KEYS, *(values for _, values in TEXTS)]


def test_the_text_is_as_plain_as_it_can_be() -> None:
    values: dict[str, Plain] = {"10.0.0.1": "DC1:RAC1", "fe80::1": "a=b #c", "x": True, "n": 8, "f": 0.5, "none": None}
    assert properties.FORMAT.render(values) == (
        "10.0.0.1=DC1:RAC1\nfe80\\:\\:1=a=b #c\nx=true\nn=8\nf=0.5\nnone=\n"
    )  # fmt: skip


def test_spaced_values_line_up() -> None:
    text = spaced.FORMAT.render({"spark.executor.memory": "4g", "spark.driver.extraJavaOptions": "-Da=b"})
    assert text == f"{'spark.executor.memory':<40}4g\n{'spark.driver.extraJavaOptions':<40}-Da=b\n"


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
def test_a_secret_is_a_bare_placeholder(fmt: Format) -> None:
    text = fmt.render({"k": Secret("a/b")})
    assert "@@dseconf:properties:a/b@@\n" in text
    assert fmt.parse(text) == {"k": Secret("a/b")}


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"k": "@@dseconf:x"}, "marks the place of a secret"),
        ({"@@dseconf:x": "v"}, "marks the place of a secret"),
        ({"k": Secret("a\nb")}, "name of a secret"),
        ({"k": Secret("")}, "name of a secret"),
        ({"k": {"a": 1}}, "list or mapping"),
        ({"k": ["a,b"]}, "holds a comma"),
        ({"k": [Secret("x")]}, "one member of a list"),
        ({"k": float("nan")}, "no finite number"),
        ({"": "v"}, "empty name"),
    ],
)
def test_what_cannot_be_written_is_refused(fmt: Format, values: dict[str, Plain], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        fmt.render(values)


def test_a_list_is_joined_with_commas() -> None:
    assert properties.FORMAT.render({"k": ["a", 1, True]}) == "k=a,1,true\n"


@pytest.mark.parametrize("text", ["a=1\nb=\\u12", "a=1\nb=\\uzzzz", "a=1\nb=\\ud83d"])
def test_broken_escapes_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(FormatError) as error:
        properties.FORMAT.parse(text)
    assert error.value.line == 2
