"""Listening on an address until it is stopped. What is answered belongs to `app`."""

import errno
import socket
from collections.abc import Callable
from pathlib import Path

from assets.errors import ServingError
from assets.publish.release.layout import published_datasets
from assets.publish.release.lock import is_own_package

STOPPING = 5  # seconds that unfinished answers get


def serve_tree(out: Path, host: str, port: int, report: Callable[[str], None]) -> None:
    """Answers from the tree in `out` until SIGINT or SIGTERM. `report` hears the address once it is open.

    Port 0 is any free one. Raises `ServingError` where there is no tree, the address is not to be had, or
    what answers is not installed.
    """
    datasets = published_datasets(out)
    if not any(is_own_package(out / name / "datapackage.json") for name in datasets):
        raise ServingError(
            f"{out}: no package is published here; run innoregio publish, or name another folder with --out"
        )
    try:
        import uvicorn

        from orchestration.serving.app import build_app
    except ImportError as error:
        raise ServingError(
            f"serving needs {error.name}, which is not installed: pip install 'innoregio[serve]'"
        ) from error
    with open_socket(host, port) as listening:
        config = uvicorn.Config(
            build_app(out.absolute()),
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=STOPPING,
        )
        report(address_of(listening))
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # what uvicorn raises again, once it has stopped
            return


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens on the address. Raises `ServingError` where it is not to be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        what = {
            errno.EADDRINUSE: "is in use; stop what listens there, or name another port with --port",
            errno.EACCES: "is not allowed; name a port above 1023 with --port",
        }.get(error.errno or 0, f"cannot be listened on ({error.strerror or error})")
        raise ServingError(f"{host} port {port} {what}") from error


def address_of(listening: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
