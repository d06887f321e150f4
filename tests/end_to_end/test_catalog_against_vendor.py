"""The catalog of DSE 6.8 takes what vendors and operators really write, and ships what the vendor ships."""

from __future__ import annotations

import pytest
from corpus import ABSENT, FILES, CorpusFile, Taken, corpus_folder, release, sealed, settings_of

from dseconf.catalog import UNKNOWN, Kind, ProductView
from dseconf.validate import ValueProblem, check_value

pytestmark = pytest.mark.skipif(corpus_folder() is None, reason=ABSENT)


def refusal(taken: Taken, view: ProductView) -> str:
    """Why the catalog does not take a setting; empty when it does, as it stands."""
    spec = view.setting(taken.file, taken.key)
    if spec is None:
        return "unknown"
    try:
        checked = check_value(spec, taken.value, taken.file.members(spec.key))
    except ValueProblem as problem:
        return problem.code
    # Sizes are spelt in capitals: 256k becomes 256K.
    return "" if checked == taken.value or spec.kind is Kind.SIZE else "changed"


@pytest.mark.parametrize("one", FILES, ids=lambda one: one.id)
def test_every_active_setting_is_of_a_known_name_type_and_range(one: CorpusFile) -> None:
    """Of settings that fleet.yaml decides too, although no layer may hold them."""
    view = release()
    refused = {taken.key: refusal(taken, view) for taken in settings_of(one, view)}
    expected = {key: code for key, (code, _) in one.refused.items()} | dict.fromkeys(
        (*one.unknown, *one.followed), "unknown"
    )
    assert {key: code for key, code in refused.items() if code} == expected


def test_all_but_the_obsolete_file_set_something() -> None:
    """A file that is read as an empty one would pass all else."""
    view = release()
    empty = [one.path for one in FILES if not settings_of(one, view)]
    assert empty == ["michelderu+DSE6-ops-training/config/jvm.options"]


# What its owner changed in a copy of the vendor's file, besides who the node is.
EDITED = {
    "RatulSaqibKhan+cassandra-dse/config/dse.yaml": {
        "user_level_latency_tracking_options.enabled",
        "user_level_latency_tracking_options.quantiles",
    },
    "michelderu+DSE6-ops-training/config/dse.yaml": set[str](),
    "michelderu+DSE6-ops-training/config/cassandra.yaml": {
        "num_tokens",
        "allocate_tokens_for_local_replication_factor",
        "endpoint_snitch",
        "server_encryption_options.enable_legacy_ssl_storage_port",  # of 6.9, not edited
    },
}


@pytest.mark.parametrize("path", EDITED)
def test_what_the_catalog_calls_shipped_is_what_stands_in_the_file(path: str) -> None:
    (one,) = (one for one in FILES if one.path == path)
    view = release()
    (name,) = one.files
    file = view.file(name)
    assert file is not None
    plain = [spec for spec in file.settings() if spec.exists_in(view.version) and not spec.identity]
    shipped = {spec.key: spec.shipped for spec in plain if spec.shipped is not UNKNOWN}
    identity = {spec.key for spec in file.settings() if spec.identity}
    sealed_shipped = {key: sealed(file, key, value) for key, value in shipped.items()}
    written = {taken.key: taken.value for taken in settings_of(one, view) if taken.key not in identity}
    keys = sealed_shipped.keys() | written.keys()
    assert {key for key in keys if sealed_shipped.get(key, ...) != written.get(key, ...)} == EDITED[path]
