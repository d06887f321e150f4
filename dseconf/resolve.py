"""Decide every setting of a node from the layers of its chain.

Strength decides before rank (force, plain, default), then the higher rank wins. List
edits lie on top of what is below them. Two values of one rank that differ are a
conflict, unless a higher rank or a stronger value decides. Every distinct chain is
resolved once; what a node's own layers add is put on top of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from dseconf.finding import Finding, Severity
from dseconf.layer import Manage
from dseconf.secret import shown
from dseconf.setting import Definition, Operation, Setting, Value
from dseconf.validate import CheckedLayer


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """How strong a layer is by its place: later dimensions, then later profile folders, are stronger.

    ``dimension`` and ``place`` count from 0, the weakest.
    """

    dimension: int
    place: int


@dataclass(frozen=True, slots=True)
class Link:
    """One layer in a node's chain. Equal ranks stand in the order in which the node lists its values."""

    rank: Rank
    layer: CheckedLayer


@dataclass(frozen=True, slots=True)
class Ranked:
    """A definition with the rank of its layer."""

    rank: Rank
    definition: Definition

    @property
    def force(self) -> tuple[int, Rank]:
        """What decides between definitions: strength, then rank."""
        return self.definition.strength, self.rank


@dataclass(frozen=True, slots=True)
class ResolvedFile:
    """The settings of one file as the layers add up.

    ``ranked`` keeps every definition of every setting, and ``unset`` the mappings left
    out as a whole, so that a node's own layers can be put on top. ``findings`` are by
    key: they hold for a node only where its own layers do not decide the key otherwise.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    ranked: Mapping[str, tuple[Ranked, ...]] = field(default_factory=dict)
    unset: tuple[Ranked, ...] = ()
    findings: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)


NOTHING = ResolvedFile()


def resolve_file(name: str, chain: Iterable[Link]) -> ResolvedFile:
    """Resolve one file from the layers of a chain that mention it, in any order of ranks."""
    ranked: dict[str, list[Ranked]] = {}
    unset: list[Ranked] = []
    for link in chain:
        unset.extend(Ranked(link.rank, one) for one in link.layer.unset.get(name, ()))
        for key, definition in link.layer.files.get(name, {}).items():
            ranked.setdefault(key, []).append(Ranked(link.rank, definition))
    return _decide_all(name, {key: (*found, *_unsets_of(key, unset)) for key, found in ranked.items()}, tuple(unset))


def resolve_on_top(name: str, below: ResolvedFile, chain: Sequence[Link]) -> ResolvedFile:
    """Resolve what further layers say on top of an already resolved file.

    Returns only the settings that these layers touch; for the others ``below`` holds.
    """
    own = resolve_file(name, chain)
    touched = dict.fromkeys(own.ranked)
    for mapping in own.unset:
        touched.update(dict.fromkeys(key for key in below.ranked if is_below(key, mapping.definition.key)))
    ranked = {key: _joined(key, below, own) for key in touched}
    return _decide_all(name, ranked, ()) if ranked else NOTHING


def _joined(key: str, below: ResolvedFile, own: ResolvedFile) -> tuple[Ranked, ...]:
    """Everything said about a key, by the layers below and by a node's own."""
    under = below.ranked[key] if key in below.ranked else tuple(_unsets_of(key, below.unset))
    over = own.ranked[key] if key in own.ranked else tuple(_unsets_of(key, own.unset))
    return (*under, *over)


def is_below(key: str, mapping: str) -> bool:
    """Whether a key lies in the mapping of another key."""
    return key.startswith(mapping) and key[len(mapping) : len(mapping) + 1] in (".", "[")


def _unsets_of(key: str, unset: Iterable[Ranked]) -> Iterator[Ranked]:
    return (one for one in unset if is_below(key, one.definition.key))


def _decide_all(name: str, ranked: Mapping[str, tuple[Ranked, ...]], unset: tuple[Ranked, ...]) -> ResolvedFile:
    settings: dict[str, Setting] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    for key, said in ranked.items():
        found: list[Finding] = []
        settings[key] = decide(f"{name}:{key}", said, found)
        if found:
            findings[key] = tuple(found)
    return ResolvedFile(settings, ranked, unset, findings)


def decide(address: str, ranked: Sequence[Ranked], findings: list[Finding]) -> Setting:
    """The setting that the definitions of one key add up to. Conflicts go to ``findings``.

    The order of ``ranked`` matters only among list edits of one rank.
    """
    if len(ranked) == 1 and not ranked[0].definition.operation.edits:
        return Setting(ranked[0].definition, ranked[0].definition.value)
    order = sorted(ranked, key=lambda one: one.force)
    sets = [one for one in order if not one.definition.operation.edits]
    peers = [one for one in sets if one.force == sets[-1].force]
    _check_conflict(address, peers, findings)
    base = min(peers, key=_position) if peers else None
    edits = tuple(one for one in order if one.definition.operation.edits and (base is None or one.force >= base.force))
    chosen = base or edits[0]
    value = _edited(address, base, [edit.definition for edit in edits], findings)
    beaten = _strongest_first(one for one in order if one is not chosen and one not in edits)
    return Setting(chosen.definition, value, beaten, tuple(edit.definition for edit in edits))


def _strongest_first(losers: Iterable[Ranked]) -> tuple[Definition, ...]:
    return tuple(
        one.definition for one in sorted(sorted(losers, key=_position), key=lambda one: one.force, reverse=True)
    )


def _position(one: Ranked) -> tuple[str, int, int]:
    """Among lines that say the same the first by name decides, in whatever order the layers come."""
    origin = one.definition.origin
    return origin.path, origin.line, origin.column


def _check_conflict(address: str, peers: Sequence[Ranked], findings: list[Finding]) -> None:
    if len(peers) < 2:
        return
    first, *others = (peer.definition for peer in sorted(peers, key=_position))
    for other in others:
        if other.operation is not first.operation or not alike(other.value, first.value):
            key = address.partition(":")[2]
            why = f"{_said(first, key)} against {_said(other, key)}"
            remedy = "set it in a layer of a higher rank, or mark one of the two !force"
            message = f"two layers of one rank disagree on {address}"
            findings.append(Finding("conflict", Severity.ERROR, message, (first.place, other.place), why, remedy))


def alike(left: Value, right: Value) -> bool:
    """Whether two values are written alike; to Python ``True``, 1 and 1.0 are equal."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(item, right[key]) for key, item in left.items())
    return type(left) is type(right) and left == right


def _said(definition: Definition, key: str) -> str:
    return "!unset" if definition.operation is Operation.UNSET else shown(definition.value, key=key)


def _edited(address: str, base: Ranked | None, edits: Sequence[Definition], findings: list[Finding]) -> Value:
    """Apply list edits in order; to an empty list where nothing lies below them."""
    if base is not None and not edits:
        return base.definition.value
    below = base.definition.value if base is not None and base.definition.operation is Operation.SET else []
    if base is not None and not isinstance(below, list):
        findings.append(_no_list(address, base.definition, edits[0]))
    members: list[Value] = [*below] if isinstance(below, list) else []
    for edit in edits:
        members = _apply(address, members, edit, findings)
    return members


def _apply(address: str, members: list[Value], edit: Definition, findings: list[Finding]) -> list[Value]:
    own: list[Value] = [*edit.value] if isinstance(edit.value, list) else []
    match edit.operation:
        case Operation.APPEND:
            return members + own
        case Operation.PREPEND:
            return own + members
        case Operation.REMOVE:
            findings.extend(_absent(address, item, members, edit) for item in own if not _among(item, members))
            return [item for item in members if not _among(item, own)]
        case Operation.SET | Operation.UNSET:
            raise AssertionError(edit.operation)


def _among(item: Value, members: Iterable[Value]) -> bool:
    return any(map(partial(alike, item), members))


def _absent(address: str, item: Value, members: list[Value], edit: Definition) -> Finding:
    key = address.partition(":")[2]
    message = f"{address} has no member {shown(item, key=key)} to remove"
    why = f"below it lies {shown(members, key=key)}"
    return Finding(
        "absent-member", Severity.ERROR, message, (edit.place,), why, "correct the member, or drop it from !remove"
    )


def _no_list(address: str, base: Definition, edit: Definition) -> Finding:
    message = f"{address} cannot be edited: what lies below is no list yet"
    why = f"{shown(base.value, key=address.partition(':')[2])} gets its value on each node"
    remedy = "write the list with expressions as its members, or replace the whole value"
    return Finding("wrong-tag-use", Severity.ERROR, message, (edit.place, base.place), why, remedy)


def resolve_manage(chain: Iterable[Link], findings: list[Finding]) -> Mapping[str, tuple[Manage, Definition]]:
    """The management modes that a chain sets, per file, with the line that decides."""
    ranked: dict[str, list[Ranked]] = {}
    for link in chain:
        for definition in link.layer.manage:
            ranked.setdefault(definition.key, []).append(Ranked(link.rank, definition))
    decided = {name: decide(f"manage:{name}", found, findings) for name, found in ranked.items()}
    return {name: (Manage(setting.value), setting.chosen) for name, setting in decided.items()}
