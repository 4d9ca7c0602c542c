"""Which model words answers, and how long and how much it may write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """An endpoint of OpenAI's protocol: `url` ends with its version (http://host:11434/v1), `model` is a name there.

    `timeout_s` is for the whole answer, retries included. `prompt_tokens`, counted by the encoder of the
    index, bounds what is sent, `answer_tokens` what is asked for. The key is never stored or shown.
    """

    url: str
    model: str
    key: str = field(default="none", repr=False)  # the client wants one; local servers look at none
    timeout_s: float = 20.0
    prompt_tokens: int = 3000
    answer_tokens: int = 500


def read_llm_settings(stored: Mapping[str, Any], environment: Mapping[str, str]) -> LlmSettings | None:
    """From the table `llm` of the settings file and `EURAG_LLM_URL`, `_MODEL`, `_KEY`; None where no URL is set.

    The key comes from the environment alone. Raises `ValueError` with what is wrong.
    """
    unknown = sorted(stored.keys() - _FILE.keys())
    if unknown:
        raise ValueError(f"expected only {', '.join(_FILE)}, found {', '.join(unknown)}")
    wrong = [name for name, value in stored.items() if type(value) not in _FILE[name] or value in (0, "")]
    if wrong or any(isinstance(value, float | int) and value < 0 for value in stored.values()):
        raise ValueError(f"expected texts for url and model and numbers above 0, found {dict(stored)}")
    given = {name: environment.get(f"EURAG_LLM_{name.upper()}") for name in ("url", "model", "key")}
    chosen: dict[str, Any] = dict(stored) | {name: value for name, value in given.items() if value}
    if "url" not in chosen:
        return None
    if not chosen["url"].startswith(("http://", "https://")) or "model" not in chosen:
        raise ValueError("expected a url that begins with http:// or https://, and a model")
    return LlmSettings(**chosen)


_FILE: dict[str, tuple[type, ...]] = {
    "url": (str,),
    "model": (str,),
    "timeout_s": (float, int),
    "prompt_tokens": (int,),
    "answer_tokens": (int,),
}
