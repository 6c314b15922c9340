"""The choice package of municipalities: content from the release, drawn as documents, in one zip each."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from analysis.package.answers import can_adopt
from analysis.package.content import make_package
from analysis.package.location_files import location_files_by_municipality, location_settings
from analysis.package.settings import settings_of
from api.jobs.deliver import deliver
from api.jobs.derive import ReleaseTables
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem
from gis.parallel import map_processes
from layers.building_blocks import read_blocks
from layers.documents import Paragraph
from layers.export_settings import UNDECIDED, slug
from layers.exports.rd_geojson import write_geojson
from layers.exports.working_areas import LAYER, write_geopackage
from layers.exports.zipped import pack
from layers.release import open_release
from layers.selection import read_selection
from maps.documents import docx, html, pdf
from maps.documents.package_page import NAME, PackageHead, package_page
from maps.documents.pictures import Atlas, Face

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from analysis.package.content import Package
    from analysis.package.settings import PackageSettings
    from layers.building_blocks import Blocks
    from layers.documents import Document, Figure
    from layers.release import Release
    from layers.selection import Selection
    from maps.documents.content import Picture

WORKERS = 2
MANY = 4
"""From so many packages on, more processes are worth their start."""
NOT_PUBLIC = (
    "Dit pakket is een concept voor overleg tussen gemeente en provincie. Het plan erachter is nog niet "
    "openbaar: overleg met de provincie voordat u het pakket verder deelt."
)
STATE = "stand.json"
"""What the next package compares itself with."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The package of one municipality, as it was written.

    Attributes
    ----------
    municipality, name
        Code and name.
    path
        The zip.
    files
        What it holds, in order.
    recommended
        Number of blocks that the evidence recommends.
    chosen
        Their ids, or those that the council chose.
    warnings
        In Dutch.
    """

    municipality: str
    name: str
    path: Path
    files: tuple[str, ...]
    recommended: int
    chosen: tuple[str, ...]
    warnings: tuple[str, ...]


class Packer:
    """Makes packages of one release; its layers are read once.

    Parameters
    ----------
    release
        With or without a plan; what it lacks is "not assessed" in the package.
    blocks
        Folder with building blocks of the user's own, beside those that ship.
    selection
        Choices of councils, or the file with them.
    authority_code
        Of the province, for ids of locations; a sample has a fictitious one.
    """

    def __init__(
        self,
        release: Release,
        *,
        blocks: Path | None = None,
        selection: Path | Selection | None = None,
        authority_code: str | None = None,
    ) -> None:
        self.tables: Mapping[str, pd.DataFrame] = ReleaseTables(release)
        self.blocks: Blocks = read_blocks(blocks)
        self.selection: Selection | None = (
            read_selection(selection, self.blocks) if isinstance(selection, Path) else selection
        )
        self.settings: PackageSettings = settings_of(
            release.project, release.name, authority_code=authority_code
        )
        self._project = release.project
        self._check_selection()

    @cached_property
    def _atlas(self) -> Atlas:
        return Atlas(self.tables, shown=Face(sample=self.settings.sample))

    @cached_property
    def _dossiers(self) -> Mapping[str, tuple[Document, ...]]:
        if "reservation_zones" not in self.tables:
            return {}
        return location_files_by_municipality(
            self.tables,
            settings=location_settings(self.settings, self._project),
            binds={block.id: block.binds for block in self.blocks},
        )

    def codes(self, wanted: Sequence[str]) -> list[str]:
        """Give the codes of municipalities named by code or by name; all of them without any.

        Raises
        ------
        InputError
            With every name that is none of the release's.
        """
        names = self.names()
        if not wanted:
            return sorted(names)
        problems, found = [], []
        known = {name.casefold(): code for code, name in names.items()} | {
            code.casefold(): code for code in names
        }
        for name in wanted:
            code = known.get(name.strip().casefold())
            if code is None:
                repair = f"Choose from {', '.join(sorted(names.values()))}."
                problems.append(Problem(f"no municipality {name}", repair, layer="municipalities"))
            else:
                found.append(code)
        if problems:
            raise InputError(*problems)
        return list(dict.fromkeys(found))

    def files(self, code: str, previous: Path | None = None) -> tuple[Package, dict[str, bytes]]:
        """Make the files of one package: the page first, then documents, maps and exchange files."""
        package = make_package(
            self.tables,
            self.blocks,
            code,
            settings=self.settings,
            selection=self.selection,
            previous=None if previous is None else _state(previous, code),
        )
        atlas = self._atlas.with_locations(package.locations)
        files: dict[str, bytes] = {}
        for document in package.documents:
            files |= _drawn(document, atlas.pictures(document))
        titles = {}
        for document in self._dossiers.get(code, ()):
            path = f"locatiedossiers/{document.name}.html"
            files[path] = html.draw(document, atlas.pictures(document))
            titles[path] = document.title
        if len(package.locations):
            files["werkingsgebieden.gpkg"] = write_geopackage(
                package.locations, self.settings.reference_date.isoformat()
            )
            files["werkingsgebieden.geojson"] = write_geojson(
                package.locations, LAYER, identifier="location_id"
            )
        for name, content in package.regels.items():
            files[f"regels/{name}.json"] = _json(content)
        files["wijzigingen.csv"] = package.changes.to_csv(index=False, sep=";").encode("utf-8-sig")
        files[STATE] = _json(package.state)
        head = PackageHead(
            municipality=package.name,
            status=package.documents[0].status,
            lead=_lead(package),
            notes=(*package.warnings, *self._shared_only()),
            titles=titles,
        )
        return package, {NAME: package_page(head, files), **files}

    def _shared_only(self) -> tuple[str, ...]:
        return (NOT_PUBLIC,) if self.settings.procedure_status in UNDECIDED else ()

    def names(self) -> dict[str, str]:
        """Give the name of every municipality by its code."""
        table = self.tables["municipalities"]
        return dict(zip(table["municipality_code"].astype(str), table["name"].astype(str), strict=True))

    def stem(self, code: str) -> str:
        """Give the stem of a package's file, ``keuzepakket-wijk-bij-duurstede``; a namesake adds its code."""
        return package_stem(self.names(), code)

    def _check_selection(self) -> None:
        if self.selection is None:
            return
        strange = sorted(set(self.selection.municipalities) - set(self.names()))
        if strange:
            raise InputError(
                *(
                    Problem(f"no municipality {code} in this release", "Correct the code.", field=code)
                    for code in strange
                )
            )


@dataclass(frozen=True, slots=True)
class Order:
    """What packages are made with; see `Packer`.

    Attributes
    ----------
    release
        Folder of the release.
    previous
        Earlier package (zip) or folder with earlier packages, for the list of changes.
    """

    release: Path
    blocks: Path | None = None
    selection: Path | None = None
    authority_code: str | None = None
    previous: Path | None = None

    def packer(self) -> Packer:
        """Open the release and read what the packages are made with."""
        return Packer(
            open_release(self.release),
            blocks=self.blocks,
            selection=self.selection,
            authority_code=self.authority_code,
        )


def package_stem(names: Mapping[str, str], code: str) -> str:
    """Give the stem of a package's file out of the names of all municipalities by code."""
    alike = [other for other, name in names.items() if slug(name) == slug(names[code])]
    return f"keuzepakket-{slug(names[code])}" + ("" if len(alike) == 1 else f"-{code.lower()}")


def make_packages(
    order: Order,
    municipalities: Sequence[str],
    out: Path,
    *,
    replace: bool = False,
    workers: int = WORKERS,
    progress: Callable[[str], None] | None = None,
) -> list[Packed]:
    """Make and write packages, one zip per municipality.

    Parameters
    ----------
    municipalities
        Names or codes; all of the release without any.
    out
        Folder for the zips.
    replace
        Whether other packages of the same name may be replaced.
    workers
        Processes when there are many packages; what they hold does not depend on their number.

    Raises
    ------
    InputError
        With every problem; packages are written only when all of them could be made.
    """
    tell = progress or (lambda _: None)
    packer = order.packer()
    codes = packer.codes(municipalities)
    zips: dict[str, tuple[Packed, bytes]] = {}
    if workers > 1 and len(codes) >= MANY:
        parts = [codes[start::workers] for start in range(workers)]
        for done in map_processes(partial(_zipped_apart, order, out), parts, workers):
            zips |= done
    else:
        for code in codes:
            tell(f"making the package of {code}")
            zips[code] = _zipped(packer, code, out, order.previous)
    for packed, content in (zips[code] for code in codes):
        deliver(out, packed.path.name, content, replace=replace)
    return [zips[code][0] for code in codes]


def _zipped_apart(order: Order, out: Path, codes: Sequence[str]) -> dict[str, tuple[Packed, bytes]]:
    """Make packages in a process of its own, which opens the release once for all of them."""
    packer = order.packer()
    return {code: _zipped(packer, code, out, order.previous) for code in codes}


def _zipped(packer: Packer, code: str, out: Path, previous: Path | None) -> tuple[Packed, bytes]:
    stem = packer.stem(code)
    package, files = packer.files(code, _earlier(previous, stem))
    blocks = package.blocks
    packed = Packed(
        municipality=code,
        name=package.name,
        path=out / f"{stem}.zip",
        files=tuple(files),
        recommended=int((blocks["verdict"] == "recommended").sum()),
        chosen=tuple(blocks.loc[blocks["chosen"].astype(bool), "block_id"].astype(str)),
        warnings=package.warnings,
    )
    return packed, pack(files)


def _drawn(document: Document, pictures: Mapping[Figure, Picture]) -> dict[str, bytes]:
    return {
        f"{document.name}.docx": docx.draw(document, pictures),
        f"{document.name}.pdf": pdf.draw(document, pictures),
        f"{document.name}.html": html.draw(document, pictures),
    }


def _lead(package: Package) -> str:
    """Take the answer of the document of one page, so that page and paper say the same."""
    short = next(document for document in package.documents if document.one_page)
    said = (part for part in short.parts if isinstance(part, Paragraph))
    return next((part.text for part in said if part.tone == "lead"), "")


def _json(content: Any) -> bytes:
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(content, option=option)


def _earlier(previous: Path | None, stem: str) -> Path | None:
    """Give the earlier package; of a folder the one of the same name, if it is there."""
    if previous is None or previous.is_file():
        return previous
    path = previous / f"{stem}.zip"
    return path if path.is_file() else None


def _state(path: Path, code: str) -> dict[str, Any]:
    """Read what an earlier package says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            state = orjson.loads(archive.read(STATE))
    except (OSError, KeyError, zipfile.BadZipFile, orjson.JSONDecodeError) as error:
        message = "this is no earlier choice package"
        raise InputError(
            Problem(message, "Give the zip as it was made, or a folder of those.", file=str(path))
        ) from error
    if not isinstance(state, dict):
        raise InputError(
            Problem("this is no earlier choice package", "Give the zip as it was made.", file=str(path))
        )
    if state.get("municipality", code) != code:
        message = f"the earlier package is of {state['municipality']}, not of {code}"
        raise InputError(Problem(message, "Give the package of the same municipality.", file=str(path)))
    return state


def rules_of(packer: Packer, code: str) -> dict[str, Any]:
    """Tell which rules a municipality can adopt, with reason, places, conditions and legal risk.

    Returns
    -------
    dict
        ``rules``: the rows of `analysis.package.answers.can_adopt`, recommended first; and the name.
    """
    table = can_adopt(
        packer.tables, packer.blocks, code, settings=packer.settings, selection=packer.selection
    )
    return {"municipality": code, "name": packer.names()[code], "rules": plain_rows(table)}
