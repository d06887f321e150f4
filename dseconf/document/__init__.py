"""YAML documents of the fleet repository, with the place of every value.

Layers, fleet.yaml, dseconf.yaml, catalog and rule files are YAML 1.2 core. They are
typed by one resolver over the parser's events (``scalar``), so the fast reader and the
reader that keeps comments give the same values or both refuse. A scalar that YAML 1.1
would read differently is refused rather than guessed.
"""

from dseconf.document.compose import MAX_DEPTH, MAX_NODES, MAX_SCALAR, compose
from dseconf.document.node import Document, Mapping, Node, Scalar, Sequence, plain
from dseconf.document.read import MAX_BYTES, decode, fast_events, read_document, round_trip_events

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_SCALAR",
    "Document",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "compose",
    "decode",
    "fast_events",
    "plain",
    "read_document",
    "round_trip_events",
]
