"""``kringruimte evidence`` against the number of homes: seconds and the most memory, printed.

    python -m tests.benchmarks.evidence_streamed 400000 1600000

Each size goes in a process of its own, which does all of the work.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path  # noqa: TC003 - made by the code of the child
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from tests.support.tiny_world import HEAD, LAYER

WEST, SOUTH, SIDE_M = 100_000.0, 400_000.0, 100_000.0
PARKS: Final = 100
HERE: Final = "tests.benchmarks.evidence_streamed"


def write_land(folder: Path, homes: int) -> Path:
    """Write 100 parks of 25 ha in 10,000 km2, and homes in 200 towns in the order of a registry."""
    rng = np.random.default_rng(1)
    names = [f"P{number:03}" for number in range(PARKS)]
    corner = rng.uniform(0, SIDE_M, (PARKS, 2)) + (WEST, SOUTH)
    layers = {
        "parks": gpd.GeoDataFrame(
            {"park_id": names, "name": names, "max_category": "4.2"},
            geometry=shapely.box(*corner.T, *(corner + 500.0).T),
            crs=28992,
        ),
        "municipalities": gpd.GeoDataFrame(
            {"municipality_code": ["GM0344"], "name": ["Utrecht"]},
            geometry=[shapely.box(WEST, SOUTH, WEST + SIDE_M, SOUTH + SIDE_M)],
            crs=28992,
        ),
    }
    town = rng.uniform(0, SIDE_M, (200, 2))[rng.integers(0, 200, homes)]
    spots = np.clip(town + rng.normal(0, 1500, (homes, 2)), 0, SIDE_M) + (WEST, SOUTH)
    layers["sensitive_objects"] = gpd.GeoDataFrame(
        {"object_id": np.char.add("NL.", np.arange(homes).astype(str)), "kind": "home"},
        geometry=shapely.points(spots),
        crs=28992,
    )
    text = HEAD.format(date="2026-01-01", parameters="")
    for name, frame in layers.items():
        frame.to_parquet(folder / f"{name}.parquet")
        text += LAYER.format(name=name).replace(".geojson", ".parquet")
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return folder / "project.toml"


def measure(folder: Path) -> None:
    """Do it once and print seconds and the most memory of this process."""
    from api.cli.main import main

    begin = time.perf_counter()
    main(["evidence", str(folder / "project.toml"), "--out", str(folder / "out")])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - begin:.0f} s, {peak:.0f} MiB")


if __name__ == "__main__":
    for count in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as place:
            print(f"{count:,} homes", flush=True)
            for step in (f"write_land(Path({place!r}), {count})", f"measure(Path({place!r}))"):
                code = f"from pathlib import Path; from {HERE} import measure, write_land; {step}"
                subprocess.run([sys.executable, "-c", code], check=True)
