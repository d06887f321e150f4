"""Replication of keyspaces, from a file that a cluster wrote itself.

The file is what cqlsh writes for one query::

    COPY system_schema.keyspaces (keyspace_name, replication) TO 'keyspaces.csv'
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ENTRY = re.compile(r"'((?:[^']|'')*)'\s*:\s*'((?:[^']|'')*)'")
_PLACED = "NetworkTopologyStrategy"


@dataclass(frozen=True, slots=True)
class Replication:
    """One keyspace of the file. ``replicas`` is None where no datacenter has a number of its own."""

    line: int
    keyspace: str
    replicas: Mapping[str, int] | None


class KeyspacesError(ValueError):
    """A line is not what cqlsh writes; ``line`` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__("the line is not a keyspace and its replication")
        self.line = line


def read_keyspaces(text: str) -> Iterator[Replication]:
    """The keyspaces of the file, line by line.

    Raises:
        KeyspacesError: at the first line that is something else.
    """
    rows = csv.reader(text.splitlines())
    for row in rows:
        if not row or row == ["keyspace_name", "replication"]:
            continue
        if len(row) != 2 or not _ENTRY.search(row[1]):
            raise KeyspacesError(rows.line_num)
        yield Replication(rows.line_num, row[0], _replicas(row[1], rows.line_num))


def _replicas(text: str, line: int) -> Mapping[str, int] | None:
    options = dict(_ENTRY.findall(text))
    if not options.pop("class", "").endswith(_PLACED):
        return None
    # A number may have transient replicas behind it (3/1): the whole counts.
    counts = {datacenter: count.partition("/")[0] for datacenter, count in options.items()}
    if not all(count.isdecimal() for count in counts.values()):
        raise KeyspacesError(line)
    return {datacenter: int(count) for datacenter, count in counts.items()}
