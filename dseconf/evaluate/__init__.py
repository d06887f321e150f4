"""Settings with expressions become values.

Nodes that share every layer but their own form a *group*. What no node fact reaches is
evaluated once for the group; for a node remain the settings that its own layers set,
its addresses, and the expressions that read a node fact or one of these.
"""

from dseconf.evaluate.group import Group, Values, evaluate_group, evaluate_node
from dseconf.evaluate.scope import (
    ABSENT,
    MAX_MEMBERS,
    MAX_STEPS,
    Absent,
    Address,
    Settings,
    expressions_in,
    split_address,
)

__all__ = [
    "ABSENT",
    "MAX_MEMBERS",
    "MAX_STEPS",
    "Absent",
    "Address",
    "Group",
    "Settings",
    "Values",
    "evaluate_group",
    "evaluate_node",
    "expressions_in",
    "split_address",
]
