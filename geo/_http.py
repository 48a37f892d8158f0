"""One guarded HTTP request: polite, bounded, whole; kept by requests-cache (used by :mod:`geo.fetch`)."""

from __future__ import annotations

import datetime as dt
import io
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
import requests_cache
import urllib3
from requests.adapters import HTTPAdapter

from geo.errors import FetchError

if TYPE_CHECKING:
    from pathlib import Path

BY_HAND: Final = "Download it by hand in a browser and pass the path of the file."
KINDS: Final[dict[str, tuple[tuple[str, ...], tuple[bytes, ...]]]] = {
    "any": ((), ()),
    "ods": (("opendocument", "octet-stream", "application/zip", "application/x-zip"), (b"PK\x03\x04",)),
    "xlsx": (
        ("spreadsheetml", "octet-stream", "application/zip", "application/x-zip", "ms-excel"),
        (b"PK\x03\x04",),
    ),
    "csv": (("csv", "text/plain", "octet-stream", "ms-excel"), ()),
    "json": (("json", "text/plain"), (b"{", b"[")),
    "html": (("text/html", "xhtml"), ()),
    "xml": (("xml",), (b"<",)),
}
"""What a kind may be called by a server, and how its bytes begin."""
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT_S: Final = 120.0
_ERROR_BYTES: Final = 2**16
_SCRIPTS: Final = (b"<script", b"function(", b"function (", b"window.", b"document.")
_last_request: dict[str, float] = {}
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request."""

    kind: str
    max_bytes: int
    timeout_s: float
    total_s: float
    retries: int
    pause_s: float


def open_session(home: Path, limits: Limits, *, agent: str) -> requests_cache.CachedSession:
    """Open a session that keeps what came back whole, and asks each time whether it changed."""
    home.mkdir(parents=True, exist_ok=True)
    session = requests_cache.CachedSession(
        home / "http.sqlite",
        backend="sqlite",
        serializer="json",
        allowable_codes=(200,),
        allowable_methods=("GET",),
        expire_after=requests_cache.EXPIRE_IMMEDIATELY,
        always_revalidate=True,
        stale_if_error=False,
        cache_control=False,
        decode_content=False,
    )
    session.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip, deflate"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, GuardedAdapter(limits))
    return session


def ask(session: requests_cache.CachedSession, url: str, limits: Limits) -> requests.Response:
    """Send one GET, again where the host is busy; return a whole 200, one that is kept, or a redirect."""
    for attempt in range(limits.retries + 1):
        last = attempt == limits.retries
        try:
            answer = session.get(url, allow_redirects=False, timeout=limits.timeout_s)
        except requests.Timeout:
            fault = FetchError(f"Invalid answer of '{url}'. Nothing came for {limits.timeout_s:g} s.")
        except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
            fault = FetchError(f"Invalid answer of '{url}'. The connection failed ({_cause(error)}).")
        except requests.RequestException as error:
            raise FetchError(f"Invalid URL '{url}'. {_cause(error)}.") from None
        else:
            if answer.status_code == requests.codes.ok or answer.is_redirect:
                return answer
            fault = _refusal(answer, url)
            if answer.status_code not in _BUSY:
                raise fault
            wait = _wait_s(answer, attempt)
            if wait > _LONGEST_WAIT_S:
                raise FetchError(f"{fault} It asks to wait {wait:.0f} s: try again then.")
            if not last:
                time.sleep(wait)
            continue
        if not last:
            time.sleep(2.0**attempt * min(1.0, limits.pause_s))
    raise fault


class GuardedAdapter(HTTPAdapter):
    """Reads every body under the limits before anything else sees it, so that no half of one can be kept."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as requests passes them
        """Use connections that give up when the head of an answer takes too long."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self.limits.total_s)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Wait for the host's turn, send, read the body whole."""
        url = str(request.url)
        _take_turn(urlsplit(url).netloc, self.limits.pause_s)
        end = time.monotonic() + self.limits.total_s
        kwargs["stream"] = True
        answer = super().send(request, *args, **kwargs)
        raw = answer.raw
        good = answer.status_code == requests.codes.ok
        try:
            body = _read(
                raw, url, self.limits.max_bytes if good else _ERROR_BYTES, end, self.limits, cut=not good
            )
        finally:
            raw.close()
        if good:
            _check_kind(answer, body, url, self.limits.kind)
        headers = urllib3.HTTPHeaderDict(raw.headers)
        for name in ("Content-Encoding", "Transfer-Encoding", "Content-Length"):
            headers.discard(name)
            answer.headers.pop(name, None)
        answer.raw = urllib3.HTTPResponse(
            body=io.BytesIO(body),
            headers=headers,
            status=raw.status,
            reason=raw.reason,
            preload_content=False,
            request_url=url,
        )
        return answer


def _read(raw: Any, url: str, most: int, end: float, limits: Limits, *, cut: bool) -> bytes:  # noqa: ANN401
    """Read a body to its end, within size and time; ``cut`` stops at the size instead of refusing."""
    parts: list[bytes] = []
    size = 0
    try:
        while True:
            part = raw.read1(2**16, decode_content=True)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > most and cut:
                return b"".join(parts)[:most]
            if size > most:
                raise FetchError(f"Invalid answer of '{url}'. It is larger than {most} bytes.")
            if time.monotonic() > end:
                raise FetchError(
                    f"Invalid answer of '{url}'. It was not complete after {limits.total_s:g} s "
                    f"({size} bytes came)."
                )
        if raw.length_remaining not in (None, 0):
            raise FetchError(
                f"Invalid answer of '{url}'. It broke off after {size} bytes: {raw.length_remaining} lack."
            )
    except urllib3.exceptions.DecodeError:
        raise FetchError(f"Invalid answer of '{url}'. Its compression is broken.") from None
    except urllib3.exceptions.ReadTimeoutError:
        raise FetchError(f"Invalid answer of '{url}'. It stopped for {limits.timeout_s:g} s.") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if isinstance(error, FetchError):
            raise
        raise FetchError(
            f"Invalid answer of '{url}'. It broke off after {size} bytes ({_cause(error)})."
        ) from None
    return b"".join(parts)


def _check_kind(answer: requests.Response, body: bytes, url: str, kind: str) -> None:
    """Look at type and first bytes before anything is decoded."""
    types, starts = KINDS[kind]
    told = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    begin = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    page = kind not in {"html", "any"} and begin.lower().startswith((b"<!doctype html", b"<html", b"<script"))
    wrong = (types and told and not any(word in told for word in types)) or (
        starts and not begin.startswith(starts)
    )
    if not body:
        raise FetchError(f"Invalid answer of '{url}'. It is empty.")
    if wrong or page:
        raise FetchError(
            f"Invalid answer of '{url}'. It should be {kind}, and is '{told or 'of no type'}' beginning with "
            f"{begin[:20]!r}. {BY_HAND}"
        )


def _refusal(answer: requests.Response, url: str) -> FetchError:
    """Say what a status means and what to do next."""
    status = answer.status_code
    told = answer.headers.get("Content-Type", "").lower()
    scripted = "javascript" in told or any(mark in answer.content[:_ERROR_BYTES] for mark in _SCRIPTS)
    said = {
        401: f"The host asks for a login, which this package never sends. {BY_HAND}",
        403: f"The host does not serve programs (403); that is respected. {BY_HAND}",
        404: (
            "The host answered 404 with a script: protection against programs, which is not bypassed. "
            + BY_HAND
            if scripted
            else "There is no such file (404): it has moved. Look for the new address on the publisher's "
            "page, or download it by hand and pass the path of the file."
        ),
        410: f"The file was withdrawn (410). {BY_HAND}",
        429: "The host asks for fewer requests (429). Wait, then try again.",
        503: "The host is busy (503). Try again later.",
    }
    return FetchError(f"Invalid answer of '{url}'. {said.get(status, f'The host answered {status}.')}")


def _wait_s(answer: requests.Response, attempt: int) -> float:
    """Return how long to wait: as the host says (seconds or a date), else longer each time."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdigit():
        return float(told)
    try:
        then = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return 2.0**attempt
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    return max(0.0, (then - dt.datetime.now(dt.UTC)).total_seconds())


def _take_turn(host: str, pause_s: float) -> None:
    """Wait until the host may be asked again."""
    with _turn:
        now = time.monotonic()
        when = max(now, _last_request.get(host, -pause_s) + pause_s) if host in _last_request else now
        _last_request[host] = when
    if when > now:
        time.sleep(when - now)


def _cause(error: BaseException) -> str:
    """Return the innermost reason of an error, on one line."""
    while True:
        inner = (
            error.__cause__
            or error.__context__
            or next((part for part in error.args if isinstance(part, BaseException)), None)
        )
        if inner is None:
            return " ".join(str(error).split()) or type(error).__name__
        error = inner


def _pools(total_s: float) -> dict[str, Any]:
    """Return pools whose connections shut their socket when no head of an answer came in time."""

    def bounded(kind: Any) -> Any:  # noqa: ANN401 - a class of urllib3
        class Bounded(kind):  # type: ignore[misc]
            def getresponse(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                late = threading.Event()
                timer = threading.Timer(total_s, _shut, [self.sock, late])
                timer.daemon = True
                timer.start()
                slow = f"no head of an answer came in {total_s:g} s"
                try:
                    answer = super().getresponse(*args, **kwargs)
                except OSError as error:  # a socket that was shut may read as ended or as reset
                    if late.is_set():
                        raise urllib3.exceptions.ProtocolError(slow) from error
                    raise
                finally:
                    timer.cancel()
                if late.is_set():
                    answer.close()
                    raise urllib3.exceptions.ProtocolError(slow)
                return answer

        return Bounded

    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    plain = type("Plain", (HTTPConnectionPool,), {"ConnectionCls": bounded(HTTPConnectionPool.ConnectionCls)})
    safe = type("Safe", (HTTPSConnectionPool,), {"ConnectionCls": bounded(HTTPSConnectionPool.ConnectionCls)})
    return {"http": plain, "https": safe}


def _shut(sock: Any, late: threading.Event) -> None:  # noqa: ANN401 - a socket, plain or wrapped
    import contextlib
    import socket

    late.set()
    with contextlib.suppress(OSError, AttributeError):
        sock.shutdown(socket.SHUT_RDWR)
