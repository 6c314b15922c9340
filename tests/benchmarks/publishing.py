"""``python -m tests.benchmarks.publishing``: many clients while a release is published every few seconds.

Every answer must come, and come from one release: all rows of a release hold its number. The clients share the
machine with the service, so the times say little; errors, torn answers and memory are what is looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import httpx
import pandas as pd
import shapely
from rich.console import Console

from api.jobs.publish import publish
from layers.catalogue import layers_of
from layers.release_writer import ReleaseWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.release import Release

LAYER: Final = "municipalities"
PROJECT: Final[dict[str, Any]] = {
    "name": "Drukte",
    "authority": "Provincie Voorbeeld",
    "sample": True,
    "reference_date": "2026-01-01",
    "procedure_status": "adopted",
    "sources": [],
}
START_S: Final = 60
FLAT: Final = 1.15
"""What memory may grow between the second and the last quarter of the run."""


@dataclass
class Tally:
    """What the clients met."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    releases: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    torn: int = 0
    memory: list[float] = field(default_factory=list)
    published: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the clients, and give 1 when an answer failed, was torn or memory grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.publishing", description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two publications")
    parser.add_argument("--rows", type=int, default=400, help="rows of each release")
    parser.add_argument("--releases", type=int, default=6, help="different releases, published in turn")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kringruimte-publishing-") as place:
        releases = [make_release(Path(place), number, options.rows) for number in range(options.releases)]
        folder = Path(place) / "published"
        publish(releases[0], folder, now=datetime.now(UTC))
        server, base = start(folder, options.workers)
        try:
            tally = asyncio.run(press(base, server.pid, folder, releases, options))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    return show(tally, options)


def make_release(place: Path, number: int, rows: int) -> Release:
    """Write a release in which every row holds the number of the release."""
    layer = next(layer for layer in layers_of([LAYER]) if layer.name == LAYER)
    absent = pd.Series([None] * rows, dtype="object")
    table = pd.DataFrame({column.name: absent for column in layer.columns})
    table["municipality_code"] = [f"GM{row:04d}" for row in range(rows)]
    table["name"] = [f"Gemeente {row} van uitgave {number}" for row in range(rows)]
    table["inhabitants"] = float(number)
    boxes = [shapely.box(100_000 + 100 * n, 450_000, 100_050 + 100 * n, 450_050) for n in range(rows)]
    frame = gpd.GeoDataFrame(table, geometry=boxes, crs="EPSG:28992")
    with ReleaseWriter(place / "releases", {"number": number, "rows": rows}) as writer:
        writer.write_data({LAYER: frame}, PROJECT)
        return writer.commit()


def start(folder: Path, workers: int) -> tuple[subprocess.Popen[bytes], str]:
    """Start the service on a free port and wait until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = "import sys; from api.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", run, "serve", str(folder), "--port", str(port)]
    # all clients have one address here, and the limit for one address is not what is tried
    many = {"KRING_BURST": "1000000", "KRING_PER_SECOND": "1000000"}
    server = subprocess.Popen(
        [*command, "--workers", str(workers)], stderr=subprocess.DEVNULL, env={**os.environ, **many}
    )
    base = f"http://127.0.0.1:{port}"
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(f"{base}/readyz", timeout=5).is_success:
                return server, base
        except httpx.TransportError:
            time.sleep(0.2)
    server.kill()
    raise RuntimeError("the service did not start")


async def press(
    base: str, pid: int, folder: Path, releases: Sequence[Release], options: argparse.Namespace
) -> Tally:
    """Let all clients ask until the time is over, while releases are published in turn."""
    tally = Tally()
    end = time.monotonic() + options.seconds
    limits = httpx.Limits(max_connections=options.clients, max_keepalive_connections=options.clients)
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
        clients = [_client(client, end, releases, options.rows, tally) for _ in range(options.clients)]
        turning = _publish(folder, releases, end, options.every, tally)
        await asyncio.gather(*clients, turning, _watch(pid, end, tally))
    return tally


async def _client(
    client: httpx.AsyncClient, end: float, releases: Sequence[Release], rows: int, tally: Tally
) -> None:
    limit = min(rows, 100)
    while time.monotonic() < end:
        begun = time.perf_counter()
        try:
            answer = await client.get(f"/v1/collections/{LAYER}/items", params={"limit": limit, "f": "json"})
            tally.statuses[answer.status_code] += 1
            document = answer.json()
            numbers = {feature["properties"]["inhabitants"] for feature in document["features"]}
            whole = len(document["features"]) == limit and document["numberMatched"] == rows
        except (httpx.HTTPError, ValueError, KeyError) as error:
            tally.errors.append(repr(error)[:200])
            continue
        tally.seconds.append(time.perf_counter() - begun)
        if len(numbers) == 1 and whole:
            tally.releases[releases[int(numbers.pop())].name] += 1
        else:
            tally.torn += 1


async def _publish(folder: Path, releases: Sequence[Release], end: float, every: float, tally: Tally) -> None:
    while time.monotonic() + every < end:
        await asyncio.sleep(every)
        tally.published += 1
        release = releases[tally.published % len(releases)]
        await asyncio.to_thread(publish, release, folder, now=datetime.now(UTC))


async def _watch(pid: int, end: float, tally: Tally) -> None:
    while time.monotonic() < end:
        tally.memory.append(sum(_resident(each) for each in (pid, *_children(pid))))
        await asyncio.sleep(0.5)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> float:
    """Give the memory that a process holds, MiB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def show(tally: Tally, options: argparse.Namespace) -> int:
    """Print what was met and judge it."""
    console = Console()
    times = sorted(tally.seconds)
    quarter = max(len(tally.memory) // 4, 1)
    early = statistics.median(tally.memory[quarter : 2 * quarter] or tally.memory)
    late = statistics.median(tally.memory[-quarter:])
    console.print(f"{options.clients} clients, {options.seconds:.0f} s, {options.workers} worker(s)")
    console.print(
        f"answers {len(times)}, {len(times) / options.seconds:.0f} a second, statuses {dict(tally.statuses)}"
    )
    if times:
        p50, p99 = (1000 * times[int(share * (len(times) - 1))] for share in (0.5, 0.99))
        console.print(f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {1000 * times[-1]:.0f} ms")
    console.print(f"publications {tally.published}, releases met {len(tally.releases)}")
    console.print(f"errors {len(tally.errors)} {tally.errors[:3]}, torn {tally.torn}")
    console.print(f"memory second quarter {early:.0f} MiB, last quarter {late:.0f} MiB")
    failed = tally.errors or tally.torn or set(tally.statuses) != {200} or late > FLAT * early
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
