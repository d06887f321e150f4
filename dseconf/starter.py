"""The texts of a first fleet repository: three nodes that compile, and comments that teach."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from dseconf.fleet import Product
from dseconf.schema import FOLDER

PRODUCT: Final = Product("dse", (6, 8, 50))
"""What the first cluster runs."""

NODE: Final = "shop-03"
"""The node that has a layer of its own."""

_SCALARS: Final = ("secret", "unset")
_EDITS: Final = ("append", "prepend", "remove")
_STRENGTHS: Final = ("force", "default")

_PROJECT: Final = """\
# How this repository is laid out. All but `output` is what dseconf would take anyway;
# it stands here to be seen and changed.

# The kinds of layers, weakest first: of two lines that set the same value, the one in the
# later layer wins. A kind of your own is a name here, a folder of profiles, a fact of nodes.
layers: [product, base, workload, environment, hardware, cluster, datacenter, rack, node]

# Where your layers are. Those that come with dseconf lie below them; `shipped: false` turns these off.
profiles: [profiles]

# Where `dseconf compile` writes.
output: build
"""

_FLEET: Final = f"""\
# Who the nodes are. Names, addresses, racks, workloads and seeds come from here alone:
# a layer that sets one of them is an error.
clusters:
  shop:
    product: {PRODUCT.text}              # name and full version
    environment: production          # adds the layer environment/production.yaml

    # Replicas by keyspace and datacenter: with them a rollout can prove that data stays available.
    # keyspaces:
    #   orders: {{dc1: 2}}

    datacenters:
      dc1:
        workload: [cassandra]        # or several of cassandra, search, analytics, graph
        memory: 64GiB                # facts: expressions in layers read node.memory, node.cores, ...
        cores: 16
        address: "10.1.1.{{{{ node.number }}}}"   # the number in the name: 10.1.1.1 for shop-01
        racks:
          r1: {{nodes: "shop-[01:02]"}}            # both ends count; a wider range moves nobody
          r2: {{nodes: {NODE}}}

    # What single nodes have besides; nearer lines win.
    nodes:
      {NODE}: {{memory: 32GiB}}        # also: seed: true, state: joining, any fact of your own
"""

_BASE: Final = """\
# A layer maps files to settings. This one holds for every node, on top of the shipped advice:
# `dseconf explain shop-01 cassandra.yaml:num_tokens` shows every line that a value comes from.
reason: what holds for all nodes of this fleet

cassandra.yaml:
  # A quantity says its unit; each version gets the number that it wants.
  read_request_timeout_in_ms: 3s
  # The datacenter has two racks, and tokens are spread over no more replicas than racks.
  allocate_tokens_for_local_replication_factor: 2

jvm-server.options:
  # One expression in quotes may read the facts of the node and other settings.
  -Xmx: "{{ [node.memory / 4, 31 * GiB] | min | floor_to(MiB) }}"
"""

_PRODUCTION: Final = """\
# Nodes with `environment: production` have this layer; it beats base.
reason: nodes that users depend on

cassandra.yaml:
  compaction_throughput_mb_per_sec: 96MiB/s
  # A password is never written here: a reference is, and the node looks it up.
  # client_encryption_options:
  #   enabled: true
  #   keystore_password: !secret keystore/client
"""

_NODE: Final = f"""\
# The layer of one node beats all others. Say why the node differs, and until when.
reason: {NODE} has half of the memory and slower disks

cassandra.yaml:
  compaction_throughput_mb_per_sec: 48MiB/s
  # A line marked !force wins over layers that are stronger; !unset leaves a key out of the file:
  # concurrent_compactors: !unset
"""

_LAYERS: Final = {
    "profiles/base.yaml": _BASE,
    "profiles/environment/production.yaml": _PRODUCTION,
    f"profiles/node/shop/{NODE}.yaml": _NODE,
}


def starter_files() -> dict[str, str]:
    """The files of the repository by path, schemas aside; the last one makes it a fleet."""
    layers = {path: _with_schema(path, "layer", text) for path, text in _LAYERS.items()}
    return {
        ".gitignore": "# What dseconf writes; `dseconf schema` makes the schemas again.\nbuild/\n.dseconf/\n",
        ".vscode/settings.json": json.dumps(editor_settings(), indent=2) + "\n",
        "dseconf.yaml": _with_schema("dseconf.yaml", "dseconf", _PROJECT),
        **layers,
        "fleet.yaml": _with_schema("fleet.yaml", "fleet", _FLEET),
    }


def schema_path(name: str) -> str:
    """Where the schema of that name lies in a fleet repository."""
    return f"{FOLDER}/{name}.json"


def editor_settings() -> Mapping[str, object]:
    """Settings of an editor that runs yaml-language-server: our tags, and which schema is for which file.

    The schemas are named here too, for files that were made without a first line that names theirs.
    """
    return {
        "yaml.customTags": list(_custom_tags()),
        "yaml.schemas": {
            f"./{schema_path('layer')}": "profiles/**/*.yaml",
            f"./{schema_path('fleet')}": "fleet.yaml",
            f"./{schema_path('dseconf')}": "dseconf.yaml",
        },
    }


def _custom_tags() -> Iterator[str]:
    """Every tag of a layer with the kind of value it goes on, as the server wants to be told."""
    endings = ("", *(f".{strength}" for strength in _STRENGTHS))
    yield from (f"!{tag}{ending} scalar" for tag in _SCALARS for ending in endings)
    yield from (f"!{tag}{ending} sequence" for tag in _EDITS for ending in endings)
    yield from (f"!{tag} {kind}" for tag in _STRENGTHS for kind in ("scalar", "sequence", "mapping"))


def _with_schema(path: str, name: str, text: str) -> str:
    """The text below the line that tells an editor where the schema is, seen from the file."""
    up = "../" * path.count("/")
    return f"# yaml-language-server: $schema={up}{schema_path(name)}\n{text}"
