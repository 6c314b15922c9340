"""What location files are made from: the tables of a release, looked up by zone, site and function."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - settings are built at run time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from layers.dutch import hectares_nl, number_nl
from layers.exports.kinds import KIND_BY_CODE, STATUS_LABELS
from layers.facts import read_facts
from layers.restrictions import read_provincial_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

MISSING: Final = "niet beoordeeld"
ADOPTED: Final = "hard"
CONSIDERED: Final = ("site_id", "function", "verdict", "rule_id", "margin", "unit", "capacity_ha")
STATUS_WORDS: Final = {"sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren"}
MONTHS: Final = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LocationFileSettings:
    """What a location file says about itself.

    Attributes
    ----------
    authority
        Who proposes.
    procedure_status
        ``exploration``, ``candidate``, ``draft``, ``adopted`` or ``in_force``.
    reference_date
        Of the data.
    sample
        Whether the data are made up.
    namespace
        Of the ids of locations (`layers.exports.location_id.namespace_of`); None leaves the id out.
    municipality
        Code of the only municipality for which files are made; None for all.
    undecided_plans
        Whether housing plans that have not been adopted are named. They are counted only otherwise, since
        they are confidential.
    sources
        Layer to where it comes from.
    responses
        Empty rows for views that are put forward (zienswijzen).
    """

    authority: str
    procedure_status: str
    reference_date: date
    sample: bool = False
    namespace: UUID | None = None
    municipality: str | None = None
    undecided_plans: bool = False
    sources: Mapping[str, str] | None = None
    responses: int = 6

    @property
    def status_text(self) -> str:
        """Give the status in the procedure in Dutch."""
        return STATUS_LABELS.get(self.procedure_status, self.procedure_status)


class Context:
    """Looks up rows of a release; every table may be absent, and what is missing is None.

    Parameters
    ----------
    tables
        Tables of a release by name.
    settings
        See `LocationFileSettings`.
    binds
        Building block to whom it binds.
    rules
        Provincial instruction rules; None for those that ship.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        settings: LocationFileSettings,
        binds: Mapping[str, str],
        rules: pd.DataFrame | None = None,
    ) -> None:
        self.tables = tables
        self.settings = settings
        self.binds = binds
        self._rules = rules

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Give the rows of a table without geometry; none when it is absent."""
        return plain_rows(self.tables.get(name))

    @cached_property
    def every_zone(self) -> list[dict[str, Any]]:
        """Give the zones of the release with their geometry, by municipality and zone."""
        table = self.tables["reservation_zones"]
        rows = plain_rows(table)
        for row, shape in zip(rows, table["geometry"], strict=True):
            row["geometry"] = shape
        return sorted(rows, key=lambda row: (str(row["municipality_code"]), str(row["zone_id"])))

    @property
    def zones(self) -> list[dict[str, Any]]:
        """Give the zones that get a file."""
        wanted = self.settings.municipality
        return [row for row in self.every_zone if wanted in {None, row["municipality_code"]}]

    @cached_property
    def provincial_rules(self) -> list[dict[str, Any]]:
        """Give the instruction rules of the province."""
        return plain_rows(read_provincial_rules() if self._rules is None else self._rules)

    @cached_property
    def protection(self) -> dict[str, list[dict[str, Any]]]:
        """Give the sites of each zone."""
        return _grouped(self.rows("site_protection"), lambda row: f"{row['park_id']}-{row['kind']}")

    @cached_property
    def plots(self) -> dict[str, dict[str, Any]]:
        """Give the evidence per plot."""
        return {str(row["plot_id"]): row for row in self.rows("plot_evidence")}

    @cached_property
    def chosen(self) -> dict[str, list[dict[str, Any]]]:
        """Give the reservations per site."""
        return _grouped(self.rows("reservation_plan"), lambda row: str(row["site_id"]))

    @cached_property
    def conflicts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Give whom a reservation touches, per site and function."""
        rows = self.rows("reservation_conflicts")
        return {(str(row["site_id"]), str(row["function"])): row for row in rows}

    @cached_property
    def housing(self) -> dict[str, dict[str, Any]]:
        """Give the housing plans."""
        return {str(row["plan_id"]): row for row in self.rows("housing_plans")}

    @cached_property
    def blocked_by(self) -> dict[str, list[str]]:
        """Give the housing plans that lie on or near each site."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("plan_conflicts"):
            for site in split(row["site_ids"]):
                found[site].append(str(row["plan_id"]))
        return found

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Give the functions of the plan."""
        return {str(row["function"]): row for row in self.rows("reservation_functions")}

    @cached_property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Give the rules that decide which site suits which function."""
        return {str(row["rule_id"]): row for row in self.rows("reservation_rules")}

    @cached_property
    def instruments(self) -> dict[str, list[dict[str, Any]]]:
        """Give the fitting instruments per zone."""
        return _grouped(self.rows("zone_instruments"), lambda row: str(row["zone_id"]))

    @cached_property
    def municipalities(self) -> dict[str, str]:
        """Give the names of municipalities."""
        return {str(row["municipality_code"]): str(row["name"]) for row in self.rows("municipalities")}

    @cached_property
    def kinds(self) -> dict[str, dict[str, Any]]:
        """Give the kinds of protection with what they mean."""
        return {str(row["kind"]): row for row in plain_rows(read_facts("protection_kinds"))}

    @cached_property
    def considered(self) -> dict[str, list[dict[str, Any]]]:
        """Give the sites that were considered per function, in the first year in which the plan uses it."""
        table = self.tables.get("reservation_candidates")
        if table is None or table.empty:
            return {}
        pairs = table[["function", "year"]].drop_duplicates()
        years: dict[str, int] = {}
        for name, year in zip(pairs["function"].astype(str), pairs["year"].astype(int), strict=True):
            years[name] = min(year, years.get(name, year))
        used: dict[str, int] = {}
        for rows in self.chosen.values():
            for row in rows:
                name, year = str(row["function"]), int(row["from_year"])
                used[name] = min(year, used.get(name, year))
        wanted = table["function"].map(years | used) == table["year"]
        rows = plain_rows(table.loc[wanted.to_numpy(dtype=bool), list(CONSIDERED)])
        return _grouped(rows, lambda row: str(row["function"]))

    @cached_property
    def sites(self) -> dict[str, dict[str, Any]]:
        """Give every site that was looked at."""
        return {str(row["site_id"]): row for row in self.rows("reservation_sites")}

    @cached_property
    def pairs(self) -> dict[tuple[str, str, int], dict[str, Any]]:
        """Give what was found of each site that was chosen, per site, function and year."""
        table = self.tables.get("reservation_candidates")
        if table is None:
            return {}
        rows = plain_rows(table[table["site_id"].isin(list(self.chosen))])
        return {(str(row["site_id"]), str(row["function"]), int(row["year"])): row for row in rows}

    @cached_property
    def acceptability(self) -> dict[tuple[str, str], float]:
        """Give per site and function in which share of the calculations with other weights it was chosen."""
        rows = self.rows("site_acceptability")
        return {
            (str(row["site_id"]), str(row["function"])): float(row["acceptability"])
            for row in rows
            if row["acceptability"] is not None
        }

    @cached_property
    def replacement(self) -> dict[str, str]:
        """Give per site whether another can take its place."""
        return {str(row["site_id"]): str(row["verdict"]) for row in self.rows("site_replacement")}

    def function_name(self, function: object) -> str:
        """Name a function of the plan with its size, as far as it has one."""
        row = self.functions.get(str(function))
        return str(row["name_nl"]) if row and row["name_nl"] is not None else str(function)

    def municipality(self, code: object) -> str:
        """Name a municipality."""
        return self.municipalities.get(str(code), str(code))

    def plan_name(self, plan: str) -> str | None:
        """Name a housing plan; None for one that may not be named."""
        row = self.housing.get(plan)
        if row is None or (row["phase"] != ADOPTED and not self.settings.undecided_plans):
            return None
        return str(row["name"] or plan)


def plain_rows(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Give the rows of a table without geometry; a missing value is None."""
    if table is None or table.empty:
        return []
    flat = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).astype(object)
    names = list(flat.columns)
    clean = flat.where(flat.notna(), None)
    return [dict(zip(names, row, strict=True)) for row in clean.itertuples(index=False, name=None)]


def split(text: object) -> list[str]:
    """Split a list that a table keeps as text with semicolons."""
    return [] if text is None else [part.strip() for part in str(text).split(";") if part.strip()]


def hectares(value: float | None) -> str:
    """Write hectares; missing is not assessed."""
    return MISSING if value is None else hectares_nl(float(value))


def count(value: float | None) -> str:
    """Write a whole number; missing is not assessed."""
    return MISSING if value is None else number_nl(float(value))


def metres(value: float | None) -> str:
    """Write metres in steps of five, since boundaries and points lie metres off."""
    return MISSING if value is None else f"{number_nl(5 * round(float(value) / 5))} m"


def status_of(value: object) -> str:
    """Write the status of a figure or rule."""
    return STATUS_WORDS.get(str(value), MISSING)


def kind_label(kind: object) -> str:
    """Write a kind of protection."""
    style = KIND_BY_CODE.get(str(kind))
    return style.label_nl if style else str(kind)


def day(value: date) -> str:
    """Write a date in full."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def interval(low: object, high: object) -> str:
    """Write the two readings of a category as one text."""
    if low is None and high is None:
        return MISSING
    ends = [MISSING if end is None else str(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else " tot ".join(ends)


def _grouped(rows: Sequence[dict[str, Any]], key: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found
