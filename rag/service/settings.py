"""Settings of the service: flags first, then the environment, then `[service]` in settings.toml, then defaults."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rag.errors import SettingsError
from rag.settings import Settings, settings_file

_PREFIX = "EURAG_SERVICE_"
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_EXPECTED: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number"}
_MAY_BE_ZERO = frozenset({"port", "requests_per_minute"})
_LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What is decided before the service starts; `home` says where library and index are.

    A `requests_per_minute` of 0 sets no limit, a `port` of 0 lets the system choose. `public_url` is
    how clients reach the service, where a proxy changes that; links to passages begin with it.
    `cors_origins` and `trusted_proxies` are empty unless set: no other site's pages may call, no
    proxy's headers are believed. With `require_keys` nothing is read without a key, from this machine either.
    """

    home: Settings
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str | None = None
    max_body_bytes: int = 1_000_000
    max_upload_bytes: int = 50_000_000
    max_messages: int = 200
    max_question_chars: int = 4_000
    max_concurrent_requests: int = 64
    request_timeout_s: float = 30.0
    shutdown_timeout_s: float = 30.0
    requests_per_minute: int = 600
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_questions: bool = False
    public_without_keys: bool = False
    require_keys: bool = False


_TYPES = {field.name: field.type for field in fields(ServiceSettings) if field.name != "home"}


def load_service_settings(
    home: Settings, flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> ServiceSettings:
    """Settings from flags (None where not given), `EURAG_SERVICE_...` and settings.toml in the home.

    Raises `SettingsError`.
    """
    stored = settings_file(home.home / "settings.toml").get("service", {})
    given = {name[len(_PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(_PREFIX)}
    chosen = stored | given | {name: value for name, value in flags.items() if value is not None}
    unknown = sorted(chosen.keys() - _TYPES.keys())
    if unknown:
        raise SettingsError(f"the service has no setting {', '.join(unknown)}; it knows {', '.join(_TYPES)}")
    settings = ServiceSettings(home, **{name: _read(name, value) for name, value in chosen.items()})
    _check_port(settings.port)
    _check_proxies(settings.trusted_proxies)
    return settings


def _read(name: str, value: Any) -> Any:
    """A value of the setting's type, from text or TOML."""
    kind = _TYPES[name]
    try:
        if kind is bool:
            return _TRUTH[str(value).lower()]
        if kind is int or kind is float:
            return _number(name, kind(value))
        if kind == tuple[str, ...]:
            items = value.split(",") if isinstance(value, str) else value
            return tuple(str(item).strip() for item in items if str(item).strip())
        return str(value) or None
    except (KeyError, TypeError, ValueError) as exc:
        raise SettingsError(f"the service's {name} must be {_EXPECTED.get(kind, 'a list')}, found '{value}'") from exc


def _number(name: str, value: float) -> float:
    least = 0 if name in _MAY_BE_ZERO else 1
    if not value >= least:
        raise SettingsError(f"the service's {name} must be {least} or more, found {value}")
    return value


def _check_port(port: int) -> None:
    if port > _LARGEST_PORT:
        raise SettingsError(f"the service's port must be {_LARGEST_PORT} or less, found {port}")


def _check_proxies(proxies: tuple[str, ...]) -> None:
    """A name or "*" would be taken and then believe nobody, or everybody."""
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as exc:
            raise SettingsError(
                f"the service's trusted_proxies must be addresses or networks such as 10.0.0.1 or 10.0.0.0/8: {exc}"
            ) from exc
