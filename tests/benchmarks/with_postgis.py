"""The evidence steps as PostGIS takes them, with GiST indexes.

Loading, clustering, indexing and `VACUUM ANALYZE` come first and are not counted. Each step takes the fastest
of the statements that were tried; queries may use both processors.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import psycopg
import shapely

from tests.benchmarks.steps import (
    BANK_M,
    FIRST_CLASS,
    QUAD_SEGMENTS,
    Answer,
    Engine,
    EngineAbsentError,
)
from tests.support.postgis import PostgisAbsentError, postgis_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from tests.benchmarks.nation import Nation

SRID: Final = 28992
ROWS_AT_ONCE: Final = 20_000
SETTINGS: Final = {
    # compiling takes longer than these queries gain by it
    "jit": "off",
    "max_parallel_workers_per_gather": "2",
    # few rows that each cost much: plans must count work, not pages
    "min_parallel_table_scan_size": "0",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0.001",
}
NEAREST: Final = """
    SELECT p.id, n.id, n.gap
    FROM parks p CROSS JOIN LATERAL (
        SELECT t.id, t.geom <-> p.geom AS gap FROM {table} t {where} ORDER BY t.geom <-> p.geom LIMIT 1
    ) n
"""
OVERLAP: Final = """
    SELECT s.id, a.id, ST_Area(ST_Intersection(s.geom, a.geom))
    FROM {areas} a JOIN {shapes} s ON ST_Intersects(a.geom, s.geom)
"""
STATEMENTS: Final = {
    "a": NEAREST.format(table="homes", where=""),
    "b": """
        SELECT p.id, count(*) FROM parks p JOIN homes h ON ST_DWithin(p.geom, h.geom, p.reach) GROUP BY p.id
    """,
    "c1": NEAREST.format(table="waterways", where=f"WHERE t.rank >= {FIRST_CLASS}"),
    "c2": f"""
        SELECT p.id, ST_Length(ST_Intersection(
            ST_Boundary(p.geom), ST_Union(ST_Buffer(w.geom, {BANK_M}, {QUAD_SEGMENTS}))))
        FROM parks p JOIN waterways w ON ST_DWithin(p.geom, w.geom, {BANK_M})
        GROUP BY p.id, p.geom
    """,
    "d": OVERLAP.format(shapes="parks", areas="municipalities"),
    "e": OVERLAP.format(shapes="plots", areas="parks"),
    "f": """
        SELECT m.id, count(*) FROM municipalities m JOIN homes h ON ST_Intersects(m.geom, h.geom) GROUP BY m.id
    """,
}


class Postgis(Engine):
    """Statements over one connection; answers are fetched, as any user of them would."""

    def __init__(self, connection: psycopg.Connection[Any], nation: Nation, remarks: dict[str, str]) -> None:
        self.connection = connection
        self.parks, self.municipalities = len(nation.parks), len(nation.municipalities)
        self._remarks = remarks

    def remarks(self) -> dict[str, str]:
        """Give the version and how long loading and indexing took."""
        return self._remarks

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(STATEMENTS[name]).fetchall()

    def _nearest(self, name: str) -> Answer:
        park, target, distance = zip(*self._rows(name), strict=True)
        order = np.argsort(park)
        return {"target": np.array(target)[order], "distance": np.array(distance)[order]}

    def _filled(self, name: str, size: int) -> NDArray[np.float64]:
        values = np.zeros(size)
        row, value = zip(*self._rows(name), strict=True)
        values[list(row)] = value
        return values

    def _overlaps(self, name: str) -> Answer:
        shape, area, size = zip(*self._rows(name), strict=True)
        return {"shape": np.array(shape), "area": np.array(area), "size": np.array(size)}

    def a(self) -> Answer:
        """Find the nearest home of each park."""
        return self._nearest("a")

    def b(self) -> Answer:
        """Count the homes within each park's own distance."""
        return {"count": self._filled("b", self.parks)}

    def c1(self) -> Answer:
        """Find the nearest waterway for large ships."""
        return self._nearest("c1")

    def c2(self) -> Answer:
        """Measure the park boundary beside water."""
        return {"metres": self._filled("c2", self.parks)}

    def d(self) -> Answer:
        """Measure the overlap of parks and municipalities."""
        return self._overlaps("d")

    def e(self) -> Answer:
        """Measure the overlap of plots and parks."""
        return self._overlaps("e")

    def f(self) -> Answer:
        """Count the homes of each municipality."""
        return {"count": self._filled("f", self.municipalities)}


@contextmanager
def open_postgis(nation: Nation) -> Iterator[Postgis]:
    """Start a server of its own, load the nation and index it."""
    try:
        with postgis_server(SETTINGS) as address, psycopg.connect(address, autocommit=True) as connection:
            yield Postgis(connection, nation, _prepare(connection, nation))
    except PostgisAbsentError as error:
        raise EngineAbsentError(str(error)) from error


def load_shapes(connection: psycopg.Connection[Any], nation: Nation) -> None:
    """Copy in all layers but the homes."""
    _load(connection, "parks", nation.parks.geometry, ("reach float8", nation.parks["reach"]))
    _load(connection, "plots", nation.plots.geometry)
    _load(connection, "municipalities", nation.municipalities.geometry)
    _load(connection, "waterways", nation.waterways.geometry, ("rank int", nation.waterways["rank"]))


def versions(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Tell which PostgreSQL and PostGIS these are."""
    version = connection.execute("SELECT version(), postgis_full_version()").fetchone()
    return {
        "PostgreSQL": str(version[0]).split(" on ")[0] if version else "",
        "PostGIS": str(version[1]).split(" PROJ=")[0] if version else "",
    }


def _prepare(connection: psycopg.Connection[Any], nation: Nation) -> dict[str, str]:
    begin = time.perf_counter()
    load_shapes(connection, nation)
    _load(connection, "homes", np.asarray(shapely.points(nation.x, nation.y)))
    loaded = time.perf_counter()
    for table in ("parks", "plots", "municipalities", "waterways", "homes"):
        # rows in the order of the Hilbert curve, so that neighbours share pages
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM {table}_raw ORDER BY geom")
        connection.execute(f"DROP TABLE {table}_raw")
        connection.execute(f"ALTER TABLE {table} SET (parallel_workers = 2)")
        connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    connection.execute(f"CREATE INDEX ON waterways USING gist (geom) WHERE rank >= {FIRST_CLASS}")
    connection.execute("VACUUM ANALYZE")
    indexed = time.perf_counter()
    return {
        **versions(connection),
        "not counted": f"loading {loaded - begin:.1f} s, clustering and indexing {indexed - loaded:.1f} s",
    }


def _load(
    connection: psycopg.Connection[Any],
    table: str,
    geometry: Any,
    *columns: tuple[str, Sequence[Any]],
) -> None:
    """Copy rows in as hexadecimal WKB."""
    definition = "".join(f", {column}" for column, _ in columns)
    connection.execute(f"CREATE TABLE {table}_raw (id int, geom geometry(Geometry, {SRID}){definition})")
    shapes = shapely.to_wkb(shapely.set_srid(np.asarray(geometry), SRID), hex=True, include_srid=True)
    rows = zip(map(str, range(len(shapes))), shapes, *([str(v) for v in c] for _, c in columns), strict=True)
    lines = ["\t".join(row) + "\n" for row in rows]
    with connection.cursor().copy(f"COPY {table}_raw FROM STDIN") as copy:
        for start in range(0, len(lines), ROWS_AT_ONCE):
            copy.write("".join(lines[start : start + ROWS_AT_ONCE]))
