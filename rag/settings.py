"""Settings: flags first, then the environment, then `settings.toml` in the home, then defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus import EuragError


class SettingsError(EuragError):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided before anything is opened. `home` holds the library, indexes and caches.

    `encoder` is None where nothing names one: then an index keeps the one it was built with.
    """

    home: Path
    encoder: str | None = None

    @property
    def model(self) -> Path:
        """The folder of the packaged model's fast form."""
        return self.home / "model"

    @property
    def library(self) -> Path:
        """The library database."""
        return self.home / "library.db"


def load_settings(
    home: Path | None = None, encoder: str | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from flags (the arguments), environment and file.

    `EURAG_HOME` and `EURAG_ENCODER` are read; the file knows `encoder`. Raises `SettingsError`.
    """
    folder = home or Path(environment.get("EURAG_HOME") or _user_data_folder())
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"the home {folder} is not a folder")
    stored = _settings_file(folder / "settings.toml")
    return Settings(folder, encoder or environment.get("EURAG_ENCODER") or stored.get("encoder"))


def _user_data_folder() -> str:
    from platformdirs import user_data_dir

    return user_data_dir("eurag", appauthor=False)


def _settings_file(path: Path) -> dict[str, str]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as exc:
        raise SettingsError(f"{path} cannot be read: {exc}") from exc
    unknown = sorted(set(data) - {"encoder"})
    if unknown or not all(isinstance(value, str) for value in data.values()):
        raise SettingsError(f'{path}: expected only encoder = "...", found {", ".join(unknown) or "another type"}')
    return data
