"""A hub on the loopback address, in a process of its own, that misbehaves on request.

`Hub` starts it, puts files into it, plans faults and reads what was asked of it. A server in a thread would keep
open connections after its shutdown; a process is killed. Served as the public hub does: HEAD on
/{repo}/resolve/{revision}/{path} announces size and checksum, large ("lfs") files are redirected to /cdn/...
"""

import hashlib
import json
import mmap
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from urllib.request import Request, urlopen

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_CHUNK = 1 << 20
_SLOW_CHUNK = 1 << 14


class Hub:
    """The server's process, seen from a test; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder)], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdout is not None
        self.address = f"http://127.0.0.1:{int(self._process.stdout.readline())}"

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def put(self, repo: str, path: str, content: bytes, *, lfs: bool = True) -> None:
        """Offer a file; lfs: announced by sha256 and redirected, else by git blob sha1 and sent at once."""
        target = self._folder / repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or target.read_bytes() != content:
            target.write_bytes(content)
        target.with_name(target.name + ".plain").unlink(missing_ok=True)
        if not lfs:
            target.with_name(target.name + ".plain").touch()

    def link(self, repo: str, path: str, source: Path) -> None:
        """Offer a large file that lies elsewhere; it is neither copied nor held in memory."""
        target = self._folder / repo / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source.resolve())

    def plan(self, *faults: dict[str, Any], method: str = "GET") -> None:
        """Meet the next requests of a method with these faults, one each; {} is a request without fault."""
        self._control({"method": method, "faults": list(faults)})

    def log(self) -> list[dict[str, Any]]:
        """Every request for a file so far: method, path, range, if_range, status, n_bytes sent as body."""
        with urlopen(self.address + "/_log", timeout=10) as answer:
            return json.load(answer)

    def reset(self) -> None:
        """Begin the log anew and forget all planned faults."""
        self._control({"reset": True})

    def served(self) -> int:
        """Bytes of content sent so far."""
        return sum(entry["n_bytes"] for entry in self.log())

    def _control(self, message: dict[str, Any]) -> None:
        with urlopen(Request(self.address + "/_plan", json.dumps(message).encode()), timeout=10):
            pass


class _Handler(BaseHTTPRequestHandler):
    """One request; faults come from the plan.

    status: answer with it. cut: close after so many bytes. corrupt: flip the byte at this offset. no_ranges: send
    everything. shift: begin this many bytes too late. size, linked_size, no_checksum: lie in the headers. extra:
    send more bytes than the file has, without a length. stall: send nothing for so many seconds after `cut` bytes.
    etag: another one. location: where to redirect. pause: seconds between pieces. loop: redirect to itself.
    """

    protocol_version = "HTTP/1.1"
    folder: Path
    faults: dict[str, list[dict[str, Any]]] = {"GET": [], "HEAD": []}  # noqa: RUF012
    requests: list[dict[str, Any]] = []  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if message.get("reset"):
            self.requests.clear()
            self.faults.update(GET=[], HEAD=[])
        else:
            self.faults[message["method"]][:] = message["faults"]
        self._answer(200, {}, b"")

    def do_GET(self) -> None:
        if self.path == "/_log":
            self._answer(200, {}, json.dumps(self.requests).encode())
        else:
            self._file()

    do_HEAD = do_GET  # noqa: N815

    def _file(self) -> None:
        path = unquote(self.path).lstrip("/")
        on_cdn = path.startswith("cdn/")
        repo, _, inner = path.removeprefix("cdn/").partition("/resolve/")
        key = f"{repo}/{inner.partition('/')[2]}"
        lfs = not (self.folder / f"{key}.plain").exists()
        redirected = lfs and not on_cdn
        plans = self.faults[self.command]
        fault = {} if (redirected and self.command == "GET") or not plans else plans.pop(0)
        file = self.folder / key
        self._note = {"method": self.command, "path": self.path, "n_bytes": 0, "status": 0}
        self._note |= {"range": self.headers["Range"], "if_range": self.headers["If-Range"]}
        self.requests.append(self._note)
        if "status" in fault or not file.is_file():
            self._answer(fault.get("status", 404), fault.get("headers", {}), b"")
        elif fault.get("loop"):
            self._answer(307, {"Location": self.path}, b"")
        elif redirected:
            self._redirect(path, file, fault)
        else:
            self._content(file, lfs, fault)

    def _redirect(self, path: str, file: Path, fault: dict[str, Any]) -> None:
        headers = {"Location": fault.get("location", f"/cdn/{path}"), "X-Repo-Commit": COMMIT}
        headers["X-Linked-Size"] = str(fault.get("linked_size", file.stat().st_size))
        headers["X-Linked-Etag"] = f'"{_digest(file, "sha256")}"'
        self._answer(302, headers, b"")

    def _content(self, file: Path, lfs: bool, fault: dict[str, Any]) -> None:
        content = _mapped(file)
        etag = fault.get(
            "etag", f'"cdn-{_digest(file, "sha256")[:8]}"' if lfs else f'"{_digest(file, "git")}"'
        )
        headers = {"ETag": etag, "X-Repo-Commit": COMMIT}
        if fault.get("no_checksum"):
            headers["ETag"] = '"5f3-612ab"'
        start, wanted = 0, self.headers["Range"]
        holds = self.headers["If-Range"] in (None, etag)
        if wanted and holds and not fault.get("no_ranges"):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self._answer(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
                return
            start += fault.get("shift", 0)
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if "corrupt" in fault:
            content[fault["corrupt"]] ^= 0xFF
        self._send(206 if "Content-Range" in headers else 200, headers, content[start:], fault)

    def _send(self, status: int, headers: dict[str, str], body: memoryview, fault: dict[str, Any]) -> None:
        if "extra" in fault:
            body = memoryview(bytes(body) + bytes(fault["extra"]))
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(fault.get("size", len(body)))
        self._head(status, headers)
        if self.command == "HEAD":
            return
        self._write(body[: fault.get("cut", len(body))], fault.get("pause", 0))
        if "stall" in fault:
            time.sleep(fault["stall"])
        if fault.keys() & {"cut", "extra", "size", "stall"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, body: memoryview, pause: float) -> None:
        size = _SLOW_CHUNK if pause else _CHUNK
        for start in range(0, len(body), size):
            self._note["n_bytes"] += self.wfile.write(body[start : start + size])
            time.sleep(pause)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._head(status, {"Content-Length": str(len(body)), **headers})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        if hasattr(self, "_note"):
            self._note["status"] = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _mapped(file: Path) -> memoryview:
    """The content, writable without effect on the file."""
    with file.open("rb") as stream:
        empty = file.stat().st_size == 0
        return memoryview(bytearray() if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))


_digests: dict[tuple[str, int, str], str] = {}


def _digest(file: Path, kind: str) -> str:
    """Sha256, or "git": sha1 of the git blob; a large file is read once."""
    key = (str(file), file.stat().st_mtime_ns, kind)
    if key not in _digests:
        content = _mapped(file)
        digest = hashlib.sha1(b"blob %d" % len(content) + bytes(1)) if kind == "git" else hashlib.sha256()
        digest.update(content)
        _digests[key] = digest.hexdigest()
    return _digests[key]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the game."""


if __name__ == "__main__":
    _Handler.folder = Path(sys.argv[1])
    server = _Server(("127.0.0.1", 0), _Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
