"""Routes of files: rasters, packages of municipalities, and the releases of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from api.http import documents
from api.http.answers import (
    ROOT,
    answer_json,
    answer_list,
    caller_of,
    house_of,
    policy_of,
    root_of,
    subject_of,
)
from api.http.documents import link
from api.http.package_rights import package_stems
from api.http.problems import not_found
from api.http.queries import check_names
from api.http.ranges import file_answer
from api.http.routes_features import READ, Seen

if TYPE_CHECKING:
    from api.http.access.caller import Caller
    from api.http.shown import Shown

COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
ZIP: Final = "application/zip"
RASTERS: Final = "data/surface/"
RASTER_SUFFIX: Final = ".tif"
PACKAGE_SUFFIX: Final = ".zip"
TITLES: Final = {
    "exclusions": "Waar niets kan, en waarom",
    "room_high": "Ruimte tot gevoelige objecten in m, hoogste lezing",
    "room_low": "Ruimte tot gevoelige objecten in m, laagste lezing",
    "usable_high": "Indicatieve benutbare categorie, hoogste lezing",
    "usable_low": "Indicatieve benutbare categorie, laagste lezing",
}

router = APIRouter(prefix=ROOT, redirect_slashes=False)


@router.api_route("/rasters", methods=READ)
def rasters(request: Request, shown: Seen) -> Response:
    """List the rasters that the caller may see."""
    root = root_of(request)

    def make() -> documents.Document:
        return {
            "links": [link(f"{root}/rasters", "self", documents.JSON, "Dit document")],
            "rasters": [
                {
                    "id": name,
                    "title": TITLES.get(name, name),
                    "links": [link(f"{root}/rasters/{name}", "enclosure", COG, TITLES.get(name, name))],
                }
                for name in _rasters(shown)
            ],
        }

    return answer_json(request, shown, make)


@router.api_route("/rasters/{name}", methods=READ)
def raster(request: Request, shown: Seen, name: str) -> Response:
    """Give a raster as cloud-optimised GeoTIFF, or the part of it that ``Range`` asks for."""
    check_names(request.query_params, ())
    relative = _rasters(shown).get(name)
    if relative is None:
        raise not_found("Dit raster bestaat niet; zie /v1/rasters.")
    return _file(request, shown, shown.release.path / relative, COG, f"{name}{RASTER_SUFFIX}")


@router.api_route("/packages", methods=READ)
def packages(request: Request, shown: Seen) -> Response:
    """List the packages of building blocks that the caller may have."""
    root = root_of(request)
    document: documents.Document = {
        "links": [link(f"{root}/packages", "self", documents.JSON, "Dit document")],
        "packages": [
            {
                "id": code,
                "title": path.stem,
                "links": [link(f"{root}/packages/{code}", "enclosure", ZIP, path.stem)],
            }
            for code, path in _packages(request, shown).items()
        ],
    }
    return answer_list(request, shown, document)


@router.api_route("/packages/{code}", methods=READ)
def package(request: Request, shown: Seen, code: str) -> Response:
    """Give the package of one municipality."""
    check_names(request.query_params, ())
    found = _packages(request, shown).get(code)
    if found is None:
        raise not_found("Dit pakket bestaat niet; zie /v1/packages.")
    # a package may be made again, with other choices of the council
    made = found.stat()
    return _file(request, shown, found, ZIP, found.name, state=f"{made.st_mtime_ns} {made.st_size}")


@router.api_route("/releases", methods=READ)
def releases(request: Request, shown: Seen) -> Response:
    """List the releases of the project that exist for the caller, the newest first."""
    project, caller = getattr(request.state, "project", None), caller_of(request)
    entries = [] if project is None else list(project.shown(undecided=True))
    listed = [_release(request, entry) for entry in reversed(entries) if _exists(caller, entry)]
    links = [link(f"{root_of(request)}/releases", "self", documents.JSON, "Dit document")]
    return answer_list(request, shown, {"links": links, "releases": listed})


def _exists(caller: Caller, entry: Any) -> bool:
    return not entry.undecided or caller.scope_of(entry.name).undecided


def _release(request: Request, entry: Any) -> documents.Document:
    base = str(request.base_url).rstrip("/").removesuffix(request.scope.get("root_path", ""))
    base = house_of(request).public_url or base
    secret = entry.secrecy
    return {
        "id": entry.name,
        "status": entry.status,
        "since": entry.since.isoformat(),
        "until": None if entry.until is None else entry.until.isoformat(),
        "links": [link(f"{base}/releases/{entry.name}/v1", "item", documents.JSON, f"Uitgave {entry.name}")],
        **({} if secret is None else {"secrecy": {"ground": secret.ground, "ends": secret.ends.isoformat()}}),
    }


def _rasters(shown: Shown) -> dict[str, str]:
    files = shown.release.manifest["files"]
    found = (name for name in files if name.startswith(RASTERS) and name.endswith(RASTER_SUFFIX))
    return {Path(name).stem: name for name in sorted(found) if shown.may_see_file(name)}


def _packages(request: Request, shown: Shown) -> dict[str, Path]:
    """Give code of a municipality to its package, see `api.http.package_rights`.

    The name of a file follows from the names of municipalities, so nothing in an address becomes a path.
    """
    folder = house_of(request).packages
    if folder is None:
        return {}
    place = folder / shown.release.name
    found = {code: place / f"{stem}{PACKAGE_SUFFIX}" for code, stem in package_stems(shown).items()}
    return {code: path for code, path in found.items() if path.is_file()}


def _file(
    request: Request, shown: Shown, path: Path, media: str, name: str, state: str | None = None
) -> Response:
    subject, policy = subject_of(request, shown, media, state), policy_of(request, shown, state)
    return file_answer(path, request.headers, request.method, subject, policy, name)
