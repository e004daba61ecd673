"""What can go wrong between us and a provider, as types: the type says whether waiting helps.

The types and what each means belong here; recognising them in an answer belongs to `bodies`, in a failed
connection to `http`, and what a run makes of them to `acquire`.
"""

from assets.errors import InnoregioError


class FetchError(InnoregioError):
    """A provider did not give what was asked for.

    `can_pass` says that the same request may be answered later; `retry_after` is the seconds that the
    server asks us to wait, where it says so.
    """

    can_pass = False
    status: int | None = None  # of HTTP, where an answer came

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(FetchError):
    """No connection, or it was reset before an answer came."""

    can_pass = True


class ServerFault(FetchError):
    """The server says that it failed (5xx, a SOAP fault of that kind)."""

    can_pass = True


class Throttled(FetchError):
    """Too many calls (429): wait for the time that the server or the provider's window says."""

    can_pass = True


class CutOff(FetchError):
    """The body ended before its end, or is not whole in its own format."""

    can_pass = True


class NotData(FetchError):
    """A page for people or something else stands in place of the data."""

    can_pass = True


class Queued(FetchError):
    """The answer will be made later (Eurostat's asynchronous answers); `key` names it where it was said."""

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class TooSlow(FetchError):
    """The whole transfer took longer than is allowed; another try would most likely too."""


class TooLarge(FetchError):
    """More bytes than the limit: on the wire, unpacked, or in one member."""


class TooManyCells(FetchError):
    """The provider refuses the size of the request: ask in smaller chunks."""


class NotFound(FetchError):
    """The table, a variable or a value is not there (any more) under this name."""


class Refused(FetchError):
    """The provider refuses the request for another reason (4xx)."""


class BadRedirect(FetchError):
    """A redirect that is not followed: too many, not to http(s), or to a private address."""


class BadArchive(FetchError):
    """An archive that is not taken: a hostile name, a bomb, a member that is missing or there twice."""


class LayoutChanged(FetchError):
    """The provider's table is no longer what the descriptor asks for; the descriptor has to be edited."""


class NoLiveSource(FetchError):
    """There is no address of this table: recorded copies, or what was fetched before, are all there is."""
