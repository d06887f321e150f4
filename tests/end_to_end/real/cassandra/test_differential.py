"""What we refuse Cassandra refuses, and what we write it reads: thousands of doubtful files, read by both."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import yaml
from loading import FILE, RELEASES, Answer, Loaded, equal, find, lacking, load, nested, view_of
from mutations import Mutation, mutations
from test_loader import LEAST

from dseconf.document import read_document
from dseconf.layer import read_layer
from dseconf.setting import Plain
from dseconf.validate import validate

pytestmark = [pytest.mark.real, pytest.mark.skipif(lacking() != "", reason=lacking() or "all is there")]

# They make a file acceptable at all, or contradict those that do.
FIXED: Final = frozenset(LEAST) | {
    "commitlog_sync_period",
    "commitlog_sync_batch_window_in_ms",
    "commitlog_sync_group_window",
    "commitlog_sync_group_window_in_ms",
}


@dataclass(frozen=True)
class Verdict:
    """Both opinions of one mutation; ``ours`` is the code of our finding, empty where we take it."""

    mutation: Mutation
    ours: str
    theirs: Answer
    written: Mapping[str, Plain]

    @property
    def held(self) -> dict[str, Loaded | object]:
        return {key: find(self.theirs.loaded, key) for key in self.written}

    @property
    def agreed(self) -> bool:
        if (self.ours == "") != (self.theirs.refused_by == ""):
            return False
        spec = self.mutation.spec
        if self.ours or spec is None or spec.key not in self.written:
            return True
        return equal(spec, self.written[spec.key], find(self.theirs.loaded, spec.key))


def file_with(values: Mapping[str, Plain]) -> str:
    return yaml.safe_dump({**LEAST, **nested(values)}, sort_keys=False)


def ours(mutation: Mutation, release: str) -> tuple[str, dict[str, Any]]:
    """The code of our finding, and what we would write; the values as they are where we refuse them."""
    text = yaml.safe_dump({FILE: nested(mutation.values)})
    layer = read_layer(read_document(text.encode(), "base.yaml"))
    checked = validate(layer, view_of(release))
    if checked.findings:
        return checked.findings[0].code, dict(mutation.values)
    return "", {key: definition.value for key, definition in checked.files[FILE].items()}


def verdicts(release: str) -> list[Verdict]:
    made = mutations(release, FIXED)
    opinions = [ours(one, release) for one in made]
    answers = load(release, [file_with(values) for _, values in opinions])
    return [
        Verdict(one, code, answer, values) for one, (code, values), answer in zip(made, opinions, answers, strict=True)
    ]


@dataclass(frozen=True)
class Known:
    """Disagreements that are understood: of these kinds and keys (regular expressions), with what decides."""

    kinds: str
    keys: str
    reason: str

    def covers(self, verdict: Verdict) -> bool:
        mutation = verdict.mutation
        keys = {*mutation.values, *verdict.written}
        named = any(re.fullmatch(self.keys, key) for key in keys)
        return named and re.fullmatch(self.kinds, mutation.kind) is not None


_CLASSES = r"(internode_)?authenticator|(network_|cidr_)?authorizer|role_manager|default_compaction|crypto_provider"
_FREE = r"startup_checks\..*|cidr_authorizer\.parameters\..*"

# We refuse what Cassandra takes.
STRICTER: Final = (
    Known("quoted number", ".*", "SnakeYAML's typed constructor reads the text of a scalar, quoted or not"),
    Known("text for boolean", ".*", "as for numbers: true, yes and on in quotes are read; other text is null"),
    Known("number for boolean|text for boolean", "file_cache_round_up", "a Boolean object: other text is null"),
    Known("number for text", ".*", "SnakeYAML makes text of any scalar: 010 would become 010 or 8, by its quotes"),
    Known("list for scalar|scalar for list|mapping for scalar", ".*", "SnakeYAML calls a constructor with the members"),
    Known("scalar for mapping", f"transparent_data_encryption_options|{_CLASSES}", "SnakeYAML calls a constructor"),
    Known(
        "above the range|below the range|negative",
        ".*port.*",
        "no check of Cassandra's; the node fails to open the port",
    ),
    Known("below the range|negative", "num_tokens", "applyTokensConfig refuses it, which needs the cluster's state"),
    Known("both spellings", "internode_socket_.*", "4.0 takes the last of both; from 4.1 on it refuses them too"),
    Known("nested unknown key", r"startup_checks\..*", "a mapping of anything: a misspelt key is without effect there"),
    Known(
        "on the edge|huge|wrong unit", "index_summary_resize_interval", "we count times in ns, up to 2^63: 292 years"
    ),
    Known("fraction for integer|text for number|number for boolean|case of a choice|no choice|huge", _FREE, "as above"),
    Known(
        "old spelling|removed key", _CLASSES, "5.0 takes a bare class name beside class_name; ours is class_name alone"
    ),
    Known(
        "grammar of quantities|old spelling|null",
        ".*_cache_save_period|.*_validity",
        "a bare number is still read, in s",
    ),
    Known("below the range", "default_keyspace_rf", "no check there; CREATE KEYSPACE refuses it"),
)

# We take what Cassandra's checks refuse: they look at several settings, or at the machine.
RELATED: Final = (
    Known(".*", "native_transport_port_ssl", "needs client_encryption_options.enabled"),
    Known(".*", "user_defined_functions?_(warn|fail)_timeout", "warn has to be less than fail"),
    Known(".*", "native_transport_(min|max)_backoff_on_queue_overload", "min has to be less than max"),
    Known(".*", "concurrent_validations", "at most concurrent_compactors"),
    Known(".*", "memtable_flush_writers", "memtable_cleanup_threshold is made of it, and has a least value"),
    Known(".*", "native_transport_max_message_size", "at most what may be in flight"),
    Known(".*", "internode_max_message_size(_in_bytes)?", "at most the reserves of the queues"),
    Known(".*", "(minimum|maximum)_replication_factor_.*|default_keyspace_rf", "default_keyspace_rf lies between them"),
    Known(".*", "write_request_timeout_in_ms", "3.11: the window of back pressure is made of it"),
    Known(".*", "native_transport_max_negotiable_protocol_version", "3.11: the versions of this release, as a number"),
    Known(".*", "back_pressure_strategy|.*class_name", "a class that is not there"),
    Known(".*", "server_encryption_options.(enable_legacy_ssl_storage_port|legacy.*)", "needs internode_encryption"),
    Known(".*", ".*director(y|ies)", "a folder that is not there"),
    Known(".*", "data_disk_usage_max_disk_size", "compared with the disks"),
    Known(".*", "auto_snapshot_ttl", "a duration in a text, that the catalog calls text"),
    Known(".*", "audit_logging_options.(included|excluded)_categories", "names in a text, that the catalog calls text"),
    Known(".*", "table_properties_.*", "names of table properties"),
)

# We take what the loader refuses, or it reads something else: each of these is a defect, or cannot be seen.
DEFECTS: Final = (
    Known("huge|on the edge", ".*throughput.*", "2^63 - 1 itself, in the smallest unit of a rate"),
    Known(".*", r"repair\.retries\.(merkle_tree_response\.)?enabled", "a setter without a field: cannot be seen"),
    Known("on the edge", "repair.retries.max_attempts", "0 is the default, and refused where it is written"),
    Known(".*", ".*_error_reporting_exclusions.subnets", "members without public fields: cannot be seen"),
)


@functools.cache
def unlike(release: str) -> tuple[Verdict, ...]:
    return tuple(one for one in verdicts(release) if not one.agreed)


def known(verdict: Verdict) -> Known | None:
    table = STRICTER if verdict.ours else RELATED if verdict.theirs.refused_by == "checks" else DEFECTS
    return next((one for one in table if one.covers(verdict)), None)


@pytest.mark.parametrize("release", RELEASES)
def test_no_disagreement_but_the_known_ones(release: str) -> None:
    new = [
        (one.mutation.kind, dict(one.mutation.values), one.ours, one.theirs.message[-200:], one.held)
        for one in unlike(release)
        if known(one) is None
    ]
    assert new == []


def test_every_known_disagreement_is_one() -> None:
    used = {known(one) for release in RELEASES for one in unlike(release)}
    assert [one for one in (*STRICTER, *RELATED, *DEFECTS) if one not in used] == []


@pytest.mark.parametrize("release", RELEASES)
def test_there_are_enough_mutations(release: str) -> None:
    made = Counter(one.kind for one in mutations(release, FIXED))
    assert len(made) >= 15
    assert sum(made.values()) > 2000
