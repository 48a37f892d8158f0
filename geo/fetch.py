"""Download once, verify, remember when, work offline.

A file is asked for again only to learn whether it changed (ETag, Last-Modified). It is checked whole before
it replaces anything: status, type, length, size, time. Hosts are met with an honest name and at most one
request a second; what they refuse is not worked around.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from geo.display import Displayed
from geo.errors import FetchError, InvalidInputError, NotCoveredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MEBIBYTE: Final = 2**20
USER_AGENT: Final = "routeways/{version} (+project; analysis of published statistics)"
BY_HAND: Final = "Download it by hand in a browser and pass the path of the file."
_REDIRECTS: Final = 5
_PART: Final = ".part"


@dataclass(frozen=True, slots=True)
class Fetched(Displayed):
    """A file that was fetched, and what is known of the fetching.

    Attributes
    ----------
    path : Path
        Where the file stands.
    url, final_url : str
        What was asked for, and where redirects led.
    retrieved : str
        When the bytes were received, UTC, ISO 8601; of a file that has not changed since, the first time.
    checked : str
        When the host was last asked, UTC, ISO 8601.
    etag, last_modified, content_type : str
        As the host sent them, empty where it did not.
    sha256 : str
        Of the bytes of the file.
    size : int
        Bytes.
    unchanged : bool
        Whether the file that was held is still the newest (or was taken without asking, offline).
    published : str
        The publication date, ISO 8601, where the host or an index page says it.
    source : str
        The source that the file belongs to, where it is known.
    """

    path: Path
    url: str
    final_url: str
    retrieved: str
    checked: str
    etag: str
    last_modified: str
    content_type: str
    sha256: str
    size: int
    unchanged: bool = False
    published: str = ""
    source: str = ""


def home_folder(home: str | Path | None = None) -> Path:
    """Return the folder where fetched files and vintages are kept; nothing is created.

    Parameters
    ----------
    home : str or Path, optional
        Used as it is. Default: the environment variable ``ROUTEWAYS_HOME``; without it, the cache folder of
        the system (on Linux ``$XDG_CACHE_HOME/routeways``, else ``~/.cache/routeways``).

    Examples
    --------
    >>> home_folder("data/held").as_posix()
    'data/held'
    """
    if home is not None:
        return Path(home)
    if chosen := os.environ.get("ROUTEWAYS_HOME"):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_path("routeways"))


def held_path(url: str, *, home: str | Path | None = None, name: str | None = None) -> Path:
    """Return where the file of a URL is kept, whether or not it is there.

    The name of the file is the last part of the URL (publishers write the date into it); a folder made from
    the whole URL keeps equal names apart.

    Raises
    ------
    InvalidInputError
        If the URL is not http or https, or carries a user name or a password.

    Examples
    --------
    >>> held_path("https://example.org/a/21_August_2026.ods", home="held").as_posix()
    'held/files/example.org/5e70ebc9ae/21_August_2026.ods'
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise InvalidInputError(
            f"Invalid URL '{url}'. It must be http or https, with a host and no password."
        )
    last = name or parts.path.rstrip("/").rpartition("/")[2] or "index"
    safe = re.sub(r"[^\w.+-]", "_", last).lstrip(".")[-120:] or "file"
    digest = hashlib.sha256(url.encode()).hexdigest()[:10]
    return home_folder(home) / "files" / parts.hostname / digest / safe


def read_held(url: str, *, home: str | Path | None = None, name: str | None = None) -> Fetched:
    """Return the held file of a URL without asking the host.

    Raises
    ------
    NotCoveredError
        If no file is held, or the one that is held was changed or cut since it was fetched.
    """
    path = held_path(url, home=home, name=name)
    try:
        told = json.loads(_sidecar(path).read_text(encoding="utf-8"))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        held = Fetched(**{**told, "path": path, "unchanged": True})
    except (OSError, ValueError, TypeError):
        raise NotCoveredError(
            f"Invalid URL '{url}'. No file of it is held in '{path.parent}'; fetch it once with a network."
        ) from None
    if sha256 != held.sha256:
        raise NotCoveredError(
            f"Invalid file '{path}'. It is not what was fetched on {held.retrieved[:10]}; fetch it again."
        )
    return held


def fetch(
    url: str,
    *,
    home: str | Path | None = None,
    kind: str = "any",
    name: str | None = None,
    source: str = "",
    allow_hosts: Iterable[str] = (),
    max_bytes: int = 50 * MEBIBYTE,
    timeout_s: float = 30.0,
    total_s: float = 300.0,
    retries: int = 3,
    pause_s: float = 1.0,
    offline: bool = False,
    check: Callable[[bytes], None] | None = None,
) -> Fetched:
    """Fetch a file, or learn that the held one is still the newest.

    Parameters
    ----------
    url : str
        http or https.
    home : str or Path, optional
        See :func:`home_folder`.
    kind : str
        What the file must be: ``any``, ``ods``, ``xlsx``, ``csv``, ``json``, ``xml`` or ``html``;
        looked at before it is kept.
    name : str, optional
        Name of the file; default the last part of the URL.
    source : str
        Noted beside the file.
    allow_hosts : iterable of str
        Hosts that redirects may lead to, besides the one that was asked.
    max_bytes : int
        Refuse anything larger, decoded.
    timeout_s, total_s : float
        Seconds for one answer of the socket, and for the whole of one try.
    retries : int
        How often a busy or failing host is asked again.
    pause_s : float
        Least seconds between two requests to one host.
    offline : bool
        Return the held file and ask nobody.
    check : callable, optional
        Called with the whole body before it replaces anything; raises FetchError where it will not do.

    Returns
    -------
    fetched : Fetched

    Raises
    ------
    FetchError
        If the host refuses, is busy, sends another type, too much, too little or too slowly, or redirects
        elsewhere. A file that was held before stays as it was.
    NotCoveredError
        If ``offline`` and no file is held.
    InvalidInputError
        If the URL or ``kind`` is not valid.
    """
    from geo import _http

    if kind not in _http.KINDS:
        raise InvalidInputError(
            f"Invalid kind '{kind}'. It must be one of: {', '.join(sorted(_http.KINDS))}."
        )
    path = held_path(url, home=home, name=name)
    if offline:
        return read_held(url, home=home, name=name)
    limits = _http.Limits(kind, max_bytes, timeout_s, total_s, retries, pause_s)
    with _http.open_session(home_folder(home), limits, agent=user_agent()) as session:
        answer = _follow(session, url, {*allow_hosts}, limits)
    if check is not None:
        check(answer.content)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    fetched = Fetched(
        path=path,
        url=url,
        final_url=answer.url,
        retrieved=now,
        checked=now,
        etag=answer.headers.get("ETag", ""),
        last_modified=answer.headers.get("Last-Modified", ""),
        content_type=answer.headers.get("Content-Type", ""),
        sha256=hashlib.sha256(answer.content).hexdigest(),
        size=len(answer.content),
        unchanged=bool(getattr(answer, "from_cache", False)),
        source=source,
    )
    return _keep(fetched, answer.content)


def _keep(fetched: Fetched, body: bytes) -> Fetched:
    """Write the file and what is known of it, unless the same bytes are already there."""
    import dataclasses

    try:
        held = json.loads(_sidecar(fetched.path).read_text(encoding="utf-8"))
        same = held["sha256"] == fetched.sha256 == hashlib.sha256(fetched.path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        held, same = {}, False
    if same:
        fetched = dataclasses.replace(fetched, retrieved=str(held.get("retrieved", "")), unchanged=True)
    else:
        fetched = dataclasses.replace(fetched, unchanged=False)
        write_atomic(fetched.path, body)
    told = {key: value for key, value in asdict(fetched).items() if key not in {"path", "unchanged"}}
    write_atomic(_sidecar(fetched.path), (json.dumps(told, indent=1, sort_keys=True) + "\n").encode())
    return fetched


def read_sidecar(path: str | Path) -> Mapping[str, Any]:
    """Return what :func:`fetch` wrote down beside a file, empty where the file was not fetched by it.

    Examples
    --------
    >>> read_sidecar("somewhere/else.csv")
    {}
    """
    try:
        told = json.loads(_sidecar(Path(path)).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def write_atomic(path: str | Path, body: bytes) -> None:
    """Write a file whole or not at all: to a neighbour first, flushed to the disk, then renamed.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def user_agent() -> str:
    """Return the name that hosts are told.

    Examples
    --------
    >>> user_agent().startswith("routeways/")
    True
    """
    import geo

    return USER_AGENT.format(version=vars(geo)["__version__"])


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.fetched.json")


def _follow(session: Any, url: str, allowed: set[str], limits: Any) -> Any:  # noqa: ANN401 - requests' own types
    """Ask, and follow redirects only where they may lead."""
    from geo import _http

    here = url
    for _ in range(_REDIRECTS + 1):
        answer = _http.ask(session, here, limits)
        if not answer.is_redirect:
            return answer
        there = urljoin(here, answer.headers["Location"])
        old, new = urlsplit(here), urlsplit(there)
        safer = new.scheme == old.scheme or (old.scheme, new.scheme) == ("http", "https")
        same_port = new.port == old.port or new.scheme != old.scheme
        if not (safer and ((new.hostname == old.hostname and same_port) or new.hostname in allowed)):
            raise FetchError(
                f"Invalid redirect '{there}'. '{here}' leads to another host or away from https, "
                f"which is not followed. {BY_HAND}"
            )
        here = there
    raise FetchError(f"Invalid URL '{url}'. It redirects more than {_REDIRECTS} times.")
