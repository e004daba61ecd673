"""A mail server on loopback that takes what it is given, as far as a client needs it to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Conversation(socketserver.StreamRequestHandler):
    """Answers the commands of RFC 5321 that a client sends, and PLAIN logins."""

    def handle(self) -> None:
        """One connection."""
        self.wfile.write(b"220 loopback\r\n")
        while line := self.rfile.readline():
            command = line.split()[0].upper()
            if command == b"EHLO":
                self.wfile.write(b"250-loopback\r\n250 AUTH PLAIN\r\n")
            elif command == b"AUTH":
                self.server.logins.append(line.decode().split()[-1])  # type: ignore[attr-defined]
                self.wfile.write(b"235 ok\r\n")
            elif command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines: list[bytes] = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.server.mails.append(b"".join(lines).decode())  # type: ignore[attr-defined]
                self.wfile.write(b"250 ok\r\n")
            elif command == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """What came: mails as text, logins as base64."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[str] = []
        self.logins: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


@contextmanager
def open_mail_server() -> Iterator[MailServer]:
    """A server that answers meanwhile."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()
