"""The processes that serve: one, or several workers that share the home's state."""

import functools
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from corpus import EuragError
from rag.service.keys import is_loopback
from rag.service.logs import log_config
from rag.service.metrics import share_between_workers
from rag.service.settings import ServiceSettings
from rag.service.shared import open_shared

if TYPE_CHECKING:
    from uvicorn import Config

_WORKER_SILENT_S = 60
_IDLE_S = 75  # longer than proxies keep a connection, so that it is they who close it


class PublicWithoutKeys(EuragError):
    """The service would answer everyone who reaches its address."""


def serve(settings: ServiceSettings) -> int:
    """Serve until a signal says to stop; answers under way are finished first. Returns the exit code.

    Raises `PublicWithoutKeys` or `ServiceStateUnusable`.
    """
    check_address(settings)
    share_between_workers(settings.home.home / "metrics")
    config = _config(settings)
    with suppress(KeyboardInterrupt):
        return _several(config) if settings.workers > 1 else _one(config)
    return 0


def check_address(settings: ServiceSettings) -> None:
    """Without keys only this machine is served, unless the settings say otherwise. Raises `PublicWithoutKeys`."""
    with closing(open_shared(settings.home)) as shared:
        if is_loopback(settings.host) or settings.public_without_keys or shared.has_keys():
            return
    raise PublicWithoutKeys(
        f"{settings.host} can be reached from other machines and there are no keys: make one with 'eurag keys add "
        "--name NAME', or let everyone read with --public-without-keys"
    )


def _config(settings: ServiceSettings) -> "Config":
    from uvicorn import Config

    from rag.service.app import create_app

    return Config(
        functools.partial(create_app, settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=log_config(),
        access_log=False,
        proxy_headers=False,  # limits.install trusts those that the settings name
        server_header=False,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=int(settings.shutdown_timeout_s),
        timeout_worker_healthcheck=_WORKER_SILENT_S,
    )


def _one(config: "Config") -> int:
    from uvicorn import Server
    from uvicorn.config import STARTUP_FAILURE

    server = Server(config)
    server.run()
    return 0 if server.started else STARTUP_FAILURE


def _several(config: "Config") -> int:
    from uvicorn.config import STARTUP_FAILURE
    from uvicorn.supervisors import Multiprocess

    workers = Multiprocess(config, sockets=[config.bind_socket()])
    workers.run()
    return max(STARTUP_FAILURE if worker.exitcode == STARTUP_FAILURE else 0 for worker in workers.processes)
