"""What a choice package must be told apart from the tables: who makes it, and of which release."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from layers.exports.kinds import STATUS_LABELS
from layers.exports.location_id import namespace_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from layers.building_blocks import Dialect

FICTITIOUS_PROVINCE: Final = "pv99"
"""Authority of the ids of locations of a sample; the same as in an import package."""


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """Settings of a package.

    Attributes
    ----------
    release
        Name of the release.
    reference_date
        Of its inputs; the only date in a package.
    province
        Name of the authority that makes the package.
    authority_code
        Of that authority, for ids of locations.
    sample
        Whether the data are made up; ids then get a fictitious authority and every document says so.
    note
        What the release says about its data.
    procedure_status
        exploration, candidate, draft, adopted or in_force.
    smaller_below
        Below how many inhabitants a municipality counts as smaller.
    threshold
        From which category on land counts as heavy.
    dialect
        For blocks without one.
    """

    release: str
    reference_date: dt.date
    province: str
    authority_code: str = FICTITIOUS_PROVINCE
    sample: bool = False
    note: str = ""
    procedure_status: str = "exploration"
    smaller_below: float = 30_000
    threshold: str = "4.1"
    dialect: Dialect = "category"

    @property
    def namespace(self) -> uuid.UUID:
        """Namespace of ids of locations."""
        return namespace_of(self.authority_code)

    @property
    def status_nl(self) -> str:
        """Status in the procedure."""
        return STATUS_LABELS[self.procedure_status]

    def municipal_code(self, municipality: str) -> str:
        """Give the authority code of a municipality, a fictitious one for a sample."""
        return f"gm99{municipality[-2:]}" if self.sample else municipality.lower()


def settings_of(
    project: Mapping[str, Any],
    release: str,
    *,
    authority_code: str | None = None,
    dialect: Dialect = "category",
) -> PackageSettings:
    """Take the settings of a package from what a release says about itself.

    Parameters
    ----------
    project
        ``data/project.json`` of the release.
    release
        Its name.
    authority_code
        Such as ``pv26``; a sample always has the fictitious one.
    dialect
        For blocks without one.
    """
    parameters = project["parameters"]
    sample = bool(project["sample"])
    return PackageSettings(
        release=release,
        reference_date=dt.date.fromisoformat(str(project["reference_date"])),
        province=str(project["authority"]),
        authority_code=FICTITIOUS_PROVINCE if sample or authority_code is None else authority_code,
        sample=sample,
        note=str(project.get("note") or ""),
        procedure_status=str(project["procedure_status"]),
        smaller_below=float(parameters["smaller_municipality_below"]),
        threshold=str(parameters["hmc_threshold"]),
        dialect=dialect,
    )
