"""What a change of version changes, in the catalog and in a fleet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from builders import a_file, a_setting, run, write_tree

from dseconf.catalog import Catalog, ProductView, parse_version
from dseconf.catalog.difference import Became, FileDifference, Place, SettingDifference, compare_releases
from dseconf.catalog.meaning import same_value
from dseconf.shipped import load_catalog

ABSENT = "there is no folder shared/facts beside a folder above this test"


def made(old: Mapping[str, Any], new: Mapping[str, Any], **gone: Mapping[str, Any]) -> tuple[FileDifference, ...]:
    """The difference between two lines of one file each, which may lie in other files."""
    return between({"app.yaml": old}, {"app.yaml": new}, {"app.yaml": gone})


def between(
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    gone: Mapping[str, Mapping[str, Any]] = {},
) -> tuple[FileDifference, ...]:
    tables = {
        f"dse-{line}": {
            "line": {"product": "dse", "line": line, "first": f"{line}.0", "last": f"{line}.9"},
            "files": [a_file(name, "yaml", settings, gone=gone_here.get(name, {})) for name, settings in files.items()],
            "gone": {name: keys for name, keys in gone_here.items() if name not in files},
        }
        for line, files, gone_here in (("6.7", old, {}), ("6.8", new, gone))
    }
    catalog = Catalog.of_tables(tables)
    return compare_releases(at(catalog, "dse 6.7.5"), at(catalog, "dse 6.8.5"))


def at(catalog: Catalog, text: str) -> ProductView:
    name, version = text.split()
    view = catalog.at(name, parse_version(version))
    assert view is not None
    return view


def real(old: str, new: str) -> tuple[FileDifference, ...]:
    catalog = load_catalog()
    return compare_releases(at(catalog, old), at(catalog, new))


def settings(files: tuple[FileDifference, ...]) -> dict[str, SettingDifference]:
    """By the address in the older release; added ones by their own."""
    return {place.address: one for file in files for one in file.settings if (place := one.old or one.new) is not None}


def the_only(files: tuple[FileDifference, ...]) -> SettingDifference:
    (one,) = settings(files).values()
    return one


def new_address(one: SettingDifference) -> str | None:
    return one.new.address if one.new is not None else None


def changes(one: SettingDifference) -> list[tuple[str, str, str]]:
    return [(change.aspect.value, change.old, change.new) for change in one.changes]


def test_releases_that_are_alike_have_no_difference() -> None:
    table = {"number": a_setting("int", default=1, shipped=2), "text": a_setting()}
    assert made(table, table) == ()


def test_a_setting_that_only_the_newer_release_has_is_added() -> None:
    one = the_only(made({}, {"number": a_setting("int")}))
    assert (one.became, one.old, new_address(one)) == (Became.ADDED, None, "app.yaml:number")


def test_a_removed_setting_has_its_reason() -> None:
    one = the_only(made({"number": a_setting("int")}, {}, number={"reason": "It did nothing."}))
    assert (one.became, one.new, one.reason) == (Became.REMOVED, None, "It did nothing.")


@pytest.mark.parametrize(
    ("line", "reason"),
    [("6.8", "Gone with the cache."), ("6.9", "")],
    ids=["of the newer release", "of a release after it"],
)
def test_what_a_line_says_of_later_ones_counts_from_the_line_that_it_names(line: str, reason: str) -> None:
    later = {"line": line, "reason": "Gone with the cache."}
    assert the_only(made({"number": a_setting("int", later=later)}, {})).reason == reason


@pytest.mark.parametrize("way", ["was", "gone", "later"])
def test_a_renamed_setting_is_led_to_its_new_name(way: str) -> None:
    old, new, gone = a_setting("int", unit="MiB", default=32), a_setting("int", unit="KiB", default=1024), {}
    if way == "was":
        new["was"] = [{"key": "size_mb", "unit": "MiB"}]
    elif way == "gone":
        gone = {"size_mb": {"reason": "Another unit.", "renamed_to": "app.yaml:size_kb"}}
    else:
        old["later"] = {"line": "6.8", "reason": "Another unit.", "renamed_to": "app.yaml:size_kb"}
    one = the_only(made({"size_mb": old}, {"size_kb": new}, **gone))
    assert (one.became, new_address(one)) == (Became.RENAMED, "app.yaml:size_kb")
    assert changes(one) == [("unit", "int in MiB", "int in KiB"), ("default", "32 MiB", "1024 KiB")]


def test_the_same_amount_in_another_unit_does_not_move() -> None:
    old = a_setting("int", unit="MiB", default=32, shipped=64)
    new = a_setting("size", syntax="cassandra", default="32MiB", shipped="65536KiB", was=[{"key": "size_mb"}])
    one = the_only(made({"size_mb": old}, {"size": new}))
    assert changes(one) == [("type", "int in MiB", "size as cassandra writes it")]


def test_a_number_for_off_is_the_null_of_the_new_name() -> None:
    old = a_setting("int", unit="ms", default=-1)
    new = a_setting("duration", syntax="cassandra", nullable=True, default=None, was=[{"key": "t_ms", "off": -1}])
    one = the_only(made({"t_ms": old}, {"t": new}))
    assert [what for what, _, _ in changes(one)] == ["type", "null"]


def test_a_setting_merged_into_one_that_was_there_before_is_removed() -> None:
    gone = {"reason": "Merged.", "renamed_to": "app.yaml:all"}
    one = the_only(made({"part": a_setting(), "all": a_setting()}, {"all": a_setting()}, part=gone))
    assert (one.became, one.instead, one.reason) == (Became.REMOVED, "app.yaml:all", "Merged.")


def test_a_setting_that_keeps_its_name_in_another_file_is_moved() -> None:
    later = {"line": "6.8", "reason": "Split.", "renamed_to": "new.yaml:heap"}
    removed, added = between(
        {"old.yaml": {"heap": a_setting(later=later), "rest": a_setting(later={"line": "6.8", "reason": "Split."})}},
        {"new.yaml": {"heap": a_setting(), "more": a_setting()}},
    )
    assert (removed.name, removed.became, removed.reason) == ("old.yaml", Became.REMOVED, "Split.")
    assert [(one.became, new_address(one)) for one in removed.settings] == [
        (Became.MOVED, "new.yaml:heap"), (Became.REMOVED, None),
    ]  # fmt: skip
    assert (added.name, added.became) == ("new.yaml", Became.ADDED)
    assert [new_address(one) for one in added.settings] == ["new.yaml:more"]


def test_the_reason_of_a_file_is_what_is_said_of_its_settings() -> None:
    gone = {"old.yaml": {"a": {"reason": "No more."}, "b": {"reason": "No more."}, "c": {"reason": "Other."}}}
    (file,) = between({"old.yaml": dict.fromkeys("abc", a_setting())}, {}, gone)
    assert (file.became, file.reason) == (Became.REMOVED, "No more.")


def test_a_file_that_ends_within_a_line_tells_why() -> None:
    (file,) = (one for one in real("dse 6.9.9", "dse 6.9.24") if one.name == "jvm8-server.options")
    assert file.became is Became.REMOVED
    assert "Java" in file.reason


def test_a_setting_that_ends_within_a_line_tells_why() -> None:
    ended = a_setting(until="6.8.2", reason="It did nothing.")
    assert the_only(made({"x": a_setting()}, {"x": ended})).reason == "It did nothing."


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (a_setting("int"), a_setting(), ("type", "int", "string")),
        (a_setting("int", unit="s"), a_setting("int", unit="ms"), ("unit", "int in s", "int in ms")),
        (a_setting("int", min=0), a_setting("int", min=1, max=9), ("range", "0 or more", "1 to 9")),
        (a_setting(choices=["a"]), a_setting(choices=["a", "b"]), ("choices", "a", "a, b")),
        (a_setting(), a_setting(nullable=True), ("null", "not null", "may be null")),
        (a_setting(), a_setting(identity="address"), ("identity", "set in layers", "address")),
        (a_setting("int", default=1), a_setting("int", default=2), ("default", "1", "2")),
        (a_setting("boolean", default=False), a_setting("boolean", default=True), ("default", "false", "true")),
        (a_setting(shipped="a"), a_setting(), ("shipped", "'a'", "not in the file")),
        (a_setting("list", default=[1]), a_setting("list", default=[1, 2]), ("default", "[1]", "[1, 2]")),
    ],
)
def test_what_changes_in_a_setting_is_told_both_ways(
    old: dict[str, Any], new: dict[str, Any], change: tuple[str, str, str]
) -> None:
    what, before, after = change
    assert changes(the_only(made({"x": old}, {"x": new}))) == [change]
    assert changes(the_only(made({"x": new}, {"x": old}))) == [(what, after, before)]


def test_a_default_that_is_known_of_one_release_alone_is_no_change() -> None:
    assert made({"x": a_setting("int")}, {"x": a_setting("int", default=1)}) == ()


def test_a_default_is_that_of_the_patch() -> None:
    history = {"default": {"6.8.0": 1, "6.8.6": 2}}
    assert made({"x": a_setting("int", default=1)}, {"x": a_setting("int", history=history)}) == ()


def test_a_secret_is_not_shown() -> None:
    old, new = ({"x": a_setting(sensitive=True, shipped=word)} for word in ("first", "second"))
    assert made(old, new) == ()
    one = the_only(made(old, {"x": a_setting(sensitive=True)}))
    assert changes(one) == [("shipped", "(hidden)", "not in the file")]


@pytest.mark.parametrize(
    ("left", "right", "same"), [(1, 1.0, True), (1, True, False), (0, False, False), ("1", 1, False)]
)
def test_values_of_two_types_are_the_same_only_as_numbers(left: object, right: object, same: bool) -> None:
    file = a_file("x.yaml", "yaml", {"x": a_setting()})
    view = at(Catalog.of_tables({"dse-6.8": {"line": LINE, "files": [file]}}), "dse 6.8.5")
    found = view.file("x.yaml")
    spec = found.exact("x") if found is not None else None
    assert spec is not None
    assert same_value(spec, left, spec, right) is same


LINE = {"product": "dse", "line": "6.8", "first": "6.8.0", "last": "6.8.9"}


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("dse 5.1.36", "dse 6.0.18", "rpc_address", "native_transport_address"),
        ("dse 5.1.36", "dse 6.8.35", "broadcast_rpc_address", "native_transport_broadcast_address"),
        ("dse 6.7.17", "dse 6.8.35", "tombstone_warn_threshold", "guardrails.tombstone_warn_threshold"),
        ("dse 6.8.35", "dse 6.7.17", "guardrails.tombstone_warn_threshold", "tombstone_warn_threshold"),
        ("cassandra 4.0.15", "cassandra 4.1.8", "commitlog_segment_size_in_mb", "commitlog_segment_size"),
        ("cassandra 4.1.8", "cassandra 4.0.15", "commitlog_segment_size", "commitlog_segment_size_in_mb"),
    ],
)
def test_known_renames_of_cassandra_yaml(old: str, new: str, before: str, after: str) -> None:
    one = settings(real(old, new))[f"cassandra.yaml:{before}"]
    assert (one.became, new_address(one)) == (Became.RENAMED, f"cassandra.yaml:{after}")


def test_the_segment_size_of_cassandra_changes_its_type_and_keeps_its_value() -> None:
    one = settings(real("cassandra 4.0.15", "cassandra 4.1.8"))["cassandra.yaml:commitlog_segment_size_in_mb"]
    assert changes(one) == [("type", "int in MiB", "size as cassandra writes it")]


@pytest.mark.parametrize("releases", [("dse 5.1.36", "dse 6.0.18"), ("cassandra 3.11.17", "cassandra 4.0.15")])
def test_thrift_goes_with_its_reason(releases: tuple[str, str]) -> None:
    one = settings(real(*releases))["cassandra.yaml:start_rpc"]
    assert one.became is Became.REMOVED
    assert "Thrift" in one.reason


def test_jvm_options_is_split_between_dse_6_7_and_6_8() -> None:
    files = {file.name: file for file in real("dse 6.7.17", "dse 6.8.35")}
    assert files["jvm.options"].became is Became.REMOVED
    assert files["jvm.options"].reason
    for name in ("jvm-server.options", "jvm8-server.options", "jvm11-server.options"):
        assert files[name].became is Became.ADDED
    assert all(one.became in (Became.MOVED, Became.REMOVED, Became.RENAMED) for one in files["jvm.options"].settings)


def every_step() -> Iterator[tuple[str, str]]:
    lines = load_catalog().lines
    for one, other in pairwise(lines):
        if one.product == other.product:
            texts = [f"{line.product} {'.'.join(map(str, line.last))}" for line in (one, other)]
            yield texts[0], texts[1]
            yield texts[1], texts[0]


@pytest.mark.parametrize(("old", "new"), list(every_step()))
def test_every_setting_of_both_releases_is_accounted_for(old: str, new: str) -> None:
    catalog = load_catalog()
    views = at(catalog, old), at(catalog, new)
    before, after = (
        {Place(file, spec).address for file in view.files() for key in file.keys if (spec := view.setting(file, key))}
        for view in views
    )
    found = [one for file in compare_releases(*views) for one in file.settings]
    assert {one.new.address for one in found if one.new and not one.old} <= after - before
    assert before - after == {
        one.old.address for one in found if one.old and (one.new is None or one.new.address != one.old.address)
    }
    reached = {one.new.address for one in found if one.new}
    assert after - before <= reached


FACTS = next(
    (
        file
        for folder in Path(__file__).resolve().parents
        if (file := folder / "shared/facts/version-changes.json").is_file()
    ),
    None,
)
needs_facts = pytest.mark.skipif(FACTS is None, reason=ABSENT)

# The definitions dropped these; the product still reads them.
STILL_READ = {"direct_reads_size_in_mb"}


def facts() -> Any:
    assert FACTS is not None
    return json.loads(FACTS.read_text(encoding="utf-8"))


@needs_facts
def test_the_jvm_flags_that_were_seen_to_move_do() -> None:
    found = {one.old.spec.key: one for one in settings(real("dse 6.7.17", "dse 6.8.35")).values() if one.old}
    moved = facts()["release_lines"]["dse 6.7.17 -> 6.8.35"]["moved_by_rendered_name"]
    assert len(moved) == 59
    for flag in moved:
        name = re.sub(r"^-XX:[+-]", "-XX:", flag["rendered_name"]).split("=")[0]
        one = found[name if name in found else f"{name.split(':')[0]}:"]
        assert one.became is Became.MOVED, name
        assert one.new is not None
        assert one.new.file.name.replace(".", "-") in [place.split(":")[0] for place in flag["new"]], name


@needs_facts
def test_the_certain_renames_are_found() -> None:
    patches = {"5.1": "5.1.36", "6.0": "6.0.18", "6.7": "6.7.17", "6.8": "6.8.35"}
    checked = 0
    for rename in facts()["renames"]:
        one_to_one = rename["confidence"] == "certain" and "kind" not in rename and rename["file"] == "cassandra.yaml"
        if one_to_one and rename["product"] == "dse":
            found = settings(real(*(f"dse {patches[rename[end]]}" for end in ("from", "to"))))
            for old, new in zip(rename["old"], rename["new"], strict=True):
                assert new_address(found[f"cassandra.yaml:{old}"]) == f"cassandra.yaml:{new}"
                checked += 1
    assert checked > 5


@needs_facts
@pytest.mark.parametrize("step", ["dse 5.1.36 -> 6.0.18", "dse 6.0.18 -> 6.7.17", "dse 6.7.17 -> 6.8.35"])
def test_what_left_the_definitions_of_cassandra_yaml_is_gone_or_renamed(step: str) -> None:
    product, old, _, new = step.split()
    found = settings(real(f"{product} {old}", f"{product} {new}"))
    file = at(load_catalog(), f"{product} {old}").file("cassandra.yaml")
    assert file is not None
    keys = [key for key in facts()["release_lines"][step]["files"]["cassandra-yaml"]["removed"] if file.exact(key)]
    assert len(keys) > 3
    for key in set(keys) - STILL_READ:
        assert found[f"cassandra.yaml:{key}"].became in (Became.REMOVED, Became.RENAMED), key


REPOSITORY = {
    "fleet.yaml": """\
clusters:
  atlas:
    product: dse 6.7.17
    datacenters:
      eu: {racks: {r1: {nodes: {n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}}}}}
""",
    "profiles/base.yaml": """\
jvm.options:
  -Xmx: 8G
cassandra.yaml:
  tombstone_warn_threshold: 500
  num_tokens: 8
  pick_level_on_streaming: false
""",
    "profiles/node/atlas/n1.yaml": "jvm.options:\n  -Xmx: 4G\ncassandra.yaml:\n  memtable_flush_writers: 2\n",
}


def in_fleet(root: Path, old: str, new: str, *more: str) -> tuple[int, str, str]:
    return run("catalog", "diff", old, new, "--fleet", "-C", root, *more)


def fleet_object(root: Path, **files: str) -> dict[str, dict[str, Any]]:
    """What touches the fleet, by the address in the older release."""
    write_tree(root, {**REPOSITORY, **files})
    code, out, err = in_fleet(root, "dse 6.7.17", "dse 6.8.35", "--format", "json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["format"], found["clusters"], found["nodes"]) == ("dseconf.catalog-diff/1", ["atlas"], 2)
    return {one["old"]: one for one in found["settings"]}


def places(one: dict[str, Any]) -> list[str]:
    return [f"{line['path']}:{line['line']}:{line['column']}" for line in one["lines"]]


def test_lines_of_the_fleet_that_must_change_are_named(tmp_path: Path) -> None:
    found = fleet_object(tmp_path)
    heap, threshold = found["jvm.options:-Xmx"], found["cassandra.yaml:tombstone_warn_threshold"]
    assert (heap["became"], heap["new"], heap["nodes"]) == ("moved", "jvm-server.options:-Xmx", 2)
    assert places(heap) == ["profiles/base.yaml:2:3", "profiles/node/atlas/n1.yaml:2:3"]
    assert [line["says"] for line in heap["lines"]] == ["8G", "4G"]
    assert (threshold["became"], threshold["new"]) == (
        "renamed", "cassandra.yaml:guardrails.tombstone_warn_threshold",
    )  # fmt: skip
    assert places(threshold) == ["profiles/base.yaml:4:3"]


def test_lines_that_stay_right_are_not_named(tmp_path: Path) -> None:
    found = fleet_object(tmp_path)
    assert "cassandra.yaml:num_tokens" not in found
    assert all(path.startswith("profiles/") for one in found.values() for path in places(one))


def test_values_that_move_are_told_for_the_nodes_that_nothing_sets_them_on(tmp_path: Path) -> None:
    found = fleet_object(tmp_path)
    assert "cassandra.yaml:pick_level_on_streaming" not in found
    writers = found["cassandra.yaml:memtable_flush_writers"]
    assert (writers["value"], writers["nodes"], writers["lines"]) == ({"old": "4", "new": "8"}, 1, [])


def test_files_that_no_node_gets_move_nothing(tmp_path: Path) -> None:
    assert not [address for address in fleet_object(tmp_path) if address.startswith("spark")]


def test_shipped_values_count_only_where_shipped_profiles_take_part(tmp_path: Path) -> None:
    page_aligned = "jvm.options:-Dsun.nio.PageAlignDirectMemory"
    assert fleet_object(tmp_path / "a")[page_aligned]["value"] == {"old": "false", "new": "true"}
    assert page_aligned not in fleet_object(tmp_path / "b", **{"dseconf.yaml": "shipped: false\n"})


def test_a_member_of_a_list_of_mappings_is_set_by_the_line_of_the_list(tmp_path: Path) -> None:
    fleet = REPOSITORY["fleet.yaml"].replace("dse 6.7.17", "cassandra 4.1.8")
    name = "metrics-reporter-config-sample.yaml"
    layer = f"{name}:\n  console:\n    - {{period: 10, predicate: {{color: white}}}}\n"
    write_tree(tmp_path, {"fleet.yaml": fleet, "profiles/base.yaml": layer})
    code, out, _ = in_fleet(tmp_path, "cassandra 4.1.8", "cassandra 5.0.3", "--format", "json")
    assert code == 0
    found = {one["old"]: places(one) for one in json.loads(out)["settings"] if one["old"].startswith(name)}
    assert found == {
        f"{name}:{key}": ["profiles/base.yaml:2:3"]
        for key in ("console", "console[].period", "console[].predicate.color")
    }


def test_the_fleet_is_told_to_people(tmp_path: Path) -> None:
    write_tree(tmp_path, REPOSITORY)
    code, out, err = in_fleet(tmp_path, "dse 6.7.17", "dse 6.8.35")
    assert (code, err) == (0, "")
    assert out.startswith("dse 6.7.17 to dse 6.8.35, in atlas (2 nodes)\n")
    assert "  jvm.options: moved -Xmx -> jvm-server.options:-Xmx" in out
    assert "    profiles/node/atlas/n1.yaml:2:3  4G\n" in out
    assert "  cassandra.yaml:memtable_flush_writers: 4 -> 8 on 1 node\n" in out


def test_a_fleet_without_the_version_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, REPOSITORY)
    code, out, err = in_fleet(tmp_path, "dse 6.0.18", "dse 6.8.35")
    assert (code, out) == (2, "")
    assert "no cluster of the fleet is dse 6.0" in err
    assert "atlas is dse 6.7.17" in err


def test_two_products_are_not_compared() -> None:
    code, _, err = run("catalog", "diff", "cassandra 4.1.8", "dse 6.8.35")
    assert code == 2
    assert "error[other-product]" in err


def test_the_difference_is_told_to_people() -> None:
    code, out, err = run("catalog", "diff", "dse 6.7.17", "dse 6.8.35")
    assert (code, err) == (0, "")
    first, *lines = out.splitlines()
    assert re.fullmatch(r"dse 6\.7\.17 to dse 6\.8\.35: settings \d+ added, .* moved, \d+ changed", first)
    start = lines.index("cassandra.yaml")
    assert lines.index("           default: 4 -> 8") > start
    assert any(line.startswith("jvm.options: removed, ") for line in lines)
    assert any(line.startswith("jvm-server.options: added, ") for line in lines)
    assert "  moved    -Xmx -> jvm-server.options:-Xmx" in lines


def test_the_difference_is_an_object_for_programs() -> None:
    code, out, _ = run("catalog", "diff", "dse 5.1.36", "dse 6.0.18", "--format", "json")
    found = json.loads(out)
    assert (code, found["format"], found["from"], found["to"]) == (
        0, "dseconf.catalog-diff/1", "dse 5.1.36", "dse 6.0.18",
    )  # fmt: skip
    (file,) = (file for file in found["files"] if file["file"] == "cassandra.yaml")
    (one,) = (one for one in file["settings"] if one["old"] == "cassandra.yaml:rpc_address")
    assert (one["became"], one["new"]) == ("renamed", "cassandra.yaml:native_transport_address")


def test_a_release_has_no_difference_to_itself() -> None:
    assert run("catalog", "diff", "dse 6.8.35", "dse 6.8.35") == (0, "dse 6.8.35 to dse 6.8.35: no difference\n", "")
