"""The processes that serve: one, or several workers that share the home's state."""

import functools
import logging
import socket
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from rag.errors import AddressUnusable, PublicWithoutKeys
from rag.service.gate.keys import is_loopback, is_open
from rag.service.gate.shared import open_shared
from rag.service.ops.figures import shared_between
from rag.service.ops.logs import log_config
from rag.service.settings import ServiceSettings

if TYPE_CHECKING:
    from uvicorn import Config

_WORKER_SILENT_S = 60
_BACKLOG = 2048
_IDLE_S = 75  # longer than proxies keep a connection, so that it is they who close it
_logger = logging.getLogger("eurag.service")


def serve(settings: ServiceSettings) -> int:
    """Serve until a signal says to stop; answers under way are finished first. Returns the exit code.

    Nothing is written before the address is held. Raises `AddressUnusable`, `PublicWithoutKeys` or
    `ServiceStateUnusable`.
    """
    with bound(settings.host, settings.port) as held, shared_between(settings.workers), suppress(KeyboardInterrupt):
        check_address(settings)
        config = _config(settings)
        _logger.info("listening at %s", _url(held))
        return _several(config, held) if settings.workers > 1 else _one(config, held)
    return 0


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at the address, for this process and its workers. Raises `AddressUnusable`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        held = socket.create_server((host.strip("[]"), port), family=family, backlog=_BACKLOG)
        # asyncio sets this only on sockets that name their protocol; without it each response waits for 40 ms
        held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as exc:
        reason, _, _ = str(exc.strerror).partition(" (")
        message = f"cannot listen at {host}, port {port}: {reason}; choose others with --host and --port"
        raise AddressUnusable(message) from exc
    held.set_inheritable(True)
    return held


def _url(held: socket.socket) -> str:
    host, port = held.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_address(settings: ServiceSettings) -> None:
    """Without keys only this machine is served, unless the settings say otherwise. Raises `PublicWithoutKeys`."""
    with closing(open_shared(settings.home)) as shared:
        if shared.all_keys() or is_open(settings, shared):
            return
        had = shared.ever_had_keys()
    make = "make one with 'eurag keys add --name NAME'"
    if had:
        raise PublicWithoutKeys(f"all keys were revoked or have expired, which lets nobody in: {make}")
    if settings.require_keys or is_loopback(settings.host):
        raise PublicWithoutKeys(f"there are no keys, and the settings (require_keys, or a proxy) ask for some: {make}")
    raise PublicWithoutKeys(
        f"{settings.host} can be reached from other machines and there are no keys: {make}, or let everyone read with "
        "--public-without-keys"
    )


def _config(settings: ServiceSettings) -> "Config":
    from rag.service.app import create_app
    from rag.service.ops.connections import BoundedConfig, BoundedConnection

    config = BoundedConfig(
        functools.partial(create_app, settings),
        factory=True,
        workers=settings.workers,
        log_config=log_config(),
        access_log=False,
        proxy_headers=False,  # limits.install trusts those that the settings name
        server_header=False,
        http=BoundedConnection,
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=int(settings.shutdown_timeout_s),
        timeout_worker_healthcheck=_WORKER_SILENT_S,
    )
    config.trusted_proxies = settings.trusted_proxies
    return config


def _one(config: "Config", held: socket.socket) -> int:
    from uvicorn import Server
    from uvicorn.config import STARTUP_FAILURE

    server = Server(config)
    server.run([held])
    return 0 if server.started else STARTUP_FAILURE


def _several(config: "Config", held: socket.socket) -> int:
    from uvicorn.config import STARTUP_FAILURE

    from rag.service.ops.shutdown import Workers

    workers = Workers(config, sockets=[held])
    workers.run()
    return max(STARTUP_FAILURE if worker.exitcode == STARTUP_FAILURE else 0 for worker in workers.processes)
