"""Wrong and doubtful cassandra.yaml files, made from the catalog: a fixed seed makes the same ones each time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from loading import FILE, file_of, specs_of

from dseconf.catalog import Kind, SettingSpec
from dseconf.setting import Plain
from dseconf.shipped import load_catalog

SEED: Final = 20
EACH: Final = 150
"""Mutations of one kind for one release, where the catalog has that many."""

QUANTITIES: Final = (Kind.SIZE, Kind.DURATION, Kind.RATE)
NUMBERS: Final = (Kind.INT, Kind.FLOAT)


@dataclass(frozen=True)
class Mutation:
    """Settings for a file, of which ``key`` is the doubtful one; ``spec`` is what it is or ought to be."""

    kind: str
    key: str
    values: Mapping[str, Plain]
    spec: SettingSpec | None = None

    @property
    def value(self) -> Plain:
        return self.values[self.key]


def mutations(release: str, left_out: frozenset[str]) -> list[Mutation]:
    """All kinds for a release; settings ``left_out`` are not touched."""
    chosen = random.Random(f"{SEED} {release}")  # noqa: S311  # the same files each time is the point
    source = _Source(release, left_out, chosen)
    found: list[Mutation] = []
    for name, make in KINDS.items():
        made = [Mutation(name, key, values, spec) for key, values, spec in make(source) if not _overlap(values)]
        unique = list({repr(one): one for one in made}.values())
        chosen.shuffle(unique)
        found += unique[:EACH]
    return found


Made = tuple[str, Mapping[str, Plain], SettingSpec | None]


def _overlap(keys: Iterable[str]) -> bool:
    """Whether one key lies below another: no file can hold both."""
    return any(key.startswith(f"{other}.") for key, other in itertools.permutations(keys, 2))


class _Source:
    """What the mutations of a release are made from."""

    def __init__(self, release: str, left_out: frozenset[str], chosen: random.Random) -> None:
        self.release = release
        self.chosen = chosen
        self.left_out = left_out
        self.file = file_of(release)
        self.specs = {
            key: spec
            for key, spec in specs_of(release).items()
            if not spec.user_named and "[]" not in key and not spec.identity and not spec.sensitive
            if key.split(".")[0] not in left_out
        }

    def of(self, *kinds: Kind) -> list[SettingSpec]:
        return [spec for spec in self.specs.values() if spec.kind in kinds]

    def each(self, specs: Iterable[SettingSpec], *values: Plain) -> Iterator[Made]:
        for spec, value in itertools.product(specs, values):
            yield spec.key, {spec.key: value}, spec

    def groups(self) -> list[str]:
        """The mappings that settings lie in, none of them a name that the user chooses."""
        parents = {".".join(key.split(".")[:depth]) for key in self.specs for depth in range(1, key.count(".") + 1)}
        return sorted(parents - self.specs.keys())

    def earlier(self) -> Mapping[str, SettingSpec]:
        """Settings of other product lines, by key, that this release has not."""
        found: dict[str, SettingSpec] = {}
        for line in load_catalog().lines:
            if line.product == "cassandra" and FILE in line.files:
                found |= {spec.key: spec for spec in line.files[FILE].settings()}
        taken = specs_of(self.release).keys() | self.left_out
        return {key: spec for key, spec in found.items() if key not in taken and "*" not in key}


def old_names(source: _Source) -> Iterator[tuple[str, SettingSpec]]:
    """Names of earlier lines that a line may still read, each with the setting of today."""
    for spec in source.specs.values():
        for key in (str(was["key"]) for was in spec.was):
            if key not in {*source.file.keys, *source.left_out}:
                yield key, spec


def good(spec: SettingSpec) -> Plain:
    """A value that the setting takes."""
    if spec.choices:
        choice: Plain = spec.choices[0]
        return [choice] if spec.kind is Kind.LIST else choice
    least = int(spec.minimum) if spec.minimum is not None else 7
    values: Mapping[Kind, Plain] = {
        Kind.BOOLEAN: True, Kind.INT: least, Kind.FLOAT: least, Kind.STRING: "some text", Kind.MAP: {},
        Kind.LIST: ["one"] if spec.items is Kind.STRING else [{"class_name": "org.example.One"}],
    }  # fmt: skip
    return values.get(spec.kind, f"{least}{spec.smallest_unit or 'MiB/s'}")


def _unknown_key(source: _Source) -> Iterator[Made]:
    for spec in source.specs.values():
        at = source.chosen.randrange(1, len(spec.key))
        for typo in (f"{spec.key}_x", spec.key[:at] + spec.key[at + 1 :], spec.key.upper()):
            if "." not in spec.key and typo not in source.specs:
                yield typo, {typo: good(spec)}, None


def _removed_key(source: _Source) -> Iterator[Made]:
    today = dict(old_names(source))
    for key, spec in source.earlier().items():
        if key not in today and "[]" not in key and not spec.sensitive:
            yield key, {key: good(spec)}, None


def _old_spelling(source: _Source) -> Iterator[Made]:
    earlier = source.earlier()
    for key, spec in old_names(source):
        yield key, {key: good(earlier[key]) if key in earlier else 7}, spec


def _both_spellings(source: _Source) -> Iterator[Made]:
    for key, values, spec in _old_spelling(source):
        if spec is not None:
            yield key, {**values, spec.key: good(spec)}, spec


def _below_range(source: _Source) -> Iterator[Made]:
    for spec in source.of(*NUMBERS, *QUANTITIES):
        if spec.minimum is not None:
            yield from source.each(
                [spec], _number(spec, spec.minimum - (1 if spec.minimum == int(spec.minimum) else 0.001))
            )


def _above_range(source: _Source) -> Iterator[Made]:
    for spec in source.of(*NUMBERS, *QUANTITIES):
        if spec.maximum is not None:
            yield from source.each([spec], _number(spec, spec.maximum + (1 if spec.kind is not Kind.FLOAT else 0.001)))


def _on_the_edge(source: _Source) -> Iterator[Made]:
    for spec in source.of(*NUMBERS, *QUANTITIES):
        for bound in (spec.minimum, spec.maximum):
            if bound is not None:
                yield from source.each([spec], _number(spec, bound))


def _number(spec: SettingSpec, number: float) -> Plain:
    if spec.kind in QUANTITIES:
        return f"{int(number)}{spec.smallest_unit or 'MiB/s'}"
    return number if spec.kind is Kind.FLOAT else int(number)


def _grammar(source: _Source) -> Iterator[Made]:
    for spec in source.of(*QUANTITIES):
        unit = spec.smallest_unit or "MiB/s"
        texts = (
            f"1.5{unit}", f"10 {unit}", f" 10{unit}", f"10{unit} ", f"+10{unit}", f"010{unit}", f"1e3{unit}", "10",
            unit, "", f"10{unit.lower()}", f"10{unit.upper()}", f"10{unit}{unit}", f"1_000{unit}", f"0{unit}",
            f"0x1{unit}",
        )  # fmt: skip
        yield from source.each([spec], *source.chosen.sample(texts, 5), 10, 0)


def _wrong_unit(source: _Source) -> Iterator[Made]:
    texts = ("10B", "10KiB", "10MiB", "10GiB", "10TiB", "10ns", "10us", "10ms", "10s", "10m", "10h", "10d", "10MiB/s",
             "10KiB/s", "10B/s", "10Mbit/s", "10MB", "1537B", "1500ms")  # fmt: skip
    for spec in source.of(*QUANTITIES):
        yield from source.each([spec], *source.chosen.sample(texts, 6))


def _negative(source: _Source) -> Iterator[Made]:
    yield from source.each(source.of(*NUMBERS), -1, -7)
    for spec in source.of(*QUANTITIES):
        yield from source.each([spec], f"-1{spec.smallest_unit or 'MiB/s'}")


def _huge(source: _Source) -> Iterator[Made]:
    yield from source.each(source.of(*NUMBERS), 2**31, 2**63, 10**30)
    for spec in source.of(*QUANTITIES):
        unit = spec.smallest_unit or "MiB/s"
        yield from source.each([spec], *(f"{number}{unit}" for number in (2**31, 2**63 - 1, 2**63, 10**25)))


_VALUES: Final[tuple[Plain, ...]] = (7, "some text", True)


def _scalar_for_map(source: _Source) -> Iterator[Made]:
    for group, value in itertools.product(source.groups(), _VALUES):
        yield group, {group: value}, None


def _nested_unknown(source: _Source) -> Iterator[Made]:
    for group, name in itertools.product(source.groups(), ("unknown_one", "enable", "Enabled")):
        key = f"{group}.{name}"
        if source.file.setting(key) is None:
            yield key, {key: 7}, None


def _enum_case(source: _Source) -> Iterator[Made]:
    for spec in source.specs.values():
        texts = [choice for choice in spec.choices if isinstance(choice, str)]
        for text in texts if spec.kind is Kind.STRING else ():
            yield from source.each([spec], *{text.upper(), text.lower(), text.title()} - set(texts))


def _wrong_choice(source: _Source) -> Iterator[Made]:
    chosen = [spec for spec in source.specs.values() if spec.choices and spec.kind is Kind.STRING]
    yield from source.each(chosen, "nothing_of_it", "", *(f"{spec.choices[0]}s" for spec in chosen[:2]))


def _simple(kinds: tuple[Kind, ...], *values: Plain) -> Callable[[_Source], Iterator[Made]]:
    return lambda source: source.each(source.of(*kinds), *values)


_SCALARS: Final = (Kind.BOOLEAN, Kind.STRING, *NUMBERS, *QUANTITIES)

KINDS: Final[Mapping[str, Callable[[_Source], Iterator[Made]]]] = {
    "good value": lambda source: ((spec.key, {spec.key: good(spec)}, spec) for spec in source.specs.values()),
    "unknown key": _unknown_key,
    "removed key": _removed_key,
    "old spelling": _old_spelling,
    "both spellings": _both_spellings,
    "text for number": _simple(NUMBERS, "some text", "7x", ""),
    "quoted number": _simple(NUMBERS, "7", "0x1F", "1_000"),
    "fraction for integer": _simple((Kind.INT,), 1.5, 7.0),
    "text for boolean": _simple((Kind.BOOLEAN,), "some text", "true", "yes", ""),
    "number for boolean": _simple((Kind.BOOLEAN,), 0, 1),
    "number for text": _simple((Kind.STRING,), 7, 1.5, True),
    "below the range": _below_range,
    "above the range": _above_range,
    "on the edge": _on_the_edge,
    "grammar of quantities": _grammar,
    "wrong unit": _wrong_unit,
    "null": _simple((*_SCALARS, Kind.LIST, Kind.MAP), None),
    "negative": _negative,
    "huge": _huge,
    "list for scalar": _simple(_SCALARS, ["one"], []),
    "mapping for scalar": _simple(_SCALARS, {"one": "two"}),
    "scalar for list": _simple((Kind.LIST,), "one", 7, {"one": "two"}),
    "scalar for mapping": _scalar_for_map,
    "nested unknown key": _nested_unknown,
    "case of a choice": _enum_case,
    "no choice": _wrong_choice,
}
"""How each kind of mutation is made."""
