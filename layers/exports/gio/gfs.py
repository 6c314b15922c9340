"""The side-car that tells GDAL, and so QGIS, how to read a GIO.

Without it GDAL sees one table of coordinate texts, and writes a wrong side-car of its own next to the file;
so ours goes along from the start, under the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.exports.gio.geometry import RD_URN
from layers.exports.gio.xml import add, root, write

if TYPE_CHECKING:
    from layers.exports.gio.write import Gio

GEOMETRY: Final = "geometrie|Geometrie|geometrie"
MULTIPOLYGON: Final = "6"
FIELDS: Final = (("id", "geometrie|Geometrie|id"), ("naam", "naam"), ("groepID", "groepID"))


def write_gfs(gio: Gio) -> bytes:
    """Write the side-car of a GIO; widths are those of its longest texts, so that nothing is cut off."""
    texts = {
        "id": [location.id for location in gio.locations],
        "naam": [location.name for location in gio.locations],
        "groepID": [location.group for location in gio.locations],
    }
    top = root("GMLFeatureClassList", "", {})
    feature = add(top, "GMLFeatureClass", namespace="")
    for tag, text in (
        ("Name", "Locatie"),
        ("ElementPath", "Locatie"),
        ("GeometryElementPath", GEOMETRY),
        ("GeometryName", "geometrie"),
        ("GeometryType", MULTIPOLYGON),
        ("SRSName", RD_URN),
    ):
        add(feature, tag, text, namespace="")
    details = add(feature, "DatasetSpecificInfo", namespace="")
    add(details, "FeatureCount", str(len(gio.locations)), namespace="")
    for name, path in FIELDS:
        field = add(feature, "PropertyDefn", namespace="")
        for tag, text in (("Name", name), ("ElementPath", path), ("Type", "String")):
            add(field, tag, text, namespace="")
        longest = max(len(text.encode()) for text in texts[name])
        add(field, "Width", str(max(longest, 1)), namespace="")
    return write(top, declaration=False)
