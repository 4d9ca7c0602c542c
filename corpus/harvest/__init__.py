"""Records of journals and repositories by OAI-PMH 2.0 into the library.

`client` asks politely and safely, `protocol` speaks OAI-PMH, `dublin_core` and `descriptions` read what a record says,
`fulltext` fetches what it links to, `runs` brings all of it into the library and remembers how far it came.
"""

from corpus.harvest.client import Limits
from corpus.harvest.pace import Pace
from corpus.harvest.runs import HarvestOptions, HarvestReport, Problem, harvest

__all__ = ["HarvestOptions", "HarvestReport", "Limits", "Pace", "Problem", "harvest"]
