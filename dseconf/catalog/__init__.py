"""The catalog: what dseconf knows of each product version, file by file, setting by setting.

Knowledge is data: one folder per product line (``dse-6.8/``), one file in it per
configuration file, and ``line.yaml`` with what holds for the line. Adding a version is
adding data; no code names a setting. ``shipped`` loads the tables from a compiled
cache; the checks that a table must pass are in ``form``, those of a line that says only
what differs from another in ``delta_form``.
"""

from dseconf.catalog.catalog import Catalog, ProductView, parse_version, version_text
from dseconf.catalog.file import FileSpec
from dseconf.catalog.setting import UNKNOWN, Kind, SettingSpec

__all__ = [
    "UNKNOWN",
    "Catalog",
    "FileSpec",
    "Kind",
    "ProductView",
    "SettingSpec",
    "parse_version",
    "version_text",
]
