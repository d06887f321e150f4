"""Check one layer against the catalog of one product version.

Each layer is checked once for each version that uses it, not once for each node. What
comes out holds canonical keys and values in the target version's units; all mistakes
are findings, so that one run reports them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dseconf.catalog import FileSpec, Kind, ProductView, SettingSpec, version_text
from dseconf.finding import Finding, Severity
from dseconf.layer import BrokenValue, FileSection, Layer, join_key
from dseconf.secret import PLACEHOLDER, shown_key, sounds_secret
from dseconf.setting import Definition, Operation, Origin
from dseconf.validate.follow import follow_names
from dseconf.validate.problem import ValueProblem
from dseconf.validate.value import as_operand, check_value

__all__ = ["CheckedLayer", "ValueProblem", "as_operand", "check_value", "is_hidden", "validate"]


# Looking for the nearest of a thousand names takes its time.
_SUGGESTIONS = 20


@dataclass(frozen=True, slots=True)
class CheckedLayer:
    """A layer whose names and values fit one product version.

    ``files`` gives per file the definitions by canonical key. ``unset`` gives per file
    the mappings that the layer leaves out as a whole.
    """

    path: str
    files: Mapping[str, Mapping[str, Definition]]
    unset: Mapping[str, tuple[Definition, ...]]
    manage: tuple[Definition, ...] = ()
    findings: tuple[Finding, ...] = ()


def validate(layer: Layer, view: ProductView, *, lenient: bool = False, follow: bool = True) -> CheckedLayer:
    """Check names, types, units and ranges of a layer.

    ``lenient`` is for the layers that come with dseconf, which speak of all products: what
    this release does not have is passed over there. Names of other lines are followed to
    what they are called in this one, but for layers that speak of one line (``follow``).
    """
    layer = follow_names(layer, view) if follow else layer
    checker = _Checker(view, lenient=lenient)
    files: dict[str, Mapping[str, Definition]] = {}
    unset: dict[str, tuple[Definition, ...]] = {}
    for name, section in layer.files.items():
        file = view.file(name)
        if file is None:
            if not lenient:
                checker.unknown_file(name, section)
            continue
        checked = list(checker.section(file, section))
        files[name] = {definition.key: definition for below, definition in checked if not below}
        if mappings := tuple(definition for below, definition in checked if below):
            unset[name] = mappings
        for broken in section.broken:
            checker.broken_value(file, broken)
    for definition in layer.manage:
        if view.file(definition.key) is None and not lenient:
            checker.unknown_file(definition.key, FileSection(definition.origin, ()))
    return CheckedLayer(layer.path, files, unset, layer.manage, (*layer.findings, *checker.findings))


class _Checker:
    def __init__(self, view: ProductView, *, lenient: bool) -> None:
        self.view = view
        self.lenient = lenient
        self.findings: list[Finding] = []
        self.suggestions = 0

    def section(self, file: FileSpec, section: FileSection) -> Iterator[tuple[bool, Definition]]:
        """The definitions that stand, each with whether it unsets a whole mapping."""
        seen: dict[str, Definition] = {}
        for definition in section.definitions:
            key = _canonical(file, definition.key)
            spec = self.known(file, key, definition)
            if spec is None:
                if definition.operation is Operation.UNSET and file.has_below(key):
                    yield True, definition
            elif (first := seen.setdefault(key, definition)) is not definition:
                self.duplicate(key, definition, first)
            elif (checked := self.value(file, spec, definition)) is not None:
                yield False, checked if key == checked.key else replace(checked, key=key)

    def known(self, file: FileSpec, key: str, definition: Definition) -> SettingSpec | None:
        """The setting that a key names; None, and a mistake noted, where a layer cannot set it here."""
        spec = file.setting(key)
        if spec is None:
            if self.lenient:
                return None
            if key in file.gone and not file.has_below(key):
                self.gone_setting(file, key, definition)
            elif definition.operation is not Operation.UNSET or not file.has_below(key):
                self.unknown_setting(file, definition)
        elif not spec.exists_in(self.view.version):
            self.other_version(file, spec, definition)
        elif spec.identity:
            self.identity(file, spec, definition)
        elif PLACEHOLDER in key:
            message = f"a key of {file.name} contains {PLACEHOLDER}"
            why = "the node would take it for a secret"
            self.found("placeholder-in-value", message, definition.origin, why, "write another key")
        elif not key.isprintable():
            message = f"a key of {file.name} has a character that cannot be seen"
            self.found("wrong-key", message, definition.origin, "", "remove the character")
        elif shown_key(key) != key or (file.format == "jvm" and "=" in key):
            name = re.split("[:=]", key)[0]
            message = f"the key {name} of {file.name} has its value with it"
            self.found("wrong-key", message, definition.origin, "a key goes up to the value", f"write {name}: VALUE")
        else:
            return spec
        return None

    def value(self, file: FileSpec, spec: SettingSpec, definition: Definition) -> Definition | None:
        if definition.operation is Operation.UNSET:
            return definition
        if definition.operation.edits and spec.kind is not Kind.LIST:
            message = f"{definition.key} is no list"
            why = "only lists can be edited"
            self.found("wrong-tag-use", message, definition.place, why, "write the whole value")
            return None
        try:
            members = file.members(spec.key) if spec.kind is Kind.LIST else None
            value = check_value(spec, definition.value, members)
        except ValueProblem as problem:
            self.problem(file, spec, definition, problem)
            return None
        return definition if value is definition.value else replace(definition, value=value)

    def problem(self, file: FileSpec, spec: SettingSpec, definition: Definition, problem: ValueProblem) -> None:
        where = (definition.place,)
        found = Finding(problem.code, Severity.ERROR, problem.message, where, problem.why, problem.remedy)
        unsure = spec.user_named and not spec.sensitive and is_hidden(file, definition.key, self.view)
        self.findings.append(_without_value(found) if unsure else found)

    def broken_value(self, file: FileSpec, broken: BrokenValue) -> None:
        """Check the key, and pass on what is wrong with its value as far as it may be shown."""
        key = _canonical(file, broken.key)
        spec = self.known(file, key, Definition(broken.key, None, broken.origin, Operation.UNSET))
        hidden = spec is None or is_hidden(file, key, self.view)
        self.findings += map(_without_value, broken.quoting) if hidden else broken.quoting

    def duplicate(self, key: str, definition: Definition, first: Definition) -> None:
        why = "a path with dots and the mappings that it stands for are one key"
        places = (definition.origin, first.origin)
        finding = Finding("duplicate-key", Severity.ERROR, f"{key} is set twice", places, why, "remove one of them")
        self.findings.append(finding)

    def unknown_file(self, name: str, section: FileSection) -> None:
        near = self.view.nearest_file(name) if self.may_suggest() else ""
        remedy = f"did you mean {near}?" if near else "`dseconf catalog files` lists them"
        self.found("unknown-file", f"{self.view.text} has no file {name!r}", section.origin, "", remedy)
        for broken in section.broken:
            self.findings += map(_without_value, broken.quoting)

    def gone_setting(self, file: FileSpec, key: str, definition: Definition) -> None:
        """A setting of an earlier line that has no equal here."""
        gone = file.gone[key]
        message = f"{file.name} of {self.view.text} has no setting {key} any more"
        remedy = "remove it, or compile it for the version that has it"
        self.found("other-version", message, definition.origin, gone.get("reason", ""), remedy)

    def unknown_setting(self, file: FileSpec, definition: Definition) -> None:
        key, place = definition.key, definition.origin
        if file.has_below(key):
            message = f"{key} is a mapping"
            self.found(
                "wrong-type", message, definition.place, "its settings lie below it", f"write {key}: {{KEY: VALUE}}"
            )
        elif above := _above(file, key):
            message = f"{above} is one value and has nothing below it"
            self.found("wrong-type", message, place, "", f"give {above} its value")
        else:
            message = f"{file.name} of {self.view.text} has no setting {shown_key(key)}"
            self.found("unknown-setting", message, place, "", self.suggestion(file, key))

    def suggestion(self, file: FileSpec, key: str) -> str:
        """The nearest name, the file that has it, or where to look."""
        otherwise = f"`dseconf catalog settings {file.name}` lists them"
        if not self.may_suggest():
            return otherwise
        by_lcm = next((spec.key for spec in file.settings() if key in spec.lcm), "")
        if by_lcm:
            return f"OpsCenter's {key} is {file.name}:{by_lcm}"
        if elsewhere := self.view.elsewhere(key):
            return f"it is a setting of another file: {elsewhere}"
        near = self.view.nearest_key(file, key)
        return f"did you mean {near}?" if near else otherwise

    def may_suggest(self) -> bool:
        self.suggestions += 1
        return self.suggestions <= _SUGGESTIONS

    def other_version(self, file: FileSpec, spec: SettingSpec, definition: Definition) -> None:
        if self.lenient:
            return
        if spec.since is not None and self.view.version < spec.since:
            since = version_text(spec.since)
            why, remedy = f"it came with {since}", f"remove it, or move to {since} or later"
        else:
            reason = f": {spec.reason}" if spec.reason else ""
            why = f"{version_text(spec.until or ())} is the last that has it{reason}"
            remedy = f"write {spec.renamed_to} instead" if spec.renamed_to else "remove it"
        message = f"{file.name} of {self.view.text} has no setting {definition.key}"
        self.found("other-version", message, definition.origin, why, remedy)

    def identity(self, file: FileSpec, spec: SettingSpec, definition: Definition) -> None:
        message = f"{file.name}:{definition.key} does not belong in a layer"
        remedy = f"set {spec.identity} in fleet.yaml, and remove this line"
        self.found("identity-setting", message, definition.origin, "who a node is comes from fleet.yaml alone", remedy)

    def found(self, code: str, message: str, place: Origin, why: str, remedy: str) -> None:
        self.findings.append(Finding(code, Severity.ERROR, message, (place,), why, remedy))


def _canonical(file: FileSpec, key: str) -> str:
    """The key as addresses spell it: a name that itself holds a dot stands in brackets."""
    bracketed = join_key("", key)
    dotted = file.format == "yaml" and "." in key and file.setting(key) is None
    return bracketed if dotted and file.setting(bracketed) else key


def _without_value(finding: Finding) -> Finding:
    """The same mistake, told without words that may come from the value."""
    message, why = "this value cannot be used", "it is not shown, since it may be a secret"
    return Finding(finding.code, finding.severity, message, finding.where, why, "write !secret NAME, or correct it")


def is_hidden(file: FileSpec, key: str, view: ProductView) -> bool:
    """Whether the value under a key must not be shown, known name or not."""
    spec = file.setting(key)
    if spec is not None and not spec.user_named:
        return spec.sensitive
    near = file.exact(view.nearest_key(file, key))
    return sounds_secret(key) or any(one is not None and one.sensitive for one in (spec, near))


def _above(file: FileSpec, key: str) -> str | None:
    """The setting that a key wrongly goes below, if there is one."""
    while "." in key:
        key = key.rsplit(".", 1)[0]
        if file.setting(key) is not None:
            return key
    return None
