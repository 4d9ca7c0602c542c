"""What does not fit a request's schema, in words: what was expected, what was found, what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from rag.service.api.schemas import DAY, NOT_BLANK, PASSAGE_NUMBER

_UNSUPPORTED = "unsupported"
_FOUND_CHARS = 50
_CODES = {
    "missing": "missing_required_parameter",
    "json_invalid": "invalid_json",
    "literal_error": "unsupported_value",
    "too_long": "unsupported_value",
    "less_than_equal": "unsupported_value",
    _UNSUPPORTED: "unsupported_value",
}
#: By pydantic's type of a problem; the names in braces are pydantic's, too.
_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a JSON object",
    "float_type": "a number",
    "greater_than_equal": "{ge} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number that is not as large",
    "int_type": "a whole number",
    "less_than_equal": "{le} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "model_attributes_type": "a JSON object",
    "model_type": "a JSON object",
    "string_too_long": "at most {max_length} characters",
    "string_type": "a string",
    "string_unicode": "text without lone surrogates",
    "too_long": "{max_length} or fewer items",
    "too_short": "{min_length} or more items",
    _UNSUPPORTED: "{expected}",
}
_PATTERNS = {
    NOT_BLANK: "text that is not blank",
    DAY: "a date such as 2014, 2014-05 or 2014-05-29",
    PASSAGE_NUMBER: "a passage's number",
}


def unsupported(expected: str, advice: str = "") -> PydanticCustomError:
    """What a validator raises for a value that this service does not take."""
    return PydanticCustomError(_UNSUPPORTED, "{expected}", {"expected": expected, "advice": advice})


def code_of(problem: Mapping[str, Any]) -> str:
    """A problem of pydantic's by its name for programs."""
    return _CODES.get(problem["type"], "invalid_value")


def param_of(problem: Mapping[str, Any]) -> str | None:
    """The parameter that a problem is about, as in "messages[0].content"; None for the body as a whole."""
    if problem["type"] == "json_invalid":
        return None
    return _path(problem["loc"][1:]) or None


def worded(problem: Mapping[str, Any]) -> str:
    """A problem of pydantic's in one line."""
    kind, where = problem["type"], param_of(problem) or "the body"
    if kind == "json_invalid":
        return f"the body is not valid JSON from character {problem['loc'][-1]} on"
    if kind == "missing":
        return f"{where} is required and was not sent"
    if kind == "extra_forbidden":
        return f"{where} is no parameter of this request: leave it out"
    if isinstance(problem["input"], bytes):
        return f"{where}: expected JSON, found another kind of text; send Content-Type: application/json"
    context, given = problem.get("ctx", {}), problem["input"]
    found = f"{len(given)} characters" if kind == "string_too_long" else _found(given)
    advice = f"; {context['advice']}" if context.get("advice") else ""
    return f"{where}: expected {_expected(kind, context)}, found {found}{advice}"


def _path(parts: Sequence[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    return _EXPECTED.get(kind, "another value").format_map(context)


def _found(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:_FOUND_CHARS]
        case str():
            shown = value if len(value) <= _FOUND_CHARS else f"{value[:_FOUND_CHARS]}…"
            return repr(shown)
        case list():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return "an object"
