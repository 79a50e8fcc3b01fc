"""How fast one process takes in an archive that is elsewhere, relative to the same file on this machine.

    python -m benchmarks.remote_archives [--responses 2000] [--rounds 3]

The object store (moto, as S3) and a server of HTTP that sends ranges are processes of their own on loopback; their CPU time is
not counted. `newsbot backfill --workers 1`, entities off, into an empty SQLite file; the three take turns. Figures:
benchmarks/archive.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.archive import Measured, backfill, generate, middle

STORE = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""
WEB = """
import re, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
content = open(sys.argv[1], "rb").read()
class Ranges(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        start, end = map(int, re.fullmatch(r"bytes=(\\d+)-(\\d+)", self.headers["Range"]).groups())
        part = content[start : end + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Ranges)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""


def main() -> None:
    """Parse the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "made-up.warc.gz"
        generate(path, asked.responses, None)
        store, store_url = started(STORE)
        web, web_url = started(WEB, str(path))
        try:
            os.environ |= {
                "AWS_ENDPOINT_URL": store_url,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
            }
            _print(path, _measure(path, web_url, asked.rounds))
        finally:
            store.kill()
            web.kill()


def started(program: str, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """Start a server; return its process and its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def _measure(path: Path, web_url: str, rounds: int) -> dict[str, list[Measured]]:
    import s3fs

    files = s3fs.S3FileSystem()
    files.mkdir("bench")
    files.put_file(str(path), "bench/made-up.warc.gz")
    places = {"file": str(path), "s3": "s3://bench/made-up.warc.gz", "http": f"{web_url}/made-up.warc.gz"}
    found: dict[str, list[Measured]] = {name: [] for name in places}
    for _ in range(rounds):
        for name, place in places.items():
            found[name].append(backfill(place, 1, path.with_name("bench.db")))
            print(name, found[name][-1], file=sys.stderr, flush=True)
    return found


def _print(path: Path, found: dict[str, list[Measured]]) -> None:
    print(f"{path.stat().st_size / 1e6:.0f} MB")
    print("| | articles | s | CPU s | CPU s of each run | peak MB |\n|---|---|---|---|---|---|")
    for name, runs in found.items():
        run = middle(runs)
        each = ", ".join(f"{one.cpu_s:.1f}" for one in runs)
        print(
            f"| {name} | {run.articles:.0f} | {run.wall_s:.1f} | {run.cpu_s:.1f} | {each} | {run.peak_mb:.0f} |"
        )


if __name__ == "__main__":
    main()
