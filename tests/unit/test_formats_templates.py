"""Templates, and the formats whose files are templates only."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2
import pytest

from dseconf.formats import Entry, Format, FormatError, Slot, collectd, installed, jaas, shell, text, xml, yaml
from dseconf.setting import Plain, Secret


def written(fmt: Format, template: str, values: Mapping[str, Plain]) -> str:
    parts = fmt.arrange([Entry(key) for key in values], template)
    return "".join(part if isinstance(part, str) else fmt.encode(part, values[part.key]) for part in parts)


def test_a_template_is_cut_into_parts() -> None:
    parts = shell.FORMAT.arrange(
        [Entry("B"), Entry("A", "plain")], "#!/bin/sh\nx={{ slot('A') }}:y\n{{ settings() }}\nend\n"
    )
    assert parts == ("#!/bin/sh\nx=", Slot("A", ("word",)), ":y\n", Slot("B", ("line", "export ")), "end\n")


def test_settings_are_those_that_no_slot_names_wherever_it_stands() -> None:
    template = "{{ settings() }}\n{% if has('A') %}\nA={{ slot('A') }}\n{% endif %}\n"
    assert written(shell.FORMAT, template, {"A": "1", "B": "2", "C": "3"}) == "export B='2'\nexport C='3'\nA='1'\n"
    assert written(shell.FORMAT, template, {}) == ""


def test_a_setting_without_a_place_is_an_error() -> None:
    with pytest.raises(FormatError, match="has no place for B"):
        shell.FORMAT.arrange([Entry("A"), Entry("B")], "{{ slot('A') }}\n")


def test_a_slot_without_a_value_is_an_error() -> None:
    for call in ("slot('A')", "switch('A', 'x', 'y')"):
        with pytest.raises(FormatError, match="places A, which has no value"):
            shell.FORMAT.arrange([], f"{{{{ {call} }}}}")


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        shell.FORMAT.arrange([], "{{ solt }}")


@pytest.mark.parametrize(
    "fmt", [fmt for fmt in installed().values() if fmt.name != "hadoop-xml"], ids=lambda fmt: fmt.name
)
def test_a_switch_carries_both_texts(fmt: Format) -> None:
    template = "{{ switch('K', 'on {', '') }}|\n"
    assert written(fmt, template, {"K": True}) == "on {|\n"
    assert written(fmt, template, {"K": False}) == "|\n"
    with pytest.raises(FormatError, match="on or off"):
        written(fmt, template, {"K": "true"})


def test_layout_does_not_depend_on_values() -> None:
    assert Slot("K", ("switch", "a", "b")) in shell.FORMAT.arrange([Entry("K")], "{{ switch('K', 'a', 'b') }}")


def test_keys_match_any_text_in_order() -> None:
    template = "{% for key in keys('logger.*') %}{{ tail(key, 'logger.') }}={{ slot(key) }};{% endfor %}"
    values: dict[str, Plain] = {"logger.b.c": "1", "logger.a": "2"}
    assert written(xml.FORMAT, template, values) == "b.c=1;a=2;"
    with pytest.raises(FormatError, match=r"has no place for logger\.$"):
        written(xml.FORMAT, template, {"logger.": "1"})


@pytest.mark.parametrize(
    ("fmt", "key", "printed"),
    [
        (xml.FORMAT, 'a"><b&', "a&quot;&gt;&lt;b&amp;"),
        (shell.FORMAT, "$(id)'", "'$(id)'\\'''"),
        (collectd.FORMAT, 'a"\\', '"a\\"\\\\"'),
        (collectd.FORMAT, "a.b", '"a.b"'),
        (jaas.FORMAT, 'a" b', '"a\\" b"'),
        (jaas.FORMAT, "a.b", "a.b"),
        (yaml.FORMAT, "yes", '"yes"'),
        (yaml.FORMAT, "a: b", '"a: b"'),
        (text.FORMAT, "a b", "a b"),
    ],
)
def test_a_key_is_escaped_wherever_it_is_printed(fmt: Format, key: str, printed: str) -> None:
    template = "{% for key in keys('x.*') %}{{ tail(key, 'x.') }}{{ switch(key, '', '') }}{% endfor %}"
    assert written(fmt, template, {f"x.{key}": True}) == printed


CUTS = ["key[2:]", "key[2:] ~ ''", "key.split('.', 1)[1]", "key | replace('x.', '')", "key[2:] | lower", "'' ~ key[2:]"]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(
    ("fmt", "key"),
    [(xml.FORMAT, "a b"), (shell.FORMAT, "$x"), (collectd.FORMAT, "10"), (jaas.FORMAT, "1a"), (yaml.FORMAT, "yes"),
    (text.FORMAT, "a b")],
    ids=lambda item: item.name if isinstance(item, Format) else item,
)  # fmt: skip
def test_a_part_of_a_key_is_printed_only_when_it_needs_no_escape(fmt: Format, key: str, cut: str) -> None:
    template = f"{{% for key in keys('x.*') %}}{{{{ {cut} }}}}{{{{ switch(key, '', '') }}}}{{% endfor %}}"
    assert written(fmt, template, {"x.ab": True}) == "ab"
    with pytest.raises(FormatError, match="part of a key"):
        written(fmt, template, {f"x.{key}": True})


def test_a_whole_key_is_escaped_too() -> None:
    template = "{% for key in keys('*') %}<{{ key }}>{{ slot(key) }}{% endfor %}"
    assert written(xml.FORMAT, template, {"<": "v"}) == "<&lt;>v"
    assert written(collectd.FORMAT, template, {"a.b": 1, "a b": 2}) == '<a.b>1<"a b">2'


@pytest.mark.parametrize(
    "fmt", [xml.FORMAT, shell.FORMAT, collectd.FORMAT, text.FORMAT, yaml.FORMAT, jaas.FORMAT], ids=lambda f: f.name
)
def test_a_key_cannot_make_a_marker_or_a_placeholder(fmt: Format) -> None:
    template = "{% for key in keys('*') %}{{ tail(key, '') }}{{ slot(key) }}{% endfor %}"
    with pytest.raises(FormatError, match="marks the place of a secret"):
        written(fmt, template, {"@@dseconf:yaml:x@@": "v"})
    try:
        made = written(fmt, template, {"\x000\x00": "v"})
    except FormatError:
        return
    assert "\0" not in made


def test_constants_and_macros_of_a_template_are_printed_as_they_are() -> None:
    template = """{%- macro value(key, shipped) -%}
{% if has(key) %}{{ slot(key) }}{% else %}{{ shipped }}{% endif %}
{%- endmacro -%}
a="{{ value("a", "%d <&> $x") }}"{{ ' b="1"' if not has("b") }}{{ " c" if has("c") }} {{ 1 }}
"""
    assert written(xml.FORMAT, template, {}) == 'a="%d <&> $x" b="1" 1\n'
    assert written(xml.FORMAT, template, {"a": "<"}) == 'a="&lt;" b="1" 1\n'


def test_a_yaml_template_takes_scalars() -> None:
    template = "a: {{ slot('a') }}\n{{ settings() }}\n"
    assert written(yaml.FORMAT, template, {"a": "x: y", "b.c": 1}) == 'a: "x: y"\nb:\n  c: 1\n'


# collectd


def test_collectd_values_are_quoted_or_bare() -> None:
    values: dict[str, Plain] = {
        "Host": 'a "b" \\',
        "Port": 8125,
        "On": True,
        "Rate": 0.5,
        "Types": ["a", 2],
        "Empty": "",
    }
    rendered = collectd.FORMAT.render(values)
    assert rendered == 'Host "a \\"b\\" \\\\"\nPort 8125\nOn true\nRate 0.5\nTypes "a"\nTypes 2\nEmpty ""\n'
    assert collectd.FORMAT.parse(rendered) == values
    assert collectd.FORMAT.encode(Slot("Types", ("word",)), ["a", 2]) == '"a" 2'


def test_collectd_files_are_read() -> None:
    source = """# c
LoadPlugin write_graphite
<Plugin "write_graphite">
  <Node "a.b">
    Host "x#y"   # comment
    Port 2003
    StoreRates true
    Values 1 -2.5 "z"
  </Node>
</Plugin>
"""
    assert collectd.FORMAT.parse(source) == {
        "LoadPlugin": "write_graphite", "Node.a.b.Host": "x#y", "Node.a.b.Port": 2003, "Node.a.b.StoreRates": True,
        "Node.a.b.Values": [1, -2.5, "z"],
    }  # fmt: skip


def test_collectd_refuses_what_it_cannot_write() -> None:
    for value in ("a\nb", "\0", "\x7f"):
        with pytest.raises(FormatError, match="line break or control"):
            collectd.FORMAT.render({"K": value})
    with pytest.raises(FormatError, match="no directive"):
        collectd.FORMAT.render({"Node.a.Host": "x"})
    with pytest.raises(FormatError, match="has not begun"):
        collectd.FORMAT.parse("</Node>")


# jaas

LOGIN = "{% for key in keys('Login.option.*') %}{{ tail(key, 'Login.option.') }}={{ slot(key) }}\n{% endfor %}"


@pytest.mark.parametrize(
    "value", ["", "a b", '"', "\\", "a\nb", "\r\t", "\x01", "\x000", "ä", "};", "//", "/*", "${x}", "'", "😀"]
)
def test_jaas_options_come_back(value: str) -> None:
    rendered = written(jaas.FORMAT, f"Login {{\n com.x.Module required\n{LOGIN};\n}};\n", {"Login.option.k": value})
    assert rendered.count("\n") == 5
    assert jaas.FORMAT.parse(rendered) == {
        "Login.module": "com.x.Module",
        "Login.flag": "required",
        "Login.option.k": value,
    }


def test_jaas_files_are_read() -> None:
    source = """// x { y=1 };
/* a { b c d=1; }; */
DseClient { com.sun.Krb5LoginModule required
  useTicketCache=true "renewTGT" = "true"; };
Other { a.B optional; c.D sufficient x="\\101\\"";
};"""
    assert jaas.FORMAT.parse(source) == {
        "DseClient.module": "com.sun.Krb5LoginModule", "DseClient.flag": "required",
        "DseClient.option.useTicketCache": "true", "DseClient.option.renewTGT": "true",
        "Other.module": "c.D", "Other.flag": "sufficient", "Other.option.x": 'A"',
    }  # fmt: skip


# plain


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\0", "\x85", "\u2028", "\x1b[0m", "\x0b"])
def test_a_plain_value_stays_on_its_line(value: str) -> None:
    with pytest.raises(FormatError, match="line break or control"):
        written(text.FORMAT, "k = {{ slot('k') }}\n", {"k": value})


def test_a_plain_value_is_written_as_it_is() -> None:
    assert written(text.FORMAT, "k = {{ slot('k') }}\n", {"k": "a 'b' # $c"}) == "k = a 'b' # $c\n"


def test_sections_and_options_are_read() -> None:
    source = "; c\n# d\nstray = 1\n[authentication]\nUserName = cass = x\npassword: p w \n\n[ui]\ncolor=on\nnovalue\n"
    assert text.FORMAT.parse(source) == {
        "authentication.username": "cass = x",
        "authentication.password": "p w",
        "ui.color": "on",
    }


# all of them


@pytest.mark.parametrize(
    ("fmt", "encoder"), [(collectd.FORMAT, "yaml"), (jaas.FORMAT, "yaml"), (text.FORMAT, "jvm"),
    (xml.FORMAT, "xml"), (shell.FORMAT, "shell")],
    ids=lambda item: item.name if isinstance(item, Format) else item,
)  # fmt: skip
def test_a_secret_in_a_slot_is_a_placeholder(fmt: Format, encoder: str) -> None:
    assert fmt.secrets == encoder
    quote = '"' if encoder == "yaml" else ""  # the file is readable before the secret is there
    assert written(fmt, "x {{ slot('k') }}\n", {"k": Secret("a/b")}) == f"x {quote}@@dseconf:{encoder}:a/b@@{quote}\n"
    with pytest.raises(FormatError, match="marks the place of a secret"):
        written(fmt, "x {{ slot('k') }}\n", {"k": f"@@dseconf:{encoder}:a/b@@"})


@pytest.mark.parametrize("fmt", installed().values(), ids=lambda fmt: fmt.name)
def test_a_header_stays_a_comment(fmt: Format) -> None:
    header = fmt.header(["cluster a\nrm -rf x", "é 😀 \x00 -->", ""])
    assert "\nrm" not in header
    assert header.endswith("\n")
    assert all(character.isprintable() or character == "\n" for character in header)
    if fmt.comment:
        assert all(line.startswith(fmt.comment) for line in header.splitlines())
