"""The output folder: written as a whole or not at all, whatever happens meanwhile.

New content is staged below ``DIR/.dseconf/stage``. The commit point is the rename of
the new manifest to ``DIR/.dseconf/next.json``: before it, the next run throws the stage
away; after it, the next run finishes what is left. Files move into place by rename, the
manifest last, and only paths that the previous manifest names are ever removed.
"""

from dseconf.output.compare import compare
from dseconf.output.folder import OutputFolder, output_opened
from dseconf.output.guard import MANIFEST, disk_errors, require_empty

__all__ = ["MANIFEST", "OutputFolder", "compare", "disk_errors", "output_opened", "require_empty"]
