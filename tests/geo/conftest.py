"""A publisher on loopback: a real HTTP server whose answers a test writes."""

import contextlib
import http.server
import threading
from dataclasses import dataclass, field

import pytest


@dataclass
class Publisher:
    """What the server answers by path, and what it was asked."""

    base: str = ""
    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def serve(self, path, body=b"", *, status=200, kind="text/csv", **headers):
        """Answer a path with a whole body; a function of the handler instead of bytes does it by hand."""
        if callable(body):
            self.answers[path] = body
            return self.base + path
        data = body.encode() if isinstance(body, str) else body

        def answer(handler):
            etag = headers.get("ETag")
            if etag and handler.headers.get("If-None-Match") == etag:
                return send(handler, b"", 304, kind, ETag=etag)
            return send(handler, data, status, kind, **headers)

        self.answers[path] = answer
        return self.base + path


def send(handler, data, status=200, kind="text/csv", *, length=None, **headers):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


@pytest.fixture
def publisher():
    made = Publisher()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.partition("?")[0]
            made.asked.append((self.path, dict(self.headers)))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                made.answers.get(path, lambda handler: send(handler, b"no", 404, "text/plain"))(self)

        def end_headers(self):
            self.send_header("Connection", "close")
            super().end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join(5)
