"""Rebuild the embeddings and the index of a home: `eurag build` by another door, for cron.

Usage: python scripts/rebuild_embeddings.py [--from DIRECTORY [--prune]] [--full] [--encoder NAME]
       [--dry-run] [--if-changed] [--home DIR] [--json]

Exit codes: 0 done or nothing to do, 1 a known error (one line on stderr), 2 wrong usage. With
`--json` the last line is {"embedded", "kept", "removed", "seconds", "generation", "snapshot", ...}.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it

from rag.cli import main

if __name__ == "__main__":
    sys.argv = ["eurag", "build", *sys.argv[1:]]
    main()
