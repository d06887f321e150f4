"""What an editor says of a setting: what it does, what it takes, what holds without it, where it exists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dseconf.catalog import UNKNOWN, Kind, SettingSpec, version_text

_PRODUCTS = {"dse": "DSE", "cassandra": "Cassandra"}

_NOUNS: Mapping[Kind, str] = {
    Kind.BOOLEAN: "true or false",
    Kind.INT: "integer",
    Kind.FLOAT: "number",
    Kind.STRING: "text",
    Kind.LIST: "list",
    Kind.MAP: "mapping",
    Kind.SIZE: "size with its unit",
    Kind.DURATION: "duration with its unit",
    Kind.RATE: "rate with its unit",
}


@dataclass(frozen=True, slots=True)
class Known:
    """A setting as one product line has it."""

    product: str
    line: str
    spec: SettingSpec


def describe(known: Sequence[Known]) -> str:
    """Describe a setting in the words of the newest line that has it; ``known`` is oldest first."""
    return "\n\n".join(_paragraphs(known[-1].spec, known))


def default_of(spec: SettingSpec) -> object:
    """The value to start from: the vendor's, else the product's own; None where neither is known or to be shown."""
    if spec.sensitive or spec.identity:
        return None
    value = spec.default if spec.shipped in (UNKNOWN, None) else spec.shipped
    return None if value is UNKNOWN else value


def _paragraphs(spec: SettingSpec, known: Sequence[Known]) -> Iterator[str]:
    yield _sentence(spec.about)
    if spec.identity:
        yield f"Does not belong in a layer: it comes from {spec.identity} in fleet.yaml alone."
    yield f"Takes: {_takes(spec)}."
    if defaults := "; ".join(_defaults(spec)):
        yield f"Without it: {defaults}."
    if spec.sensitive:
        yield "Sensitive: write !secret NAME, never the value."
    if spec.executes:
        yield "Its value makes a program run or loads code."
    yield f"Exists in: {', '.join(dict.fromkeys(map(_existence, known)))}."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _takes(spec: SettingSpec) -> str:
    noun = "list of mappings" if spec.kind is Kind.LIST and spec.items is Kind.MAP else _NOUNS[spec.kind]
    choices = f", one of {', '.join(map(str, spec.choices))}" if spec.choices else ""
    return f"{noun}{f' in {spec.unit}' if spec.unit else ''}{_range(spec)}{choices}"


def _range(spec: SettingSpec) -> str:
    match spec.minimum, spec.maximum:
        case None, None:
            return ""
        case least, None:
            return f", {least} or more"
        case None, most:
            return f", {most} or less"
        case least, most:
            return f", {least} to {most}"


def _defaults(spec: SettingSpec) -> Iterator[str]:
    if spec.sensitive:
        return
    if spec.default is not UNKNOWN:
        yield f"the product uses {_shown(spec.default, spec)}"
    if spec.shipped is not UNKNOWN:
        yield f"the vendor's file says {_shown(spec.shipped, spec)}"


def _shown(value: object, spec: SettingSpec) -> str:
    unit = f" {spec.unit}" if spec.unit and isinstance(value, int | float) and not isinstance(value, bool) else ""
    if value is None:
        return "nothing"
    return f"{value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)}{unit}"


def _existence(known: Known) -> str:
    """``DSE 6.8.43 and later``, for as far as the line goes."""
    name = _PRODUCTS.get(known.product, known.product)
    since, until = known.spec.since, known.spec.until
    if since and until:
        return f"{name} {version_text(since)} to {version_text(until)}"
    if since:
        return f"{name} {version_text(since)} and later"
    return f"{name} {known.line} up to {version_text(until)}" if until else f"{name} {known.line}"
