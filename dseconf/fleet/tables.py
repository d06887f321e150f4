"""Puts the lines of tables into the fleet: ``nodes: {from: inventory.csv}``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dseconf.document import Mapping as MappingNode
from dseconf.document import Node, Scalar
from dseconf.errors import DseconfError
from dseconf.expression import ExpressionError
from dseconf.fleet.draft import ClusterDraft, DatacenterDraft, NodeDraft, RackDraft
from dseconf.fleet.given import Given, give
from dseconf.fleet.inventory import Cell, Table, plain_cell, read_table
from dseconf.fleet.names import nearest, quoted
from dseconf.fleet.place import NodePlacer
from dseconf.fleet.ranges import MAX_NODES
from dseconf.fleet.reading import FactError
from dseconf.fleet.structure import TABLE
from dseconf.setting import Origin

ReadText: TypeAlias = Callable[[str], bytes]

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Here:
    """The place in fleet.yaml where a table is read; what it leaves open, columns tell."""

    cluster: ClusterDraft | None = None
    datacenter: DatacenterDraft | None = None
    rack: RackDraft | None = None

    @property
    def known(self) -> dict[str, str]:
        """The columns that the place tells, with their value."""
        parts = {"cluster": self.cluster, "datacenter": self.datacenter, "rack": self.rack}
        return {column: part.name for column, part in parts.items() if part is not None}


class TableReader:
    """Reads the tables of one fleet."""

    def __init__(self, placer: NodePlacer, read_text: ReadText, clusters: Mapping[str, ClusterDraft]) -> None:
        self.placer = placer
        self.level = placer.level
        self.problems = placer.problems
        self.read_text = read_text
        self.clusters = clusters
        self._values: dict[tuple[str, str], Given] = {}

    def put_table(self, here: Here, node: Node | None) -> None:
        """Add the nodes of the table that ``from`` names, where it does."""
        source = node.items.get("from") if isinstance(node, MappingNode) else None
        if source is None:
            return
        before = len(self.problems.findings)
        path = self.path(source)
        table = self.table(path, self.level.place(source)) if path is not None else None
        if table is not None and self.columns_fit(here, table, self.level.place(source)):
            for row, origin in zip(table.rows, table.origins, strict=True):
                self.put_row(here, row, origin)
        if len(self.problems.findings) > before:
            for cluster in [here.cluster] if here.cluster else self.clusters.values():
                cluster.complete = False

    def path(self, source: Node) -> str | None:
        """The path of a table; None, and a mistake noted, where it is none of ours."""
        text = source.value if isinstance(source, Scalar) else None
        where = self.level.place(source)
        if not isinstance(text, str) or not text or not text.isprintable():
            self.problems.error(
                "wrong-type", "from takes the name of a file", where, remedy="write from: inventory.csv"
            )
            return None
        if text.startswith("/") or ".." in text.split("/") or "\\" in text or _DRIVE.match(text):
            self.problems.error(
                "path-escape",
                f"{quoted(text)} leaves the fleet repository",
                where,
                why="a fleet is read from its own repository alone",
                remedy="write a path below fleet.yaml, without ..",
            )
            return None
        return posixpath.normpath(text)

    def table(self, path: str, where: Origin) -> Table | None:
        """The table at a path; None, and a mistake noted, where there is none."""
        content = self.content(path, where)
        return read_table(content, self.shown(path), self.problems) if content is not None else None

    def shown(self, path: str) -> str:
        """A path as people are told it."""
        return posixpath.join(posixpath.dirname(self.level.document.path), path)

    def content(self, path: str, where: Origin) -> bytes | None:
        """The bytes of a file of the repository; None, and a mistake noted, where there is none."""
        try:
            return self.read_text(path)
        except DseconfError as error:
            self.problems.findings.extend(error.findings)
        except OSError as error:
            self.problems.error(
                "missing-file",
                f"{quoted(path)} cannot be read",
                where,
                why=error.strerror or "",
                remedy="add the file, or correct its name",
            )
        return None

    def columns_fit(self, here: Here, table: Table, where: Origin) -> bool:
        """Whether the columns are known, and tell what the place leaves open."""
        wrong = [column for column in table.columns if not self.level.key(column.text, TABLE, column.origin)]
        told = {*here.known, *(column.text for column in table.columns)}
        missing = [column for column in ("cluster", "datacenter", "rack") if column not in told]
        if missing:
            self.problems.error(
                "missing-column",
                f"the table has no column {missing[0]!r}",
                (table.columns[0].origin, where),
                remedy=f"add the column, or read the table below one {missing[0]}",
            )
        if self.placer.count + len(table.rows) > MAX_NODES:
            message = f"the fleet has more than {MAX_NODES:,} nodes"
            self.problems.error("range-too-large", message, where, remedy="split the fleet")
            return False
        return not wrong and not missing

    def put_row(self, here: Here, row: dict[str, Cell], origin: Origin) -> None:
        """Add the node of one line, and the datacenter and rack that it names where they are new."""
        if not self.places_fit(here, row, origin):
            return
        cluster = here.cluster or self.cluster(row["cluster"])
        if cluster is None:
            return
        datacenter = here.datacenter or cluster.datacenter(row["datacenter"].text, row["datacenter"].origin)
        rack = here.rack or datacenter.rack(row["rack"].text, row["rack"].origin)
        facts = {**rack.facts, **self.facts(row)}
        self.placer.put(cluster, rack, NodeDraft(row["name"].text, row["name"].origin, facts))

    def places_fit(self, here: Here, row: dict[str, Cell], origin: Origin) -> bool:
        """Whether each place is told once, or twice alike, by a safe name."""
        fits = True
        known = here.known
        for column in ("cluster", "datacenter", "rack"):
            cell = row.get(column)
            if cell is None and column not in known:
                fits = False
                self.problems.error(
                    "missing-value", f"the line names no {column}", origin, remedy=f"fill in the column {column}"
                )
            elif cell is not None and known.get(column, cell.text) != cell.text:
                fits = False
                self.problems.error(
                    "wrong-place",
                    f"{column} is {quoted(cell.text)} here, and {known[column]!r} in fleet.yaml",
                    cell.origin,
                    remedy="correct the cell, or read the table elsewhere in fleet.yaml",
                )
            elif cell is not None and column not in known:
                fits = self.level.safe(column, cell.text, cell.origin) and fits
        return fits

    def cluster(self, cell: Cell) -> ClusterDraft | None:
        """The cluster that a cell names; a table makes none."""
        cluster = self.clusters.get(cell.text)
        if cluster is None:
            self.problems.error(
                "unknown-cluster",
                f"fleet.yaml has no cluster {quoted(cell.text)}",
                cell.origin,
                why="a table names no product for a cluster",
                remedy=nearest(cell.text, self.clusters),
            )
        return cluster

    def facts(self, row: dict[str, Cell]) -> dict[str, Given]:
        """What a line says of its node, beside its place."""
        return {column: self.fact(column, cell) for column, cell in row.items() if column not in TABLE.schema}

    def fact(self, column: str, cell: Cell) -> Given:
        """What a cell says. Most cells of a column are alike, so each text is read once."""
        dimensions = self.level.dimensions
        known = self._values.get((column, cell.text))
        if known is not None:
            return Given(cell.origin, known.value, known.pattern)
        try:
            value = plain_cell(column, cell.text, names=column in dimensions or column == "environment")
            given = give(column, value, cell.origin, dimensions)
        except FactError as error:
            self.level.wrong_fact(error, cell.origin)
            return Given(cell.origin)
        except ExpressionError as error:
            self.problems.error(error.code, error.message, cell.origin, remedy=error.remedy)
            return Given(cell.origin)
        self._values[column, cell.text] = given
        return given
