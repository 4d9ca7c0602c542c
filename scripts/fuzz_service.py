"""Send the service what its OpenAPI document allows and what it forbids, and check every response against it.

Usage: python scripts/fuzz_service.py [--examples 200] [--seed N]

Needs schemathesis (`pip install ".[fuzz]"`); `make fuzz` installs it. Starts a service of its own over a few
texts, with the tests' fake encoder. All of schemathesis' checks run, first on what reads, then on what
an administrator may do; `--examples` is for each of some twenty operations. The last line is one JSON
object: examples, failures. Exit code 1 when anything failed.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a clone works without installing it

from corpus import Library, add_paths
from embeddings import build_index
from rag import Settings
from rag.service.gate.keys import add_key
from rag.service.gate.shared import open_shared
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS
from tests.rag.service.fake_server import running

#: What a schema cannot say: which files are read (other names get 400 or 415), that a stretch of text ends after its
#: start (else 400), and how long the encoder's vectors are.
CONFIG = """
[[operations]]
include-name = "POST /documents"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "409", "413", "415", "429", "5xx"]

[[operations]]
include-name = "GET /documents/{document}/text"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "429", "5xx"]

[[operations]]
include-name = "POST /v1/embeddings"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "413", "429", "5xx"]
"""
GROUPS = (("--exclude-tag", "admin"), ("--include-tag", "admin"))


def main() -> int:
    """Run both groups and add them up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, help="for each operation")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder)) as (url, key):
        found = [_run(url, key, group, arguments) for group in GROUPS]
    examples, failures = (sum(numbers) for numbers in zip(*found, strict=True))
    print(json.dumps({"examples": examples, "failures": failures}))
    return int(failures > 0)


@contextmanager
def _service(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a service and an administrator's key for it."""
    home, texts = folder / "home", folder / "texts"
    texts.mkdir()
    for name, text in TEXTS.items():
        (texts / name).write_text(text, "utf-8")
    settings = Settings(home)
    with Library(settings.library) as library:
        add_paths(library, [texts])
        build_index(home, library, FakeEncoder(), "fake")
    with closing(open_shared(settings)) as shared:
        key = add_key(shared, "fuzz", "admin")
    with running(home) as url:
        yield url, key


def _run(url: str, key: str, group: tuple[str, str], arguments: argparse.Namespace) -> tuple[int, int]:
    """(examples, failures) of one run of schemathesis, whose report goes to standard output."""
    command = [
        Path(sys.executable).with_name("schemathesis"),
        *("run", f"{url}/openapi.json", "--checks", "all", "--continue-on-failure", "--warnings", "off"),
        *("--max-examples", str(arguments.examples), "--seed", str(arguments.seed), *group),
        *("--header", f"Authorization: Bearer {key}"),
    ]
    with tempfile.TemporaryDirectory() as reports:
        Path(reports, "schemathesis.toml").write_text(CONFIG, "utf-8")
        done = subprocess.run(  # noqa: S603 - the command is this program's own
            command, cwd=reports, text=True, stdout=subprocess.PIPE, env=os.environ | {"NO_COLOR": "1"}, check=False
        )
    print(done.stdout)
    generated = re.search(r"(\d+) generated(?:, (\d+) found)?", done.stdout)
    if not generated:
        raise SystemExit("schemathesis tested nothing")
    return int(generated[1]), int(generated[2] or done.returncode != 0)


if __name__ == "__main__":
    raise SystemExit(main())
