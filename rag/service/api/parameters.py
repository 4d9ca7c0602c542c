"""Parameters of an address that no endpoint knows: a misspelt filter must not give unfiltered results."""

from fastapi import Request

from rag.service.errors import ApiError


async def known_only(request: Request) -> None:
    """Raise `ApiError` 400 for the first parameter of the address that its route does not have."""
    known = sorted(field.alias for field in request.scope["route"].dependant.query_params)
    for name in request.query_params:
        if name not in known:
            which = ", ".join(known) if known else "none"
            raise ApiError(
                400, f"'{name}' is no parameter of this request; known: {which}", param=name, code="unknown_parameter"
            )
