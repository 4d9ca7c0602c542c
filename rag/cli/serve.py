"""Commands of the HTTP service: `serve`, and `keys` that clients show it."""

from contextlib import closing
from typing import Annotated, Any, Literal

import typer

from rag.cli.options import AsJson, Home, settings_for
from rag.output.terminal import console, fields, print_json, say

commands = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="The API keys of the service: add, list, revoke.")
commands.add_typer(keys, name="keys")


@commands.command(epilog="Example: eurag serve --port 8080 --workers 2")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (else 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (else 8000); 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes answer (else 1).")] = None,
    public_without_keys: Annotated[
        bool | None, typer.Option("--public-without-keys", help="Let everyone who reaches the address read.")
    ] = None,
    log_questions: Annotated[bool | None, typer.Option("--log-questions", help="Write questions to the log.")] = None,
    home: Home = None,
) -> None:
    """Answer over HTTP: an API that OpenAI's clients speak, and a web page, until stopped."""
    from rag.service.server import serve as serve_until_stopped
    from rag.service.settings import load_service_settings

    flags = {
        "host": host,
        "port": port,
        "workers": workers,
        "public_without_keys": public_without_keys,
        "log_questions": log_questions,
    }
    raise typer.Exit(serve_until_stopped(load_service_settings(settings_for(home), flags)))


@keys.command(epilog="Example: eurag keys add --scope admin --name laptop")
def add(
    name: Annotated[str, typer.Option(help="Whose or what for.")],
    scope: Annotated[
        Literal["read", "admin"], typer.Option(help="read, or admin, which may also change library and index.")
    ] = "read",
    days: Annotated[int | None, typer.Option(min=1, help="After so many days it is worthless (else never).")] = None,
    collection: Annotated[
        list[str] | None, typer.Option(help="It reads this collection alone; may be given again (else all).")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once: only a hash is kept."""
    from datetime import UTC, datetime, timedelta

    from rag.home.audit import record
    from rag.service.gate.keys import add_key, id_of

    with _shared(home) as shared:
        ends = datetime.now(UTC) + timedelta(days) if days else None
        key = add_key(shared, name, scope, ends, collection or ())
    reading = f", {', '.join(collection)}" if collection else ""
    record(settings_for(home), "add key", detail=f"{id_of(key)} ({name}, {scope}{reading})")
    say({"key": key, "id": id_of(key), "scope": scope, "name": name}, as_json, "{key}")


@keys.command(name="list", epilog="Example: eurag keys list")
def list_keys(home: Home = None, as_json: AsJson = False) -> None:
    """List the keys: id, scope, the collections they are for, name, when they were made, and when they end."""
    from rag.output.display import table

    with _shared(home) as shared:
        found = [{name: value for name, value in fields(key).items() if name != "hash"} for key in shared.all_keys()]
    if as_json:
        print_json({"keys": found})
        return
    columns = ("id", "scope", "collections", "name", "created_at", "expires_at")
    shown = [key | {"collections": ", ".join(key["collections"]) or "all"} for key in found]
    table(console(), columns, [tuple(key[name] for name in columns) for key in shown])


@keys.command(epilog="Example: eurag keys revoke 1a2b3c4d")
def revoke(
    key: Annotated[str, typer.Argument(help="The id of the key, as 'eurag keys list' shows it.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make a key worthless, at once, in running services too."""
    from rag.home.audit import record
    from rag.service.gate.keys import revoke_key

    with _shared(home) as shared:
        revoke_key(shared, key)
    record(settings_for(home), "revoke key", detail=key)
    say({"revoked": key}, as_json, "revoked {revoked}")


def _shared(home: Any) -> Any:
    from rag.service.gate.shared import open_shared

    return closing(open_shared(settings_for(home)))
