"""Addresses: joining, hiding what is secret in them, and which redirects may be followed.

Nothing is asked here; a host name is resolved only to judge a redirect.
"""

import ipaddress
import re
import socket
from base64 import b64encode
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from assets.fetch.errors import BadRedirect

Resolve = Callable[[str], Iterable[str]]

_SECRET = re.compile(r"key|token|secret|pass|pwd|auth|sign|credential|session", re.IGNORECASE)


def mask_address(address: str) -> str:
    """The address as it may stand in logs, errors and metadata: no user, password, or secret parameter."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "(an address that cannot be read)"
    host = parts.netloc.rpartition("@")[2]
    query = re.sub(
        r"([^=&]+)=([^&]*)",
        lambda m: f"{m[1]}=***" if _SECRET.search(m[1]) else m[0],
        parts.query,
    )
    return urlunsplit(SplitResult(parts.scheme, host, parts.path, query, ""))


def hide_secrets(words: str, addresses: Iterable[str]) -> str:
    """A text without the passwords and secret parameters of addresses: a server may repeat what it got."""
    found = {secret for address in addresses for secret in _secrets_of(address)}
    for secret in sorted(found, key=lambda secret: (-len(secret), secret)):  # one may be a part of another
        if len(secret) > 3:  # shorter ones are parts of other words
            words = words.replace(secret, "***")
    return words


def _secrets_of(address: str) -> set[str]:
    """What is secret in an address, as it is spelt there, and as it may be spelt by who read it."""
    try:
        parts = urlsplit(address)
        user, password = parts.username or "", parts.password or ""
    except ValueError:
        return set()
    pairs = re.findall(r"([^=&]+)=([^&]*)", parts.query)
    written = {value for name, value in pairs if _SECRET.search(unquote(name))}
    read = {value for name, value in parse_qsl(parts.query) if _SECRET.search(name)}
    if user or password:  # a user without a password is a token
        written.add(password or user)
        read.add(b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode())
    read |= {unquote(secret) for secret in written}
    return (written | read | {quote(secret, safe="") for secret in read}) - {""}


def join_address(base: str, path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """`base` and `path` with exactly one slash between them; the parameters of the base come along."""
    parts = urlsplit(base)
    joined = "/".join(part for part in (parts.path.rstrip("/"), quote(path.lstrip("/"), "/:@+,;=")) if part)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *parameters], safe="[]:,*")
    return urlunsplit(SplitResult(parts.scheme, parts.netloc, joined, query, ""))


def follow_redirect(address: str, location: str, base_is_private: bool, resolve: Resolve) -> str:
    """Where a redirect leads. Raises `BadRedirect` where we do not go."""
    shown = mask_address(address)
    try:
        target = urljoin(address, location)
        parts = urlsplit(target)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadRedirect(f"{shown}: redirects to an address that cannot be read; not followed") from error
    if parts.scheme not in ("http", "https") or not host:
        raise BadRedirect(f"{shown}: redirects to {parts.scheme or 'no'} address; only http(s) is followed")
    if urlsplit(address).scheme == "https" and parts.scheme == "http":
        raise BadRedirect(f"{shown}: redirects from https to {mask_address(target)}; not followed")
    if not base_is_private and is_private(host, resolve):
        raise BadRedirect(f"{shown}: redirects to the private address {host}; not followed")
    return target


def is_private(host: str, resolve: Resolve) -> bool:
    """Whether any address of the host is not one of the public internet (loopback, private, link-local …).

    A name that does not resolve is not private: it cannot be connected to either, or a proxy resolves it.
    """
    try:
        found = [ipaddress.ip_address(host.strip("[]"))]
    except ValueError:
        try:
            found = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(host)]
        except (OSError, ValueError):
            return False
    return any(not (getattr(ip, "ipv4_mapped", None) or ip).is_global for ip in found)


def resolve_host(host: str) -> list[str]:
    """The host's addresses, as the system resolves it."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
