"""The catalog as objects for programs, and in the words that people read.

Values that may be secrets are hidden here, for both.
"""

from __future__ import annotations

from typing import Any

from dseconf.catalog.catalog import Line, ProductView, version_text
from dseconf.catalog.file import FileSpec
from dseconf.catalog.setting import UNKNOWN, Kind, SettingSpec, Version
from dseconf.secret import HIDDEN, shown, sounds_secret
from dseconf.setting import Value


def line_object(line: Line) -> dict[str, object]:
    """A product line: its range of patches, and how much the catalog knows of it."""
    return {
        "product": line.product,
        "line": line.line,
        "first": version_text(line.first),
        "last": version_text(line.last),
        "files": len(line.files),
        "settings": sum(len(file.keys) for file in line.files.values()),
        **{key: line.about[key] for key in ("java", "released", "note", "sources") if key in line.about},
    }


def file_object(file: FileSpec) -> dict[str, object]:
    """A file: where it lies, how it is managed, who reads it."""
    return {
        "file": file.name,
        "about": file.about,
        "format": file.format,
        "package": file.package,
        "tarball": file.tarball,
        "mode": file.mode,
        "owner": file.owner,
        "group": file.group,
        "manage": file.manage,
        "package_owned": file.package_owned,
        "workloads": list(file.workloads),
        "read_by": file.read_by,
        "read_when": file.read_when,
        "note": file.note,
        "settings": len(file.keys),
    }


def setting_object(spec: SettingSpec) -> dict[str, object]:
    """A setting. What the catalog does not know, or what does not apply, is not there."""
    values = {"default": spec.default, "shipped": spec.shipped, "tarball": spec.tarball}
    given = {
        "min": spec.minimum,
        "max": spec.maximum,
        "unit": spec.unit,
        "syntax": spec.syntax,
        "items": spec.items.value if spec.kind is Kind.LIST else "",
        "choices": list(spec.choices),
        "needs": dict(spec.needs) if spec.needs else None,
        "since": _version(spec.since),
        "until": _version(spec.until),
        "reason": spec.reason,
        "renamed_to": spec.renamed_to,
        "identity": spec.identity,
        "style": spec.style,
        "lcm": list(spec.lcm),
        "note": spec.note,
    }
    return {
        "key": spec.key,
        "about": spec.about,
        "type": spec.kind.value,
        **{name: _plain(value, spec) for name, value in values.items() if value is not UNKNOWN},
        **{name: value for name, value in given.items() if value not in (None, "", [])},
        "nullable": spec.nullable,
        "sensitive": spec.sensitive,
        "executes": spec.executes,
        "certainty": spec.certainty,
        "source": spec.source,
    }


def value_text(value: Any, spec: SettingSpec, unknown: str = "-") -> str:
    """A value of the catalog as a layer would spell it, with its unit; hidden where it may be a secret."""
    if value is UNKNOWN:
        return unknown
    text = shown(value, sensitive=_hidden(spec))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{text} {spec.unit}" if spec.unit and number and text != HIDDEN else text


def type_text(spec: SettingSpec) -> str:
    """``int in MiB``, ``list of string``, ``size as jvm writes it``."""
    if spec.kind is Kind.LIST:
        return f"list of {spec.items.value}" + (f" in {spec.unit}" if spec.unit else "")
    if spec.syntax:
        return f"{spec.kind.value} as {spec.syntax} writes it"
    return f"{spec.kind.value} in {spec.unit}" if spec.unit else spec.kind.value


def facts_text(view: ProductView, file: FileSpec, spec: SettingSpec) -> list[tuple[str, str]]:
    """Everything known of a setting, as names and texts in the order for reading."""
    since = _version(spec.since) or f"{version_text(view.line.first)}, as far as the catalog goes back"
    until = f"{_version(spec.until)}; {spec.reason}" if spec.until else ""
    named = [
        ("about", spec.about),
        ("type", type_text(spec)),
        ("range", range_text(spec)),
        ("choices", ", ".join(map(str, spec.choices))),
        ("code default", value_text(spec.default, spec, "not known")),
        ("shipped", value_text(spec.shipped, spec, "not active in the vendor's file")),
        ("in a tarball", value_text(spec.tarball, spec, "")),
        ("null", "may be null" if spec.nullable else ""),
        ("sensitive", "yes: layers name it by !secret" if spec.sensitive else ""),
        ("executes", "yes: its value runs a program or loads code" if spec.executes else ""),
        ("identity", f"{spec.identity} of fleet.yaml; no layer sets it" if spec.identity else ""),
        ("needs", "; ".join(f"{key} = {_any_of(value)}" for key, value in (spec.needs or {}).items())),
        ("since", since),
        ("until", until),
        ("renamed to", spec.renamed_to),
        ("written", f"in the style {spec.style}" if spec.style else ""),
        ("in OpsCenter", ", ".join(spec.lcm)),
        ("certainty", spec.certainty),
        ("source", spec.source),
        ("note", spec.note),
        ("package", file.package or "the package has no such file"),
        ("tarball", f"<install>/{file.tarball}" if file.tarball else "the tarball has no such file"),
        ("read by", f"{file.read_by}, {file.read_when}"),
    ]
    return [(name, text) for name, text in named if text]


def range_text(spec: SettingSpec) -> str:
    """``1 to 4096 MiB``; empty where any number will do."""
    unit = f" {spec.unit}" if spec.unit else ""
    match spec.minimum, spec.maximum:
        case None, None:
            return ""
        case least, None:
            return f"{least}{unit} or more"
        case None, most:
            return f"{most}{unit} or less"
        case least, most:
            return f"{least} to {most}{unit}"


def _any_of(value: Value) -> str:
    values = value if isinstance(value, list) else [value]
    return " or ".join(shown(one) for one in values)


def _plain(value: object, spec: SettingSpec) -> object:
    return HIDDEN if _hidden(spec) else _without_secrets(value)


def _without_secrets(value: object) -> object:
    """Members of a value are hidden by their names, as ``shown`` does for people."""
    match value:
        case list():
            return [_without_secrets(item) for item in value]
        case dict():
            return {key: HIDDEN if sounds_secret(key) else _without_secrets(item) for key, item in value.items()}
        case _:
            return value


def _hidden(spec: SettingSpec) -> bool:
    """Names that the catalog knows are no secrets unless it says so: credentials_validity_in_ms."""
    return spec.sensitive or (spec.user_named and sounds_secret(spec.key))


def _version(version: Version | None) -> str:
    return version_text(version) if version is not None else ""
