"""One request to the hub: what it announces about a file, and the file's bytes from any offset on.

The hub's protocol, as far as it is used here: HEAD on /{repo}/resolve/{revision}/{path} announces size and checksum,
for large files in X-Linked-Size and X-Linked-Etag (a sha256) of a redirect to where the bytes are, for small ones in
Content-Length and ETag (a git blob's sha1). GET on the same address follows the redirect.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from engine.errors import DownloadError
from engine.models.spec import WeightFile

HUB_VARIABLE = "EVENSTAR_HUB"
"""Environment variable with the base address of a mirror."""
PUBLIC_HUB = "https://huggingface.co"

_CHUNK = 1 << 18
_MAX_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers that may be different a moment later."""
_LINKED = ("X-Repo-Commit", "X-Linked-Etag", "X-Linked-Size")


class InterruptedTransferError(Exception):
    """The connection or the server failed in a way that may pass; the message is half a sentence."""

    def __init__(self, why: str, *, answered: bool) -> None:
        super().__init__(why)
        self.answered = answered
        """A server was reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the hub announces about a file."""

    url: str
    """Of the commit that was announced."""
    name: str
    n_bytes: int
    checksum: str
    """64 hexadecimal digits: sha256 of the content; 40: sha1 of the git blob."""


class Stream:
    """The bytes of a file from `start` on."""

    def __init__(self, response: HTTPResponse, start: int) -> None:
        self._response = response
        self.start = start
        """Offset of the first byte that comes; 0 where the server did not grant the range."""
        etag = response.headers.get("ETag")
        self.etag = etag if etag and not etag.startswith("W/") else None
        """Of the answer that carries the bytes: what If-Range needs later."""

    def chunks(self) -> Iterator[bytes]:
        """Yield bytes as they come, until the server ends; raises InterruptedTransferError."""
        while True:
            with _passing_failures():
                chunk = self._response.read1(_CHUNK)
            if not chunk:
                return
            yield chunk


def hub_address() -> str:
    """The base address of the hub in use; raises DownloadError when it is no web address."""
    address = (os.environ.get(HUB_VARIABLE) or PUBLIC_HUB).rstrip("/")
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
        raise DownloadError(f"{HUB_VARIABLE} is {address!r}, need an address such as {PUBLIC_HUB}")
    return address


def ask(file: WeightFile, timeout_seconds: float) -> Offer:
    """Ask the hub what it has; raises DownloadError, or InterruptedTransferError when it may pass."""
    headers = _announcement(_address(file, file.revision), file, timeout_seconds)
    size = headers.get("X-Linked-Size") or headers.get("Content-Length") or ""
    checksum = (
        (headers.get("X-Linked-Etag") or headers.get("ETag") or "").removeprefix("W/").strip('"').lower()
    )
    if not size.isdecimal():
        raise DownloadError(f"the hub does not say how large {file.name} is: fetch and import it by hand")
    if not re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", checksum):
        raise DownloadError(f"the hub announces no checksum for {file.name}: fetch and import it by hand")
    return Offer(
        url=_address(file, headers.get("X-Repo-Commit") or file.revision),
        name=file.name,
        n_bytes=int(size),
        checksum=checksum,
    )


@contextmanager
def open_stream(offer: Offer, start: int, etag: str | None, timeout_seconds: float) -> Iterator[Stream]:
    """Open the file's bytes, from `start` on where the server grants it and the etag still holds, else from 0.

    Raises DownloadError, or InterruptedTransferError when it may pass.
    """
    wanted = {"Range": f"bytes={start}-", **({"If-Range": etag} if etag else {})} if start else {}
    response = _follow(offer.url, wanted, offer.name, timeout_seconds)
    granted = _granted(response)
    if granted not in (0, start):
        response.close()
        response, granted = _follow(offer.url, {}, offer.name, timeout_seconds), 0
    with response:
        _check_length(response, offer, granted)
        yield Stream(response, granted)


def _address(file: WeightFile, revision: str) -> str:
    return f"{hub_address()}/{file.repo}/resolve/{quote(revision, safe='')}/{quote(file.repo_path)}"


class _PlainAnswers(HTTPRedirectHandler):
    """Redirects, and ranges that were not granted, come back as answers: what follows is decided here."""

    def _answer(self, _: Request, fp: HTTPResponse, *__: object) -> HTTPResponse:
        return fp

    http_error_301 = http_error_302 = http_error_303 = http_error_307 = http_error_308 = _answer  # type: ignore

    def http_error_416(self, req: Request, fp: HTTPResponse, *_: object) -> HTTPResponse | None:
        return fp if req.has_header("Range") else None


_OPENER = build_opener(_PlainAnswers)


def _announcement(url: str, file: WeightFile, timeout_seconds: float) -> Message:
    """Headers of the first answer that announces a linked file, or of the last answer.

    A linked file's store is not asked: addresses signed for GET refuse HEAD.
    """
    seen = Message()
    for _ in range(_MAX_REDIRECTS):
        with _send(url, "HEAD", {}, file.name, timeout_seconds) as answer:
            for name in _LINKED:
                if name in answer.headers and name not in seen:
                    seen[name] = answer.headers[name]
            if answer.status not in _REDIRECTS:
                return _merged(seen, answer.headers)
            if "X-Linked-Etag" in seen and "X-Linked-Size" in seen:
                return seen
            url = _next(url, answer, file.name)
    raise DownloadError(f"the hub sends the request for {file.name} in circles")


def _merged(seen: Message, last: Message) -> Message:
    for name in ("ETag", "Content-Length"):
        if name in last:
            seen[name] = last[name]
    return seen


def _follow(url: str, headers: dict[str, str], name: str, timeout_seconds: float) -> HTTPResponse:
    for _ in range(_MAX_REDIRECTS):
        answer = _send(url, "GET", headers, name, timeout_seconds)
        if answer.status not in _REDIRECTS:
            return answer
        with answer:
            url = _next(url, answer, name)
    raise DownloadError(f"the hub sends the request for {name} in circles")


def _next(url: str, answer: HTTPResponse, name: str) -> str:
    target = urljoin(url, answer.headers.get("Location", ""))
    secure, scheme = urlsplit(url).scheme == "https", urlsplit(target).scheme
    if scheme != "https" and (secure or scheme != "http"):
        raise DownloadError(f"the hub sends {name} to an unprotected address, which is not followed")
    return target


def _send(url: str, method: str, headers: dict[str, str], name: str, timeout_seconds: float) -> HTTPResponse:
    """The answer, when it is a success, a redirect or 416; raises as `ask` does."""
    fixed = {"User-Agent": "evenstar", "Accept-Encoding": "identity"}
    request = Request(url, headers=fixed | headers, method=method)
    with _passing_failures():
        try:
            return _OPENER.open(request, timeout=timeout_seconds)
        except HTTPError as answer:
            _refuse(answer, url, name)


def _refuse(answer: HTTPError, url: str, name: str) -> NoReturn:
    """Turn a refusing answer into the error that says what helps."""
    answer.close()
    host = urlsplit(url).netloc
    if answer.code in _PASSING:
        raise InterruptedTransferError(f"{host} answers {answer.code}", answered=True)
    if answer.code in (401, 403):
        raise DownloadError(
            f"{host} gives {name} only to people who logged in and accepted its terms there: "
            f"fetch {url} with a browser and import the file"
        )
    if answer.code in (404, 410):
        raise DownloadError(f"{host} does not have {name} any more: {url} answers {answer.code}")
    raise DownloadError(f"{host} refuses {name} with answer {answer.code}")


@contextmanager
def _passing_failures() -> Iterator[None]:
    """Turn what a network does into InterruptedTransferError."""
    try:
        yield
    except URLError as error:
        raise InterruptedTransferError(_reason(error.reason), answered=False) from error
    except (HTTPException, OSError) as error:
        raise InterruptedTransferError(_reason(error), answered=True) from error


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "it stopped answering"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


def _granted(response: HTTPResponse) -> int:
    """Offset of the first byte that comes; -1 when none does, or nobody knows which."""
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if response.status == 206:
        return int(match[1]) if match else -1
    return 0 if response.status == 200 else -1


def _check_length(response: HTTPResponse, offer: Offer, start: int) -> None:
    """Raise DownloadError when what comes is not as long as what was announced."""
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and start + int(length) != offer.n_bytes:
        raise DownloadError(
            f"the hub announced {offer.n_bytes} bytes for {offer.name} and sends {start + int(length)}: "
            "nothing was taken"
        )
