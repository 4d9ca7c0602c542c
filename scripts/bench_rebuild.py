"""What rebuilds cost: the first build, one with nothing changed, one after one edited paragraph.

Usage: python scripts/bench_rebuild.py --corpus DIR

DIR holds documents (the 35 treaties, say); the built-in library is added to them. Every build is
timed in this process, after start and after opening the encoder. The last line is one JSON object.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it

from corpus import Library, add_builtin, add_paths
from embeddings import DEFAULT_ENCODER, BuildReport, Encoder, build_index, open_encoder


def build(home: Path, texts: Path, encoder: Encoder) -> BuildReport:
    """Update from the folder and build; the report's seconds are those of the build alone."""
    with Library(home / "library.db") as library:
        add_paths(library, [texts])
        return build_index(home, library, encoder, DEFAULT_ENCODER)


def edit_one_paragraph(texts: Path) -> str:
    """Change a word in the longest article of one document; returns its name."""
    path = sorted(texts.glob("*.xml"))[0]
    source = path.read_text("utf-8")
    longest = max(re.findall(r"<article number[^>]*>([^<]{200,})</article>", source), key=len)
    path.write_text(source.replace(longest, longest.replace(" the ", " that ", 1), 1), "utf-8")
    return path.name


def main() -> None:
    """Print a line a build, then the JSON line."""
    parser = argparse.ArgumentParser(description="What rebuilds cost.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of documents")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home, texts = Path(temporary) / "home", Path(temporary) / "texts"
        shutil.copytree(arguments.corpus, texts)
        encoder = open_encoder(DEFAULT_ENCODER, home / "model")
        with Library(home / "library.db") as library:
            add_builtin(library)
        reports = {"first": build(home, texts, encoder), "unchanged": build(home, texts, encoder)}
        edited = edit_one_paragraph(texts)
        reports["edited"] = build(home, texts, encoder)
    result = {}
    for name, report in reports.items():
        share = report.seconds / reports["first"].seconds
        result[name] = {"seconds": report.seconds, "share": round(share, 4), "embedded": report.embedded}
        print(f"{name:10} {report.seconds:7.3f} s  {share:7.2%} of the first  {report.embedded} embedded")
    print(json.dumps({**result, "edited_document": edited, "passages": reports["first"].passages}))


if __name__ == "__main__":
    main()
