"""Every rule over every file of a package, ours or anybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from layers.exports.gio.check_companion import check_companion, is_companion, parse_companion
from layers.exports.gio.check_gio import check_gio, check_own_form
from layers.exports.gio.check_ow import (
    check_manifest,
    check_ow,
    check_together,
    is_manifest,
    is_ow,
    parse_ow,
)
from layers.exports.gio.findings import Finding
from layers.exports.gio.parsed import is_gio, parse_gio
from layers.exports.gio.xml import parse
from layers.exports.location_id import exact_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.exports.gio.ow import Purpose
    from layers.exports.gio.parsed import ParsedGio

XML: Final = (".gml", ".xml")


def check_files(
    files: Mapping[str, bytes],
    *,
    purpose: Purpose | None = None,
    own: bool = False,
    earlier: Mapping[str, shapely.Geometry] | None = None,
) -> list[Finding]:
    """Check the GIOs, companions and OW files of a package.

    Parameters
    ----------
    files
        Path to bytes; what is no XML of a kind that is known here is passed over.
    purpose
        For a vision or an ordinance; None leaves out the rules that depend on it.
    own
        Whether the files are ours, which must also keep what this product promises of its files.
    earlier
        Geometry by id of an earlier delivery, to see whether an id kept its geometry (OZON0132).

    Returns
    -------
    list of Finding
        Sorted, each once.

    Raises
    ------
    InputError
        When a file is no well-formed XML.
    """
    roots = {path: parse(data, path) for path, data in files.items() if path.lower().endswith(XML)}
    gios = tuple(parse_gio(root, path) for path, root in roots.items() if is_gio(root))
    companions = [parse_companion(root, path) for path, root in roots.items() if is_companion(root)]
    objects = [thing for path, root in roots.items() if is_ow(root) for thing in parse_ow(root, path)]
    found: list[Finding] = []
    for gio in gios:
        found += check_gio(gio)
        if own:
            found += check_own_form(gio)
    for companion in companions:
        found += check_companion(companion, files, gios)
    found += check_ow(objects, purpose)
    for path, root in roots.items():
        if is_manifest(root):
            found += check_manifest(root, path)
    found += check_together(gios, companions, objects)
    found += _same_id(gios, earlier or {})
    return sorted(set(found))


def _same_id(gios: Sequence[ParsedGio], earlier: Mapping[str, shapely.Geometry]) -> Iterator[Finding]:
    """Check that an id stands for one geometry, in this package (STOP3018) and since an earlier one."""
    known = {key: ("OZON0132", _form(shape)) for key, shape in earlier.items()}
    for gio in gios:
        for location in gio.locations:
            if location.shape is None or not location.id:
                continue
            code, form = known.setdefault(location.id, ("STOP3018", _form(location.shape)))
            if form != _form(location.shape):
                yield Finding(code, gio.file, location.place)


def _form(shape: shapely.Geometry) -> bytes:
    try:
        form: bytes = shapely.to_wkb(exact_shape(shape))
    except ValueError:
        form = shapely.to_wkb(shape)
    return form
