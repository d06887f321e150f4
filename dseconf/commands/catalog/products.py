"""The products, files and settings that arguments name; what is not there is refused with the way out."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from dseconf.catalog import Catalog, FileSpec, ProductView, SettingSpec, parse_version, version_text
from dseconf.errors import InputError

_PRODUCT = re.compile(r"(?P<name>dse|cassandra)[ -](?P<version>[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?)")


def views(catalog: Catalog, product: str | None) -> list[ProductView]:
    """The product asked for, or the newest patch of every line."""
    if product is not None:
        return [read_product(catalog, product)]
    return [read_product(catalog, f"{line.product} {line.line}") for line in catalog.lines]


def read_product(catalog: Catalog, text: str) -> ProductView:
    """A patch release, or the newest one of a line where the text names no patch."""
    named = _PRODUCT.fullmatch(text)
    if named is None:
        raise InputError(
            "wrong-product", f"{text!r} is no product", remedy='write "dse 6.8.50", or "dse 6.8" for its newest patch'
        )
    version = parse_version(named["version"])
    line = catalog.line_of(named["name"], version)
    view = catalog.at(named["name"], version if len(version) > 2 or line is None else line.last)
    if view is None:
        why = f"it covers {catalog.coverage()}"
        remedy = "name a covered version, or update dseconf"
        raise InputError("version-not-covered", f"the catalog does not cover {text}", why=why, remedy=remedy)
    return view


def with_file(views: Sequence[ProductView], name: str) -> list[tuple[ProductView, FileSpec]]:
    """The products that have the file; at least one."""
    found = [(view, file) for view in views if (file := view.file(name)) is not None]
    if found:
        return found
    near = next((near for view in views if (near := view.nearest_file(name))), "")
    products = ", ".join(view.text for view in views)
    remedy = f"did you mean {near}?" if near else "`dseconf catalog files` lists them"
    raise InputError("unknown-file", f"{products} has no file {name!r}", remedy=remedy)


def with_setting(views: Sequence[ProductView], name: str, key: str) -> list[tuple[ProductView, FileSpec, SettingSpec]]:
    """The products that have the setting; at least one."""
    files = with_file(views, name)
    found = [(view, file, spec) for view, file in files if (spec := view.setting(file, key)) is not None]
    if found:
        return found
    view, file = files[-1]
    other = file.setting(key)
    if other is not None:
        raise _other_version(view, file, key, other)
    above = file.has_below(key)
    near = "" if above else view.elsewhere(key) or view.nearest_key(file, key)
    remedy = f"did you mean {near}?" if near else f"`dseconf catalog settings {name}` lists them"
    why = f"{key} is no setting of its own: settings lie below it" if above else ""
    raise InputError("unknown-setting", f"{name} of {view.text} has no setting {key!r}", why=why, remedy=remedy)


def _other_version(view: ProductView, file: FileSpec, key: str, spec: SettingSpec) -> InputError:
    early = spec.since is not None and view.version < spec.since
    patch = version_text((spec.since if early else spec.until) or ())
    why = f"it came with {patch}" if early else f"{patch} is the last that has it: {spec.reason}".rstrip(": .")
    return InputError("other-version", f"{file.name} of {view.text} has no setting {key!r}", why=why,
                      remedy=f'add --product "{view.line.product} {patch}"')  # fmt: skip


def heading(view: ProductView, args: argparse.Namespace) -> str:
    """The product, and that it is the newest patch where none was named."""
    newest = "" if args.product == view.text else ", the newest patch that the catalog covers"
    return f"{view.text}{newest}"
