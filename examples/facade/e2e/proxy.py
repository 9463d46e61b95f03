"""Stands between facade and archive: counts what is asked, and fails as it is told to.

A fault is a function that is given the handler and the archive's answer, and writes what the facade gets instead. `Proxy.fault(...)` sets
one for the requests whose path holds a text.
"""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable

JSON = "application/dicom+json"


@dataclass
class Answer:
    """What the archive said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def type(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "content-type"), JSON)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece, at once: else each answer waits for an acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    proxy: "Proxy"

    def setup(self) -> None:
        super().setup()
        self.proxy.opened(self.connection)

    def do_GET(self) -> None:  # noqa: N802
        fault = self.proxy.asked(self.path)
        answer = self.ask()
        if fault is None:
            self.reply(answer.status, answer.body, answer.type)
        else:
            fault(self, answer)

    def ask(self) -> Answer:
        upstream = http.client.HTTPConnection("127.0.0.1", self.proxy.archive, timeout=60)
        try:
            # The target goes on as it came, byte for byte.
            upstream.putrequest("GET", self.path, skip_accept_encoding=True)
            upstream.putheader("Accept", self.headers.get("Accept", "*/*"))
            upstream.endheaders()
            response = upstream.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            upstream.close()

    def head(self, status: int, length: int | None, type_: str = JSON, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Content-Type", type_)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def reply(self, status: int, body: bytes = b"", type_: str = JSON, **headers: str) -> None:
        self.head(status, len(body), type_, **headers)
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Says nothing: what is asked holds names of patients."""


Fault = Callable[[Handler, Answer], None]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """The facade may hang up on a slow answer: that is what is tested."""


class Proxy:
    def __init__(self, port: int, archive: int) -> None:
        self.port, self.archive = port, archive
        self._lock = threading.Lock()
        self._count = 0
        self._targets: list[str] = []
        self._fault: tuple[Fault, str, int] | None = None
        self._connections: list[socket.socket] = []
        handler = type("ProxyHandler", (Handler,), {"proxy": self})
        self._server = Server(("127.0.0.1", port), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def asked(self, path: str) -> Fault | None:
        with self._lock:
            self._count += 1
            self._targets.append(path)
            if self._fault is None:
                return None
            fault, where, skip = self._fault
            if where not in path:
                return None
            self._fault = (fault, where, skip - 1)
            return fault if skip <= 0 else None

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.append(connection)

    def close_idle(self) -> None:
        """Closes what is open, as servers do with connections that nobody used for a while."""
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # It is closed.
            self._connections.clear()

    @property
    def count(self) -> int:
        with self._lock:
            return self._count

    def since(self, count: int) -> list[str]:
        """What was asked after so many requests."""
        with self._lock:
            return self._targets[count:]

    @contextmanager
    def fault(self, fault: Fault, where: str = "", skip: int = 0):
        """Requests with this text in their path fail, the first so many of them excepted."""
        with self._lock:
            self._fault = (fault, where, skip)
        try:
            yield
        finally:
            with self._lock:
                self._fault = None

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.close_idle()


# The faults.


def cut_in_the_body(handler: Handler, answer: Answer) -> None:
    """The connection ends in the middle of a body whose length was told."""
    handler.head(200, len(answer.body))
    handler.wfile.write(answer.body[: len(answer.body) // 2])
    handler.hang_up()


def cut_in_a_chunk(handler: Handler, answer: Answer) -> None:
    handler.head(200, None, Transfer_Encoding="chunked")
    handler.wfile.write(f"{len(answer.body):x}\r\n".encode() + answer.body[: len(answer.body) // 2])
    handler.hang_up()


def cut_between_chunks(handler: Handler, answer: Answer) -> None:
    """All of the text came, and the end of the body did not: nobody can know that there is no more."""
    handler.head(200, None, Transfer_Encoding="chunked")
    handler.wfile.write(f"{len(answer.body):x}\r\n".encode() + answer.body + b"\r\n")
    handler.hang_up()


def cut_before_the_head(handler: Handler, _: Answer) -> None:
    handler.hang_up()


def says(status: int, body: bytes = b"", type_: str = JSON, **headers: str) -> Fault:
    return lambda handler, _: handler.reply(status, body, type_, **headers)


def truncated(handler: Handler, answer: Answer) -> None:
    """A body that is complete for HTTP, and no JSON."""
    handler.reply(200, answer.body[: len(answer.body) // 2])


def compressed(handler: Handler, answer: Answer) -> None:
    """As archives send what they store compressed, whatever was asked for."""
    handler.reply(answer.status, gzip.compress(answer.body), answer.type, Content_Encoding="gzip")


def compressed_in_part(handler: Handler, answer: Answer) -> None:
    handler.reply(answer.status, gzip.compress(answer.body)[:-9], answer.type, Content_Encoding="gzip")


def slow_to_begin(seconds: float) -> Fault:
    def fault(handler: Handler, answer: Answer) -> None:
        time.sleep(seconds)
        handler.reply(answer.status, answer.body, answer.type)

    return fault


def slow_to_end(seconds: float) -> Fault:
    """A little at a time: something always arrives, and never all of it."""

    def fault(handler: Handler, answer: Answer) -> None:
        handler.head(200, len(answer.body))
        for n in range(20):
            handler.wfile.write(answer.body[n : n + 1])
            handler.wfile.flush()
            time.sleep(seconds / 20)
        handler.wfile.write(answer.body[20:])

    return fault


def endless(mebibytes: int) -> Fault:
    """White space, which JSON allows, without end."""

    def fault(handler: Handler, _: Answer) -> None:
        handler.head(200, None, Transfer_Encoding="chunked")
        chunk = b" " * (1 << 16)
        for _n in range(mebibytes * 16):
            handler.wfile.write(b"10000\r\n" + chunk + b"\r\n")
        handler.wfile.write(b"2\r\n[]\r\n0\r\n\r\n")

    return fault
