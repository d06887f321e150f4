"""Whether a value fits its setting, and what it becomes in the target version.

This is the compiled form of the catalog's rules: type, unit, range, choices. Cerberus
says the same of plain values, slower; a property test holds the two together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from dseconf.catalog import Kind, SettingSpec
from dseconf.expression import Expression
from dseconf.expression.tree import Choice, Node, SettingValue
from dseconf.quantity import Quantity, QuantityError, in_unit, parse_quantity, read_syntax, write_syntax
from dseconf.secret import PLACEHOLDER, shown
from dseconf.setting import Plain, Secret, Value
from dseconf.validate.problem import WANTED, ValueProblem, kind_of, read_quantity, refuse

_MAX_INTEGER = 2**63 - 1  # no product counts further

Members = Mapping[str, SettingSpec]


def check_value(spec: SettingSpec, value: Value, members: Members | None = None) -> Value:
    """Check a value and convert it to what the file of the target version takes.

    Expressions pass: their results come back here. ``members`` are the settings inside
    the members of a list of mappings.

    Raises:
        ValueProblem: it does not fit.
    """
    if spec.sensitive:
        _refuse_literal(spec, value)
    if isinstance(value, Expression):
        return value
    if isinstance(value, Secret):
        return _secret(spec, value)
    if value is None and spec.nullable:
        return None
    if value is None or (value == {} and spec.kind is not Kind.MAP):
        remedy = "write a value, or !unset to leave the key out of the file"
        raise ValueProblem("empty-value", f"{spec.key} has no value", f"it takes {WANTED[spec.kind]}", remedy)
    checked = _typed(spec, value, members or {})
    _check_choice(spec, checked)
    _check_range(spec, checked)
    return checked


def _refuse_literal(spec: SettingSpec, value: Value) -> None:
    if isinstance(value, Expression):
        only = value.parts[0] if len(value.parts) == 1 else ""
        literal = isinstance(only, str) or not _reads_settings(only.tree)
    else:
        literal = not isinstance(value, Secret) and value not in (None, "", [], {})
    if literal:
        remedy = f"write {spec.key}: !secret NAME, and give the node a provider for NAME"
        message = f"{spec.key} holds a secret in plain text"
        raise ValueProblem("literal-secret", message, "layers are kept in git", remedy)


def _reads_settings(node: Node) -> bool:
    """Whether an expression passes on the value of a setting, which is a secret in its turn."""
    match node:
        case SettingValue():
            return True
        case Choice(yes=yes, no=no):
            return _reads_settings(yes) and _reads_settings(no)
        case _:
            return False


def _secret(spec: SettingSpec, value: Secret) -> Secret:
    if spec.kind is Kind.STRING:
        return value
    raise ValueProblem("wrong-type", f"{spec.key} takes {WANTED[spec.kind]}, not a secret", "", "write the value")


def _typed(spec: SettingSpec, value: Value, members: Members) -> Value:
    match spec.kind:
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else refuse(spec, value)
        case Kind.INT | Kind.FLOAT:
            return _number(spec, value)
        case Kind.STRING:
            return _text(spec, value)
        case Kind.SIZE | Kind.DURATION | Kind.RATE:
            return _quantity_text(spec, value)
        case Kind.LIST:
            return _list(spec, value, members)
        case Kind.MAP:
            return _map(spec, value, members)


def _number(spec: SettingSpec, value: Value) -> int | float:
    if isinstance(value, str) and spec.unit and (quantity := read_quantity(value)) is not None:
        value = quantity
    if isinstance(value, Quantity):
        return _in_unit(spec, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return refuse(spec, value)
    if isinstance(value, float) and spec.kind is Kind.INT:
        return refuse(spec, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueProblem("wrong-type", f"{spec.key} takes a finite number", "", "write a number")
    return value


def _in_unit(spec: SettingSpec, value: Quantity) -> int:
    if not spec.unit:
        message = f"{spec.key} is a plain number, without a unit"
        raise ValueProblem("wrong-unit", message, f"{value} has one", "write the number alone")
    try:
        return in_unit(value, spec.unit)
    except QuantityError as error:
        raise ValueProblem(error.code, f"{spec.key} counts in {spec.unit}: {error}", "", error.remedy) from error


def _text(spec: SettingSpec, value: Value) -> Value:
    if isinstance(value, Quantity):
        return str(value)
    if spec.user_named and isinstance(value, (bool, int, float)):
        # What the user names has the type that the user gives it: -XX:+NAME is a truth value.
        return value
    if not isinstance(value, str):
        return refuse(spec, value)
    _refuse_placeholder(spec, value)
    return value


def _refuse_placeholder(spec: SettingSpec, value: Value) -> None:
    """Refuse our own mark of a secret wherever it stands: the node would replace it."""
    match value:
        case str() if PLACEHOLDER in value:
            message = f"{spec.key} contains {PLACEHOLDER}"
            remedy = "write !secret NAME, or another text"
            raise ValueProblem("placeholder-in-value", message, "the node would take it for a secret", remedy)
        case list():
            for item in value:
                _refuse_placeholder(spec, item)
        case dict():
            for name, item in value.items():
                _refuse_placeholder(spec, name)
                _refuse_placeholder(spec, item)
        case _:
            pass


def _quantity_text(spec: SettingSpec, value: Value) -> str:
    try:
        quantity = value if isinstance(value, Quantity) else _read_quantity(spec, value)
        if quantity.amount > _MAX_INTEGER:
            most = f"the most is {Quantity(_MAX_INTEGER, quantity.kind)}"
            raise ValueProblem("out-of-range", f"{spec.key} is too large", most, "write less")
        return write_syntax(quantity, _syntax(spec), spec.smallest_unit)
    except QuantityError as error:
        raise ValueProblem(error.code, f"{spec.key}: {error}", "", error.remedy) from error


def _read_quantity(spec: SettingSpec, value: Value) -> Quantity:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return refuse(spec, value)
    # The product's own spelling goes first: 512m is a size to a JVM and a time elsewhere.
    quantity = read_syntax(str(value), _syntax(spec))
    if quantity is None and isinstance(value, str):
        quantity = parse_quantity(value)
    return quantity if quantity is not None else refuse(spec, value)


def _syntax(spec: SettingSpec) -> str:
    return spec.syntax + {Kind.DURATION: "-time", Kind.RATE: "-rate"}.get(spec.kind, "")


def _list(spec: SettingSpec, value: Value, members: Members) -> Value:
    if not isinstance(value, list):
        return refuse(spec, value, hidden=_may_be_secret(spec, members))
    return [_member(spec, item, members) for item in value]


def _member(spec: SettingSpec, item: Value, members: Members) -> Value:
    if isinstance(item, (Expression, Secret)):
        return item
    if spec.items is Kind.MAP:
        return _map(spec, item, members)
    one = replace(spec, key=f"a member of {spec.key}", kind=spec.items)
    checked = _typed(one, item, {})
    _check_choice(one, checked)
    _check_range(one, checked)
    return checked


def _map(spec: SettingSpec, value: Value, members: Members) -> Value:
    """A mapping that is one value; its keys are checked as far as the catalog lists them."""
    if not isinstance(value, dict):
        why = f"{shown(value, key=spec.key, sensitive=_may_be_secret(spec, members))} is {kind_of(value)}"
        noun = f"a member of {spec.key}" if spec.kind is Kind.LIST else spec.key
        raise ValueProblem("wrong-type", f"{noun} is a mapping", why, "write {KEY: VALUE}")
    known = {re.split(r"[.\[]", name)[0] for name in members}
    return {name: _inner(spec, name, item, members, known) for name, item in value.items()}


def _may_be_secret(spec: SettingSpec, members: Members) -> bool:
    """Whether a value of the wrong shape may be a secret that belongs deeper."""
    return spec.sensitive or any(member.sensitive for member in members.values())


def _inner(spec: SettingSpec, name: str, item: Value, members: Members, known: Collection[str]) -> Value:
    """The value under one key of a mapping."""
    below = {key[len(name) + 1 :]: member for key, member in members.items() if key.startswith(f"{name}.")}
    if name in members:
        within = {key[len(name) + 3 :]: member for key, member in members.items() if key.startswith(f"{name}[].")}
        return check_value(members[name], item, within)
    if below and isinstance(item, dict):
        return _map(spec, item, below)
    if known and name not in known and "*" not in known:
        message = f"{spec.key} has no {shown(name)} in its members"
        raise ValueProblem("unknown-setting", message, "", f"keys are {', '.join(sorted(known))}")
    _refuse_placeholder(spec, [name, item])
    return item


def _check_choice(spec: SettingSpec, value: Value) -> None:
    if not spec.choices or value in spec.choices or isinstance(value, (list, Secret)):
        return
    import difflib  # noqa: PLC0415  # only a wrong value needs it

    choices = [_choice_text(choice) for choice in spec.choices]
    near = difflib.get_close_matches(str(value), choices, n=1)
    remedy = f"did you mean {near[0]}?" if near else "write one of them"
    message = f"{shown(value, key=spec.key)} is no choice of {spec.key}"
    raise ValueProblem("wrong-choice", message, f"choices are {', '.join(choices)}", remedy)


def _choice_text(choice: Plain) -> str:
    """A choice in the spelling of a layer, text without quotes."""
    return str(choice).lower() if isinstance(choice, bool) else str(choice)


def _check_range(spec: SettingSpec, value: Value) -> None:
    """Numbers are bounded by the catalog, integers by what a product can hold at most."""
    if spec.smallest_unit and isinstance(value, str) and (quantity := as_operand(spec, value)) != value:
        value = in_unit(quantity, spec.smallest_unit) if isinstance(quantity, Quantity) else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    whole = spec.kind is Kind.INT
    least = -_MAX_INTEGER - 1 if spec.minimum is None and whole else spec.minimum
    most = _MAX_INTEGER if spec.maximum is None and whole else spec.maximum
    unit = f" {spec.unit or spec.smallest_unit}".rstrip()
    if least is not None and value < least:
        why, remedy = f"the least is {least}{unit}", f"write {least} or more"
    elif most is not None and value > most:
        why, remedy = f"the most is {most}{unit}", f"write {most} or less"
    else:
        return
    raise ValueProblem("out-of-range", f"{spec.key} is {value}{unit}", why, remedy)


def as_operand(spec: SettingSpec, value: Plain) -> Plain:
    """A written value as expressions see it: with its unit, so that arithmetic is safe."""
    if spec.unit and isinstance(value, (int, float)) and not isinstance(value, bool):
        one = parse_quantity(f"1{spec.unit}")
        return value if one is None else one * value
    if spec.kind in (Kind.SIZE, Kind.DURATION, Kind.RATE) and isinstance(value, str):
        return read_syntax(value, _syntax(spec)) or value
    return value
