"""What comes back from a process that works on files: lines of JSON, believed in nothing but what their types allow.

Whoever took that process over may send any bytes. What has another shape than the function's return type, or what that
type itself refuses, is no reply. A function that returns an iterator gives a line for each item.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from corpus.errors import UnreadableFile


def written(value: object, function: Callable[..., object]) -> bytes:
    """The line for a value that a function gives. Raises `UnreadableFile` where it is not Unicode."""
    from pydantic_core import PydanticSerializationError

    try:
        return bytes(adapter_of(function).dump_json((value,)))
    except PydanticSerializationError as exc:
        raise UnreadableFile("its name, text or metadata holds characters that are not Unicode") from exc


def read_reply(line: bytes, function: Callable[..., object]) -> Any:
    """The value in a line. Raises `UnreadableFile` when the function cannot have given it."""
    try:
        (value,) = adapter_of(function).validate_json(line, strict=True)
    except ValueError as exc:  # pydantic's are of this kind
        raise UnreadableFile("the process that read it sent a forged or damaged reply") from exc
    return value


@cache
def adapter_of(function: Callable[..., object]) -> Any:
    """What writes and reads the values of a function, made once."""
    from pydantic import ConfigDict, TypeAdapter

    given = get_type_hints(function)["return"]
    item = get_args(given)[0] if get_origin(given) is Iterator else given
    return TypeAdapter(tuple[item], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))  # type: ignore[valid-type]
