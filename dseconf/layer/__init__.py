"""One layer: a YAML file of settings, read into definitions with their places.

A layer maps file names to settings; besides them only ``reason`` and ``manage`` stand
at its top. Mappings are flattened to one definition per setting, so that layers merge
key by key. What a name means and whether a value fits is decided by ``validate``.
"""

from dseconf.layer.model import BrokenValue, FileSection, Layer, Manage, join_key
from dseconf.layer.read import read_layer
from dseconf.layer.tag import TAGS

__all__ = ["TAGS", "BrokenValue", "FileSection", "Layer", "Manage", "join_key", "read_layer"]
