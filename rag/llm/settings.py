"""Which model words answers, and how long and how much it may write."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

#: The client wants a key; local servers look at none.
NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """An endpoint of OpenAI's protocol: `url` ends with its version (http://host:11434/v1), `model` is a name there.

    `timeout_s` is for the whole answer, retries included. `prompt_tokens`, counted by the encoder of the
    index, bounds what is sent, `answer_tokens` what is asked for. The key is never stored or shown.
    With `unusable`, which says what is wrong with the settings, nothing is asked of any endpoint.
    """

    url: str
    model: str
    key: str = field(default=NO_KEY, repr=False)
    timeout_s: float = 20.0
    prompt_tokens: int = 3000
    answer_tokens: int = 500
    unusable: str | None = None

    @property
    def host(self) -> str:
        """The endpoint's name and port, without whatever else an address may hold; "" where it has none."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


#: What asks for a model where nothing names one.
NO_MODEL = LlmSettings("", "", unusable="EURAG_LLM_URL and EURAG_LLM_MODEL are not set")


def read_llm_settings(stored: Mapping[str, Any], environment: Mapping[str, str]) -> LlmSettings | None:
    """From the table `llm` of the settings file and `EURAG_LLM_URL`, `_MODEL`, `_KEY`; None where no URL is set.

    The key comes from the environment alone. What is wrong with them raises nothing, since whoever asks is owed an
    answer without a model too: it stands in `unusable`, without the values.
    """
    given = {name: environment.get(f"EURAG_LLM_{name.upper()}", "").strip() for name in ("url", "model", "key")}
    chosen: dict[str, Any] = dict(stored) | {name: value for name, value in given.items() if value}
    if problem := _problem(stored, chosen):
        return LlmSettings("", str(chosen.get("model", "")), unusable=problem)
    return LlmSettings(**chosen) if "url" in chosen else None


def _problem(stored: Mapping[str, Any], chosen: Mapping[str, Any]) -> str | None:
    if unknown := sorted(stored.keys() - _FILE.keys()):
        return f"[llm] has no {', '.join(unknown)}; it knows {', '.join(_FILE)}"
    if wrong := [name for name, value in stored.items() if not _fits(name, value)]:
        return f"[llm] holds no {_FILE[wrong[0]]} in {wrong[0]}"
    if "url" in chosen and not _is_address(chosen["url"]):
        return "EURAG_LLM_URL, or url in [llm], is no address like http://localhost:11434/v1"
    if "url" in chosen and "model" not in chosen:
        return "EURAG_LLM_MODEL, or model in [llm], is not set"
    key = chosen.get("key", "")
    return None if key.isascii() and key.isprintable() else "EURAG_LLM_KEY holds characters that no key has"


def _fits(name: str, value: Any) -> bool:
    if _FILE[name] == _TEXT:
        return isinstance(value, str) and bool(value)
    return type(value) in ((int, float) if _FILE[name] == _NUMBER else (int,)) and 0 < value < math.inf


def _is_address(url: str) -> bool:
    """Whether it has a scheme of the web, a host and, if any, a port, and nothing that an address cannot hold."""
    try:
        parts = urlsplit(url)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    whole = url.isprintable() and " " not in url
    return usable and whole and parts.scheme in ("http", "https") and bool(parts.hostname)


_TEXT, _NUMBER, _WHOLE = "text", "number above 0", "whole number above 0"
_FILE = {"url": _TEXT, "model": _TEXT, "timeout_s": _NUMBER, "prompt_tokens": _WHOLE, "answer_tokens": _WHOLE}
