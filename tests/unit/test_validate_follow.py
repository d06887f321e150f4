"""One layer, many versions: names and units are followed both ways."""

from __future__ import annotations

import pytest

from dseconf.catalog import parse_version
from dseconf.document import read_document
from dseconf.layer import read_layer
from dseconf.shipped import load_catalog
from dseconf.validate import CheckedLayer, validate


def checked(text: str, product: str) -> CheckedLayer:
    name, _, version = product.partition(" ")
    view = load_catalog().at(name, parse_version(version))
    assert view is not None
    return validate(read_layer(read_document(text.encode(), "base.yaml")), view)


def values(layer: CheckedLayer) -> dict[str, object]:
    return {f"{file}:{key}": one.value for file, keys in layer.files.items() for key, one in keys.items()}


SEGMENT = "cassandra.yaml: {commitlog_segment_size_in_mb: 32}"
STREAM = "cassandra.yaml: {stream_throughput_outbound_megabits_per_sec: 200}"


@pytest.mark.parametrize(
    ("text", "product", "expected"),
    [
        (SEGMENT, "cassandra 4.0.15", {"cassandra.yaml:commitlog_segment_size_in_mb": 32}),
        (SEGMENT, "cassandra 4.1.8", {"cassandra.yaml:commitlog_segment_size": "32MiB"}),
        (SEGMENT, "cassandra 5.0.3", {"cassandra.yaml:commitlog_segment_size": "32MiB"}),
        (
            "cassandra.yaml: {commitlog_segment_size: 64MiB}",
            "cassandra 3.11.17",
            {"cassandra.yaml:commitlog_segment_size_in_mb": 64},
        ),
        # 200 megabits are 25,000,000 bytes, and no whole number of KiB.
        (STREAM, "cassandra 4.1.8", {"cassandra.yaml:stream_throughput_outbound": "25000000B/s"}),
        # A rate before 4.1, a size from then on; the numbers are the same.
        (
            "cassandra.yaml: {hinted_handoff_throttle_in_kb: 1024}",
            "cassandra 4.1.8",
            {"cassandra.yaml:hinted_handoff_throttle": "1MiB"},
        ),
        (
            "cassandra.yaml: {hinted_handoff_throttle: 1024KiB}",
            "cassandra 4.0.15",
            {"cassandra.yaml:hinted_handoff_throttle_in_kb": 1024},
        ),
        ("jvm.options: {-Xmx: 8GiB}", "dse 6.7.17", {"jvm.options:-Xmx": "8G"}),
        ("jvm.options: {-Xmx: 8GiB}", "dse 6.8.50", {"jvm-server.options:-Xmx": "8G"}),
        ("jvm-server.options: {-Xmx: 8GiB}", "dse 5.1.50", {"jvm.options:-Xmx": "8G"}),
        ("jvm.options: {-Xmx: 8GiB}", "cassandra 5.0.3", {"jvm-server.options:-Xmx": "8G"}),
        (
            "cassandra.yaml: {guardrails: {tombstone_warn_threshold: 500}}",
            "dse 6.7.17",
            {"cassandra.yaml:tombstone_warn_threshold": 500},
        ),
    ],
)
def test_a_setting_keeps_its_meaning(text: str, product: str, expected: dict[str, object]) -> None:
    layer = checked(text, product)
    assert layer.findings == ()
    assert values(layer) == expected


def test_off_is_null_where_the_version_says_null() -> None:
    text = "cassandra.yaml: {permissions_update_interval_in_ms: -1}"
    assert values(checked(text, "cassandra 4.0.15")) == {"cassandra.yaml:permissions_update_interval_in_ms": -1}
    assert values(checked(text, "cassandra 4.1.8")) == {"cassandra.yaml:permissions_update_interval": None}


def test_null_is_the_number_for_off_where_the_version_takes_numbers() -> None:
    text = "cassandra.yaml: {permissions_update_interval: null}"
    assert values(checked(text, "cassandra 4.0.15")) == {"cassandra.yaml:permissions_update_interval_in_ms": -1}


def test_what_does_not_convert_exactly_is_refused_with_the_unit() -> None:
    (finding,) = checked("cassandra.yaml: {stream_throughput_outbound: 24MiB/s}", "cassandra 4.0.15").findings
    assert finding.code == "inexact-conversion"
    assert "Mbit/s" in finding.message


def test_what_has_no_equal_is_refused_with_the_reason() -> None:
    (finding,) = checked("cassandra.yaml: {start_rpc: false}", "cassandra 4.0.15").findings
    assert (finding.code, str(finding.where[0])) == ("other-version", "base.yaml:1:18")
    assert finding.why


def test_two_names_of_one_setting_in_a_layer_are_a_mistake() -> None:
    text = "cassandra.yaml: {commitlog_segment_size_in_mb: 32, commitlog_segment_size: 64MiB}"
    assert [finding.code for finding in checked(text, "cassandra 4.1.8").findings] == ["duplicate-key"]
