"""The fleet: clusters, datacenters, racks and nodes, with their facts and the lines that give them.

``read_fleet`` turns fleet.yaml and the tables it names into an immutable `Fleet`. A
fact may stand at every level; the nearer line wins, and ``Node.origins`` names it. A
node belongs to the rack under which its name is written, so growing a range moves
nobody.
"""

from dseconf.fleet.model import Cluster, Datacenter, Fleet, Rack
from dseconf.fleet.node import FACTS, WORKLOADS, Disk, Install, Node, Product
from dseconf.fleet.read import parse_product, read_fleet
from dseconf.fleet.seeds import DatacenterSeeds, Seeds, seeds

__all__ = [
    "FACTS",
    "WORKLOADS",
    "Cluster",
    "Datacenter",
    "DatacenterSeeds",
    "Disk",
    "Fleet",
    "Install",
    "Node",
    "Product",
    "Rack",
    "Seeds",
    "parse_product",
    "read_fleet",
    "seeds",
]
