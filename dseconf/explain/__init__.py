"""Why a value is what it is: the lines that made it, and the lines they beat."""

from dseconf.explain.difference import Difference, why_different
from dseconf.explain.file import AnnotatedLine, explain_file
from dseconf.explain.line import Line
from dseconf.explain.setting import Explanation, SeedChoice, explain_setting
from dseconf.explain.view import NodeView

__all__ = [
    "AnnotatedLine",
    "Difference",
    "Explanation",
    "Line",
    "NodeView",
    "SeedChoice",
    "explain_file",
    "explain_setting",
    "why_different",
]
