"""What became of one question: numbers, from which every figure is computed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from rag.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Result:
    """One question's outcome.

    `direction` is "same language" or "cross-lingual", None where no document is right. `documents` are
    the sources found, best first, at most ten; `cited` those that the answer quotes. A number that the
    question gives no ground for is not in `values`.
    """

    id: str
    language: str
    kind: str | None
    direction: str | None
    documents: tuple[str, ...]
    cited: tuple[str, ...]
    values: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


def read_results(path: Path) -> dict[str, Result]:
    """{id: result} from the file that an earlier `eurag eval --json` printed. Raises `EvaluationError`."""
    try:
        stored = json.loads(path.read_text("utf-8"))["results"]
        found = [Result(**{field.name: item[field.name] for field in fields(Result)}) for item in stored]
        return {result.id: result for result in found}
    except OSError as exc:
        raise EvaluationError(f"{path} cannot be read: {exc}") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise EvaluationError(f"{path}: expected what 'eurag eval --json' prints: {exc!r}") from exc
