"""What an import package must be told that no release knows: who publishes, under which names, for what.

Everything may be left out. What the province alone can give, such as the id of the regulation in which a GIO
is born, is then written with CONCEPT in it, and the findings of the package say so.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic needs it when the model is made
import re
import tomllib
import unicodedata
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from gis.errors import InputError, Problem
from layers.exports.gio.ow import ANNOTATIONS, PER_PURPOSE, Purpose
from layers.exports.location_id import namespace_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from pathlib import Path

CONCEPT: Final = "CONCEPT"
"""Stands in every id that is not given yet."""
FICTITIOUS: Final = "pv99"
"""The authority of the sample region, which does not exist."""
UNDECIDED: Final = ("exploration", "candidate")
"""Status in the procedure in which nothing was decided, so that locations are not public."""
MISSING_NL: Final = {
    "regulation": "de regeling waarin het GIO ontstaat (geboorteregeling)",
    "goal": "het doel van het besluit",
    "text_wid": "het tekstdeel van de visie dat naar de locaties verwijst",
    "background_date": "de datum van de ondergrond",
    "licence": "de gebruiksvoorwaarden",
    "contact.email": "het adres voor vragen",
}
"""What only the province can give, in words."""
_CODE: Final = re.compile(r"(pv\d{2}|gm\d{4}|ws\d{4}|mn\d{3}|mnre\d{4})")
_MADE_UP: Final = re.compile(r"(pv9\d|gm99\d\d|ws99\d\d)")
_KINDS: Final = {
    "pv": "provincie",
    "gm": "gemeente",
    "ws": "waterschap",
    "mn": "ministerie",
}


class Strict(BaseModel):
    """Settings that cannot be changed, with no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Strict):
    """Who answers questions about the data (ISO 19115)."""

    organisation: StrictStr = ""
    """Empty for the authority."""
    email: StrictStr = "CONCEPT@voorbeeld.invalid"
    url: StrictStr = ""
    """Where the data can be had; empty for nowhere yet."""


class InputSource(Strict):
    """One input of the release, as its manifest names it."""

    layer: StrictStr
    source: StrictStr = ""
    date: StrictStr = ""
    licence: StrictStr = ""


class ReleaseFacts(Strict):
    """What the release itself says: nothing of it is computed from the clock."""

    name: StrictStr = ""
    project: StrictStr = ""
    reference_date: dt.date
    procedure_status: Literal["exploration", "candidate", "draft", "adopted", "in_force"] = "exploration"
    sample: StrictBool = False
    note: StrictStr = ""
    sources: tuple[InputSource, ...] = ()


class ExportSettings(Strict):
    """Settings of an import package.

    The JOIN identifiers follow from them by rule:
    ``/join/id/regdata/{authority_code}/{work_year}/{join_name}`` and ``/nld@{expression_date};{version}``.
    """

    release: ReleaseFacts
    authority_code: StrictStr = FICTITIOUS
    authority_name: StrictStr = "Voorbeeldprovincie (verzonnen)"
    title: StrictStr = "Reservering strategische locaties circulaire economie"
    alternative: StrictStr = "voorstel"
    """Name of the alternative; each alternative is a package of its own."""
    join_name: StrictStr | None = None
    """Last part of the JOIN identifier; None for the rule: ``reservering-{purpose}-{alternative}``."""
    collection: Literal["regdata", "pubdata", "infodata"] = "regdata"
    work_year: int | None = None
    """None for the year of the reference date of the release."""
    expression_date: dt.date | None = None
    """None for the reference date of the release."""
    version: int | None = Field(default=None, ge=1)
    """Number after the date; None for 1, or one more than the earlier package of the same day."""
    background: Literal["BGT", "TOP10NL"] = "BGT"
    background_date: dt.date | None = None
    """None for the reference date of the release."""
    accuracy_dm: int | None = Field(default=None, ge=0)
    """Decimetres, only for a GIO that was computed rather than drawn on the background."""
    annotation: StrictStr | None = None
    """One of `layers.exports.gio.ow.ANNOTATIONS`; None for what fits the purpose."""
    regulation: StrictStr | None = None
    """Work id of the regulation in which the GIO is born (geboorteregeling)."""
    goal: StrictStr | None = None
    """Id of the goal (doel) of the decision."""
    text_wid: StrictStr | None = None
    """``wId`` of the piece of text of the vision that refers to the locations."""
    delivery: StrictStr = "kringruimte-1"
    licence: StrictStr | None = None
    """URL of the terms of use; the province decides on them."""
    contact: Contact = Field(default_factory=Contact)

    @property
    def namespace(self) -> uuid.UUID:
        """The namespace of all ids."""
        return namespace_of(self.authority_code)

    @property
    def authority(self) -> str:
        """The authority as an id of TOOI."""
        kind = next(name for start, name in _KINDS.items() if self.authority_code.startswith(start))
        return f"/tooi/id/{kind}/{self.authority_code}"

    @property
    def year(self) -> int:
        """Year in the work id."""
        return self.work_year if self.work_year is not None else self.release.reference_date.year

    @property
    def date(self) -> dt.date:
        """Date in the expression id."""
        return self.expression_date or self.release.reference_date

    def name_of(self, purpose: Purpose) -> str:
        """Give the last part of the JOIN identifier, as given or by rule."""
        return (
            self.join_name
            if self.join_name is not None
            else f"reservering-{purpose}-{slug(self.alternative)}"
        )

    def work_of(self, purpose: Purpose) -> str:
        """Give the work id of the GIO."""
        return f"/join/id/{self.collection}/{self.authority_code}/{self.year}/{self.name_of(purpose)}"

    def expression_of(self, purpose: Purpose) -> str:
        """Give the expression id of the GIO."""
        return f"{self.work_of(purpose)}/nld@{self.date.isoformat()};{self.version or 1}"

    def regulation_of(self, purpose: Purpose) -> str:
        """Give the work id of the regulation, with CONCEPT in it when it is not given."""
        return (
            self.regulation or f"/akn/nl/act/{self.authority_code}/{self.year}/{CONCEPT}-omgevings{purpose}"
        )

    def goal_of(self, purpose: Purpose) -> str:
        """Give the id of the goal, with CONCEPT in it when it is not given."""
        name = f"{CONCEPT}-{slug(self.alternative)}-{purpose}"
        return self.goal or f"/join/id/proces/{self.authority_code}/{self.year}/{name}"

    def wid(self) -> str:
        """Give the ``wId`` of the text, with CONCEPT in it when it is not given."""
        return self.text_wid or f"{self.authority_code}_{CONCEPT}__content_o_1"

    def annotation_of(self, purpose: Purpose) -> str:
        """Give the annotation, as given or as fits the purpose."""
        return self.annotation or PER_PURPOSE[purpose]

    def missing(self, purpose: Purpose) -> tuple[str, ...]:
        """Name the settings that only the province can give and did not."""
        names = [
            "regulation",
            "goal",
            *(["text_wid"] if purpose == "visie" else []),
            "background_date",
            "licence",
        ]
        absent = [name for name in names if getattr(self, name) is None]
        return (*absent, *(["contact.email"] if CONCEPT in self.contact.email else []))


def slug(text: str) -> str:
    """Write a text with lower-case letters, digits and hyphens only, at most 60 of them.

    ``Voorstel 2.1 (Eém)`` gives ``voorstel-2-1-eem``; a text without a letter or digit gives ``naamloos``.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-") or "naamloos"


def export_settings(
    project: Mapping[str, Any], release: str, path: Path | None = None, **changes: Any
) -> ExportSettings:
    """Give the settings of an import package.

    Parameters
    ----------
    project
        What the manifest of the release says of its project.
    release
        Name of the release.
    path
        Settings file of the province, TOML; None for the defaults.
    **changes
        Settings from elsewhere, such as the command line; they win.

    Raises
    ------
    InputError
        With every problem: of the file, of an unknown authority code or annotation, and of a release of the
        sample region under the code of an authority that exists.
    """
    shown = path.name if path is not None else "settings"
    given = (_read(path) if path is not None else {}) | changes
    facts = {
        "name": release,
        "project": str(project["name"]),
        "reference_date": str(project["reference_date"])[:10],
        "procedure_status": project.get("procedure_status", "exploration"),
        "sample": bool(project.get("sample", False)),
        "note": str(project.get("note", "")),
        "sources": tuple(
            {name: str(source.get(name) or "") for name in ("layer", "source", "date", "licence")}
            for source in project.get("sources", ())
        ),
    }
    if not facts["sample"]:
        given.setdefault("authority_name", str(project["authority"]))
    try:
        settings = ExportSettings.model_validate({**given, "release": facts})
    except ValidationError as error:
        raise InputError(
            *(
                Problem(
                    item["msg"], "Correct this setting.", file=shown, field=".".join(map(str, item["loc"]))
                )
                for item in error.errors(include_url=False)
            )
        ) from error
    problems = list(_problems(settings, given, shown))
    if problems:
        raise InputError(*problems)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"the settings cannot be read: {error.strerror}"
        raise InputError(Problem(message, "Check the path.", file=path.name)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"the settings are no valid TOML: {error}"
        raise InputError(Problem(message, "Repair the file.", file=path.name)) from error
    if "release" in raw:
        message = "what the release says cannot be set"
        raise InputError(Problem(message, "Take [release] out.", file=path.name, field="release"))
    return raw


def _problems(settings: ExportSettings, given: Mapping[str, Any], shown: str) -> list[Problem]:
    problems = []
    code = settings.authority_code
    if not _CODE.fullmatch(code):
        message = f"{code!r} is no code of an authority"
        repair = "Write pv and two digits, or gm, ws with four, as the register of public bodies has it."
        problems.append(Problem(message, repair, file=shown, field="authority_code"))
    elif settings.release.sample and not _MADE_UP.fullmatch(code):
        message = f"the data is made up, so it cannot be exported under {code}, which may exist"
        repair = f"Leave authority_code out; it is then {FICTITIOUS}, which does not exist."
        problems.append(Problem(message, repair, file=shown, field="authority_code"))
    elif not settings.release.sample and "authority_code" not in given:
        message = "the code of the authority is needed for data that is not made up"
        repair = "Set authority_code, such as pv26."
        problems.append(Problem(message, repair, file=shown, field="authority_code"))
    if settings.annotation is not None and settings.annotation not in ANNOTATIONS:
        message = f"{settings.annotation!r} is no annotation"
        repair = f"Choose one of: {', '.join(ANNOTATIONS)}."
        problems.append(Problem(message, repair, file=shown, field="annotation"))
    return problems
