"""Plain files and ATOM downloads: streamed into the cache, then read as any file of a project is."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote, urlsplit

import pandas as pd
import pyproj
import shapely

from gis.archives import DATA_SUFFIXES
from gis.crs import RD, horizontal
from gis.errors import InputError
from gis.files import read
from gis.locate import locate
from layers.sources.addresses import linked
from layers.sources.download import download
from layers.sources.faults import FetchError
from layers.sources.ogc_features import asked
from layers.sources.parquet import ParquetSink
from layers.sources.reading import local_name, read_xml
from layers.sources.tables import as_arrow

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

    from gis.table import Table
    from layers.sources.client import Answer, Client
    from layers.sources.journal import Journal
    from layers.sources.wanted import Got, Wanted

_ATOM: Final = "application/atom+xml"
_ANYTHING: Final = "*/*"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DOWNLOADS: Final = ("alternate", "enclosure", "section")
_DEEPEST: Final = 3
"""Feeds within feeds: a service, a data set, and one to spare."""


def fetch_file(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch a file into a GeoParquet file.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    found = download(client, asked(wanted, wanted.url, _ANYTHING), journal)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        # our reader tells formats apart by their ending
        name = _file_name(found.url, wanted.member)
        (Path(folder) / name).symlink_to(found.path.resolve())
        inside = f"{name}/{wanted.member}" if wanted.member else name
        try:
            table = read(locate(inside, Path(folder)), wanted.member_layer)
        except InputError as error:
            raise FetchError("unreadable", error.problems[0].message) from error
    return _write(table, wanted, target)


def fetch_atom(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Follow an ATOM feed to a file and fetch that.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    url = wanted.url
    for _ in range(_DEEPEST):
        kind, url = client.ask(
            asked(wanted, url, _ATOM), journal, lambda answer: _chosen(answer, wanted.name, wanted.hosts)
        )
        if _ATOM not in kind:
            return fetch_file(client, journal, replace(wanted, url=url), target)
    raise FetchError("page_loop", "the feed only leads to other feeds")


def fetch_gio(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch the GML of a GIO; it becomes a table with our columns.

    `wanted.name` is the layer: ``protected_areas`` or ``reservations``.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    from layers.exports.gio.as_layer import gio_as_layer

    found = download(client, asked(wanted, wanted.url, _ANYTHING), journal)
    layer: Literal["protected_areas", "reservations"] = (
        "reservations" if wanted.name == "reservations" else "protected_areas"
    )
    try:
        table = gio_as_layer(found.path, layer, kind=wanted.kind or None)
    except InputError as error:
        raise FetchError("unreadable", error.problems[0].message) from error
    frame = pd.DataFrame(table.drop(columns="geometry"))
    with ParquetSink(target, pyproj.CRS.from_user_input(RD), wanted.area) as sink:
        sink.add(as_arrow(frame), shapely.to_wkb(table.geometry.to_numpy()))
    return sink.got(len(frame))


def _chosen(answer: Answer, words: str, hosts: frozenset[str]) -> tuple[str, str]:
    """Choose the download of a feed: the first link of the first entry that has all words."""
    root = read_xml(answer)
    if local_name(root) != "feed":
        raise FetchError("not_data", f"a feed was asked and {local_name(root)} came")
    entries = list(root.iter("{*}entry"))
    named = [entry for entry in entries if all(word in _told(entry) for word in words.lower().split())]
    # a feed inside a feed has other words in it: its only entry is meant
    for entry in named or (entries if len(entries) == 1 else []):
        for link in entry.iter("{*}link"):
            if link.get("rel", "alternate") in _DOWNLOADS:
                return link.get("type", ""), linked(answer.url, link.get("href"), hosts)
    titles = "; ".join(sorted(_title(entry) for entry in entries))[:300]
    raise FetchError("no_such_layer", f"no entry with {words!r}; there are: {titles or 'none'}")


def _told(entry: etree._Element) -> str:
    """Give what an entry says about itself, links and coordinate systems included."""
    said = [str(text) for text in entry.itertext()]
    said += [str(value) for one in entry.iter() for value in one.attrib.values()]
    return " ".join(said).lower()


def _title(entry: etree._Element) -> str:
    found = entry.find("{*}title")
    return "" if found is None or found.text is None else found.text.strip()


def _file_name(url: str, member: str | None) -> str:
    """Give a safe name with the ending of the address; a zip when something inside it is meant."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    suffix = PurePosixPath(name).suffix.lower()
    if member is not None:
        return "file.zip"
    if suffix not in (*DATA_SUFFIXES, ".zip", ".geoparquet", ".pq", ".xml", ".txt"):
        raise FetchError(
            "unreadable", f"the address does not end in a kind of file that is known: {name[:60]!r}"
        )
    return name if _NAME.fullmatch(name) else f"file{suffix}"


def _write(table: Table, wanted: Wanted, target: Path) -> Got:
    """Write a table of our reader as GeoParquet, after a look at its system."""
    notes = tuple(sorted({f"{record.rule}: {record.before}" for record in table.records if record.before}))
    if table.geometry is None:
        raise FetchError("geometry_changed", "the file has no geometry")
    if table.crs is not None and wanted.crs and not _agrees(table.crs, wanted.crs):
        raise FetchError("wrong_crs", f"{wanted.crs} was expected, and the file says {table.crs.name}")
    if not len(table.frame):
        raise FetchError("empty", "the file has no rows")
    with ParquetSink(target, table.crs, wanted.area) as sink:
        sink.add(as_arrow(table.frame), shapely.to_wkb(table.geometry))
    return sink.got(len(table.frame), notes)


def _agrees(found: pyproj.CRS, expected: str) -> bool:
    """Tell whether two systems are the same apart from heights and the order of axes."""
    one, other = horizontal(found), horizontal(expected)
    return bool(one.equals(other, ignore_axis_order=True) or one.to_epsg(20) == other.to_epsg(20) is not None)
