from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from dseconf.formats import Entry, Format, FormatError, hadoop_xml, xml
from dseconf.setting import Plain, Secret

HOSTILE = [
    "", " ", "a b", " a ", "<", ">", "&", "&amp;", '"', "'", "]]>", "<!--", "-->", "<![CDATA[", "</value>",
    "<?x?>", "a\nb", "\r\n", "\r", "\t",
    "ä", "日本", "😀", "\x85", "\u2028", "\x7f", "$(id)", "${user.name}", "yes", "\\", "%x",
]  # fmt: skip
VALUES: dict[str, Plain] = {f"k{number}": value for number, value in enumerate(HOSTILE)}


def test_hostile_values_come_back_from_hadoops_form() -> None:
    assert hadoop_xml.FORMAT.parse(hadoop_xml.FORMAT.render(VALUES)) == VALUES


def test_hostile_names_come_back() -> None:
    names: dict[str, Plain] = {name: "v" for name in HOSTILE if name and name == name.strip(" \t\r\n")}
    assert len(names) > 15
    assert hadoop_xml.FORMAT.parse(hadoop_xml.FORMAT.render(names)) == names


def test_hadoops_form() -> None:
    text = hadoop_xml.FORMAT.render({"a.b": "x & y", "c": True, "d": [1, "e"]})
    assert text == (
        "<configuration>\n"
        "  <property>\n    <name>a.b</name>\n    <value>x &amp; y</value>\n  </property>\n"
        "  <property>\n    <name>c</name>\n    <value>true</value>\n  </property>\n"
        "  <property>\n    <name>d</name>\n    <value>1,e</value>\n  </property>\n"
        "</configuration>\n"
    )


def test_hadoop_files_are_read() -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
<!-- c --><configuration>
  <property><name> a </name><value>1</value><final>true</final><description>d</description></property>
  <property><name>b</name><value/></property>
  <property><name>c</name></property>
  <property><name>a</name><value>2 <!-- x -->3</value></property>
  <property><value>no name</value></property>
</configuration>"""
    assert hadoop_xml.FORMAT.parse(text) == {"a": "2 3", "b": "", "c": ""}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_slot_holds_in_text_and_in_an_attribute(value: str) -> None:
    template = '<a b="{{ slot("k") }}">{{ slot("k") }}</a>\n'
    text = "".join(
        part if isinstance(part, str) else xml.FORMAT.encode(part, value)
        for part in xml.FORMAT.arrange([Entry("k")], template)
    )
    root = ET.fromstring(text)  # noqa: S314  # our own text
    assert (root.get("b"), root.text or "") == (value, value)


@pytest.mark.parametrize("fmt", [hadoop_xml.FORMAT, xml.FORMAT], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize("value", ["\0", "\x01", "\x1b", "\x0b", "\ufffe", "\uffff"])
def test_characters_that_xml_has_not_are_refused(fmt: Format, value: str) -> None:
    template = '<a>{{ slot("k") }}</a>' if fmt is xml.FORMAT else None
    parts = fmt.arrange([Entry("k")], template)
    slot = next(part for part in parts if not isinstance(part, str))
    with pytest.raises(FormatError, match="no way to write"):
        fmt.encode(slot, f"a{value}b")


@pytest.mark.parametrize("name", ["", " a", "a\n", "\x01"])
def test_a_name_that_readers_would_change_is_refused(name: str) -> None:
    with pytest.raises(FormatError):
        hadoop_xml.FORMAT.render({name: "v"})


@pytest.mark.parametrize("fmt", [hadoop_xml.FORMAT, xml.FORMAT], ids=lambda fmt: fmt.name)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c>&x;</c>', "has a document type"),
        ('<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><c>&b;</c>', "has a document type"),
        ("<!DOCTYPE configuration><configuration/>", "has a document type"),
        ("<configuration>", "this is no XML"),
        ("<configuration>&x;</configuration>", "this is no XML"),
        ("", "this is no XML"),
        ("text", "this is no XML"),
        ("<a>" * 5000, "nested more than"),
    ],
)
def test_broken_and_dangerous_texts_are_refused(fmt: Format, text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        fmt.parse(text)


def test_an_xml_error_names_its_line() -> None:
    with pytest.raises(FormatError) as error:
        hadoop_xml.FORMAT.parse("<configuration>\n\n<a></b>\n</configuration>")
    assert error.value.line == 3


def test_hadoops_reader_wants_its_root() -> None:
    with pytest.raises(FormatError, match="root element"):
        hadoop_xml.FORMAT.parse("<x/>")


def test_logback_settings_have_names() -> None:
    text = """<configuration scan="true" scanPeriod="60 seconds">
  <appender name="SYSTEMLOG" class="ch.qos.logback.core.rolling.RollingFileAppender">
    <filter class="ch.qos.logback.classic.filter.ThresholdFilter"><level>INFO</level></filter>
    <file>/var/log/system.log</file>
    <rollingPolicy class="x"><minIndex>1</minIndex><maxIndex>20</maxIndex></rollingPolicy>
    <triggeringPolicy class="y"><maxFileSize> 20MB </maxFileSize></triggeringPolicy>
    <encoder/>
  </appender>
  <root level="INFO"><appender-ref ref="SYSTEMLOG"/></root>
  <logger name="org.apache.cassandra" level="DEBUG"/>
  <logger name="old"><level value="WARN"/></logger>
  <logger name="none" additivity="false"/>
</configuration>"""
    assert xml.FORMAT.parse(text) == {
        "scan": "true", "scanPeriod": "60",
        "SYSTEMLOG.level": "INFO", "SYSTEMLOG.file": "/var/log/system.log", "SYSTEMLOG.minIndex": "1",
        "SYSTEMLOG.maxIndex": "20", "SYSTEMLOG.maxFileSize": "20MB",
        "logger.org.apache.cassandra": "DEBUG", "logger.old": "WARN", "root.level": "INFO",
    }  # fmt: skip


def test_other_documents_have_no_settings_yet() -> None:
    assert xml.FORMAT.parse('<Server port="8005"/>') == {}


@pytest.mark.parametrize("line", ["a -- b", "-->", "--->", "-", "----", "a-\nb", "\x00"])
def test_a_header_cannot_leave_its_comment(line: str) -> None:
    header = hadoop_xml.FORMAT.header([line, line])
    assert header.startswith("<!--\n")
    assert "--" not in header.removeprefix("<!--").removesuffix("-->\n")
    assert hadoop_xml.FORMAT.parse(header + hadoop_xml.FORMAT.render({"a": "b"})) == {"a": "b"}


def test_a_secret_is_a_bare_placeholder() -> None:
    text = hadoop_xml.FORMAT.render({"k": Secret("a.b")})
    assert "<value>@@dseconf:xml:a.b@@</value>" in text
    assert hadoop_xml.FORMAT.parse(text) == {"k": Secret("a.b")}


def test_a_plain_value_cannot_be_a_placeholder() -> None:
    with pytest.raises(FormatError, match="marks the place of a secret"):
        hadoop_xml.FORMAT.render({"k": "@@dseconf:xml:a@@"})


def test_an_xml_file_needs_a_template() -> None:
    with pytest.raises(FormatError, match="has no place for k"):
        xml.FORMAT.render({"k": "v"})
