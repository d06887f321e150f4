"""What one setting takes, as JSON Schema: the rules of ``validate`` in the words of an editor.

A tag is invisible to JSON Schema: an editor's reader drops it and gives a tagged scalar
as text. So every setting of a layer also takes what its tagged forms leave behind:
null or an empty text after ``!unset``, the name after ``!secret``, and a number or a
boolean spelt as text after ``!force`` and ``!default``. The editor is more lenient
there than ``compile``, which sees the tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from dseconf.catalog import Kind, SettingSpec
from dseconf.quantity import SYNTAXES, UNITS
from dseconf.quantity import Kind as Measure

Schema: TypeAlias = dict[str, object]

EXPRESSION: Final = r"\{\{"
"""Found in every text that holds an expression."""

UNSET: Final = "^$"
"""What a reader that drops tags makes of ``!unset``, where it does not make null of it."""

_INTEGER: Final = "-?[0-9]+"
_NUMBER: Final = r"-?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?"
_SYNTAX_CHARACTERS: Final = frozenset(r"^$\.*+?()[]{}|/")


@dataclass(frozen=True, slots=True)
class _Form:
    """The values of one kind of setting.

    ``texts`` are patterns of whole texts, None for any text. ``tagged`` are patterns of
    the texts that tagged values become.
    """

    types: tuple[str, ...]
    takes: str
    texts: tuple[str, ...] | None = ()
    tagged: tuple[str, ...] = ()
    rules: tuple[tuple[str, object], ...] = ()


def value_schema(spec: SettingSpec, members: Schema | None = None, *, tagged: bool = True) -> Schema:
    """The values of a setting.

    Args:
        spec: the setting.
        members: what the members of a list of mappings take.
        tagged: whether tags may stand on the value; inside lists only ``!secret`` may.
    """
    form = _form(spec, members)
    if spec.choices and spec.kind is not Kind.LIST:
        spelt = tuple(_escaped(choice for choice in spec.choices if not isinstance(choice, str)))
        others = _Form((), f"one of {', '.join(map(str, spec.choices))}", form.texts or (), spelt)
        return {"anyOf": [{"enum": list(spec.choices)}, _allowing(others, spec, tagged=tagged)]}
    return _allowing(form, spec, tagged=tagged)


def _allowing(form: _Form, spec: SettingSpec, *, tagged: bool) -> Schema:
    """The schema of a form: its own values, expressions, and what tags leave behind."""
    null = ["null"] if tagged or spec.nullable else []
    types = [*form.types, *null]
    if form.texts is None:
        return {"type": types[0] if len(types) == 1 else types, **dict(form.rules)}
    patterns = [*(f"^(?:{text})$" for text in (*form.texts, *(form.tagged if tagged else ()))), EXPRESSION]
    return {
        "type": [*form.types, "string", *null],
        "pattern": "|".join([UNSET, *patterns] if tagged else patterns),
        "patternErrorMessage": f"takes {form.takes}, or an expression in {{{{ }}}}",
        **dict(form.rules),
    }


def _form(spec: SettingSpec, members: Schema | None) -> _Form:  # noqa: C901, PLR0911  # one answer for each kind
    bounds = tuple(
        (rule, bound) for rule, bound in (("minimum", spec.minimum), ("maximum", spec.maximum)) if bound is not None
    )
    match spec.kind:
        case Kind.BOOLEAN:
            return _Form(("boolean",), "true or false", tagged=("true|false",))
        case Kind.INT:
            return _Form(("integer",), f"an integer{_or_quantity(spec)}", tuple(_quantities(spec)), (_INTEGER,), bounds)
        case Kind.FLOAT:
            return _Form(("number",), f"a number{_or_quantity(spec)}", tuple(_quantities(spec)), (_NUMBER,), bounds)
        case Kind.STRING if spec.user_named:
            # A property that the catalog does not know by name is text to us, and may look like anything.
            return _Form(("string", "number", "boolean"), "text", None)
        case Kind.STRING:
            return _Form(("string",), "text", None)
        case Kind.SIZE:
            return _product_quantity(spec.syntax, Measure.SIZE, "a size such as 8GiB")
        case Kind.DURATION:
            return _product_quantity(f"{spec.syntax}-time", Measure.TIME, "a duration such as 10s")
        case Kind.RATE:
            return _product_quantity(f"{spec.syntax}-rate", Measure.RATE, "a rate such as 24MiB/s")
        case Kind.LIST:
            return _Form(("array",), "a list", rules=(("items", _items(spec, members)),))
        case Kind.MAP:
            return _Form(("object",), "a mapping")


def _items(spec: SettingSpec, members: Schema | None) -> Schema:
    """A member of a list; choices of a list are choices of its members."""
    if spec.items is Kind.MAP:
        return members or {"type": "object"}
    one = SettingSpec(
        spec.key, spec.items, spec.about, spec.order, unit=spec.unit, syntax=spec.syntax, choices=spec.choices
    )
    return value_schema(one, tagged=False)


def _or_quantity(spec: SettingSpec) -> str:
    return f" in {spec.unit}, or a quantity with its unit" if spec.unit else ""


def _quantities(spec: SettingSpec) -> Iterator[str]:
    """Quantities of the kind that the setting's unit measures."""
    if spec.unit:
        yield _quantity(UNITS[spec.unit].kind)


def _quantity(measure: Measure) -> str:
    units = "|".join(name for name, one in UNITS.items() if one.kind is measure)
    return rf"[0-9]+(?:\.[0-9]+)? ?(?:{units})"


def _product_quantity(syntax: str, measure: Measure, takes: str) -> _Form:
    """Our own notation, and the product's, whose suffixes have no case."""
    reads = SYNTAXES[syntax].reads if syntax in SYNTAXES else {}
    suffixes = "|".join("".join(_any_case(letter) for letter in suffix) for suffix in reads)
    texts = (_quantity(measure), rf"[0-9]{{1,30}} ?(?:{suffixes})") if reads else (_quantity(measure),)
    return _Form(("integer",) if "" in reads else (), takes, texts, (_INTEGER,) if "" in reads else ())


def _any_case(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]"


def _escaped(choices: Iterable[object]) -> Iterator[str]:
    for choice in choices:
        yield escape(str(choice).lower() if isinstance(choice, bool) else str(choice))


def escape(text: str) -> str:
    """The text as a pattern. Unlike ``re.escape``, it leaves alone what ECMAScript refuses to see escaped."""
    return "".join(f"\\{letter}" if letter in _SYNTAX_CHARACTERS else letter for letter in text)
