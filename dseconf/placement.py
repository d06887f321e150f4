"""Which files a node gets, where they go, and how they are managed."""

from __future__ import annotations

from collections.abc import Mapping

from dseconf.catalog import FileSpec, ProductView
from dseconf.fleet import Install, Node
from dseconf.layer import Manage
from dseconf.setting import Definition
from dseconf.snapshot import FileEntry


def file_entries(
    view: ProductView, node: Node, manage: Mapping[str, tuple[Manage, Definition]]
) -> tuple[FileEntry, ...]:
    """The files that a node gets, by path, each with why. ``manage`` holds what its layers say of files."""
    entries = []
    for file in view.files():
        path = install_path(file, node.install)
        wanted = [name for name in file.workloads if name in node.workloads]
        if path is not None and (wanted or not file.workloads):
            reason = f"workload {', '.join(wanted)}" if wanted else "every node"
            entries.append(_entry(file, path, reason, manage.get(file.name)))
    return tuple(sorted(entries, key=lambda entry: entry.path))


def _entry(file: FileSpec, path: str, reason: str, managed: tuple[Manage, Definition] | None) -> FileEntry:
    mode = managed[0] if managed is not None else Manage(file.manage)
    return FileEntry(
        name=file.name,
        path=path,
        mode=file.mode,
        owner=file.owner,
        group=file.group,
        manage=mode,
        reason=reason,
        manage_reason=f"set by {managed[1].origin}" if managed is not None else "default of the file",
        package_owned=file.package_owned,
    )


def install_path(file: FileSpec, install: Install) -> str | None:
    """Where a file goes, without the leading slash; None where the install has no such file."""
    if install.kind == "tarball":
        return f"{(install.directory or '').strip('/')}/{file.tarball}" if file.tarball is not None else None
    if file.package is None:
        return None
    path = file.package
    if install.instance:
        # DSE keeps further package instances on a host in /etc/NAME and /etc/default/NAME.
        path = path.replace("/etc/dse/", f"/etc/{install.instance}/", 1)
        path = path.replace("/etc/default/dse", f"/etc/default/{install.instance}", 1)
    return path.lstrip("/")
