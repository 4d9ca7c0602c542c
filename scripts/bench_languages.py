"""Which library tells languages apart best, over `tests/data/language_passages.jsonl`: whole passages and beginnings.

    python scripts/bench_languages.py

Measures eurag's own `language_of` (py3langid among the languages of a script) beside py3langid over all it knows, and
CLD2 (package pycld2) where that is installed. Prints the share that is right at each length in characters, what was
taken for what, and milliseconds a passage. The last line is one JSON object.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from corpus.languages import language_of

DATA = Path(__file__).parents[1] / "tests" / "data" / "language_passages.jsonl"
LENGTHS = (40, 80, 160, 600)

Identify = Callable[[str], str | None]


def libraries() -> Iterator[tuple[str, Identify]]:
    """What can be measured here."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    yield "eurag", language_of
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    yield "py3langid", lambda text: whole.classify(text)[0]
    if find_spec("pycld2"):
        import pycld2

        yield "pycld2", lambda text: pycld2.detect(text.encode(), bestEffort=True)[2][0][1]
    else:
        print("pycld2 is not installed, left out")


def main() -> None:
    """Measure and print."""
    made = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    languages = len({one["language"] for one in made})
    print(f"{len(made)} passages of {languages} languages")
    found: dict[str, dict[str, float]] = {}
    for name, identify in libraries():
        identify(made[0]["text"])
        began = time.perf_counter()
        wrong = Counter((one["language"], str(identify(one["text"]))) for one in made)
        spent = (time.perf_counter() - began) / len(made) * 1000
        told = {
            f"right_at_{length}": sum(identify(one["text"][:length]) == one["language"] for one in made) / len(made)
            for length in LENGTHS
        }
        found[name] = {key: round(value, 3) for key, value in told.items()} | {"ms": round(spent, 2)}
        mistaken = ", ".join(f"{a} as {b} {n}" for (a, b), n in wrong.items() if a != b)
        print(f"{name:10} {found[name]}  {mistaken or 'none mistaken'}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
