"""OAI-PMH 2.0: requests to a repository (openarchives.org/OAI/openarchivesprotocol.html).

What it answers is read by `responses`, in a process of its own for each.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from corpus.errors import HarvestFailed, UnreadableFile
from corpus.harvest.client import PoliteClient, StatusRefused
from corpus.harvest.responses import FormatList, ListPart, MetadataFormat, is_oai_pmh, read_formats, read_list
from corpus.isolation import isolated
from corpus.reading import prepare

#: Bytes that no text needs and XML 1.0 forbids; abstracts pasted from office programs hold them.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_Response = TypeVar("_Response", FormatList, ListPart)


class TokenRefused(HarvestFailed):
    """A resumption token is no longer valid: the list has to be asked for again."""


class Repository:
    """What answers at the base URL of an OAI-PMH interface."""

    def __init__(self, url: str, client: PoliteClient) -> None:
        self.url = url
        self._client = client

    def formats(self) -> tuple[MetadataFormat, ...]:
        """The formats it offers. Raises `HarvestFailed`."""
        return self._ask({"verb": "ListMetadataFormats"}, read_formats).formats

    def records(self, arguments: Mapping[str, str]) -> ListPart:
        """The first records that arguments (metadataPrefix, set, from, until) select, or those after a resumptionToken.

        Raises `HarvestFailed`, of these `TokenRefused` when the list has to be asked for again.
        """
        request = {"verb": "ListRecords", **arguments}
        part = self._ask(request, read_list)
        return self._ask(request, read_list) if part.cut else part

    def _ask(self, arguments: Mapping[str, str], read: Callable[[bytes], _Response]) -> _Response:
        """The response; some repositories send the errors of the protocol with a status of HTTP, like 422."""
        try:
            data = self._client.get(self.url, arguments).data
        except StatusRefused as exc:
            if not is_oai_pmh(exc.data):
                raise
            data = exc.data
        with isolated.session(partial(prepare, ".xml")) as session:
            try:
                response: _Response = session.call(read, data.translate(None, _CONTROLS))
            except UnreadableFile as exc:
                raise HarvestFailed(f"{self.url}: its response cannot be read: {exc}") from exc
        if error := response.error:
            if not error.code:
                raise HarvestFailed(
                    f"{self.url} answers no OAI-PMH, but {error.said}: is it the address of the OAI-PMH interface?"[
                        :500
                    ]
                )
            failure = TokenRefused if error.code == "badResumptionToken" else HarvestFailed
            raise failure(f"{self.url} refuses: {error.code}: {error.said}"[:500])
        return response
