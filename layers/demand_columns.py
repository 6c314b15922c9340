"""Columns that the tables of demand and released land have in common."""

from __future__ import annotations

from layers.schema import Column

WATERS = ("dry", "near", "at_water")
STATUSES = ("sourced", "assumption", "to_verify")
METHODS = ("flow", "facilities", "jobs", "share")
YES_NO = ("yes", "no")
SELECTIONS = ("necessary", "strengthens_profile", "both", "not_in_province")
BOUNDS = (("low", "laag", "low"), ("mid", "midden", "mid"), ("high", "hoog", "high"))


def hectares(name: str, nl: str, en: str, *, decimals: int = 3) -> Column:
    """Describe an area."""
    return Column(name, "number", nl, en, "ha", minimum=0, decimals=decimals)


def number(name: str, nl: str, en: str, unit: str | None, decimals: int = 3) -> Column:
    """Describe a number that is never negative."""
    return Column(name, "number", nl, en, unit, minimum=0, decimals=decimals)


def count(name: str, nl: str, en: str, unit: str = "establishments") -> Column:
    """Describe a whole number of things."""
    return Column(name, "number", nl, en, unit, minimum=0, decimals=0)


def ranged(name: str, nl: str, en: str, unit: str = "ha", suffix: str = "_ha") -> tuple[Column, ...]:
    """Describe low, mid and high of one figure."""
    return tuple(
        Column(f"{name}_{bound}{suffix}", "number", f"{nl} ({dutch})", f"{en} ({english})", unit, minimum=0)
        for bound, dutch, english in BOUNDS
    )


def yes_no(name: str, nl: str, en: str) -> Column:
    """Describe a yes or no."""
    return Column(name, "code", nl, en, allowed=YES_NO)


FUNCTION = Column("function_id", "text", "Functie", "Function")
VARIANT = Column("variant_id", "text", "Variant", "Variant")
SUB_AREA = Column("sub_area", "text", "Deelgebied", "Sub-area")
YEAR = Column("year", "year", "Jaar", "Year")
METHOD = Column("method", "code", "Methode", "Method", allowed=METHODS)
CATEGORY = Column("category", "category", "Milieucategorie", "Environmental category")
WATER = Column("water", "code", "Water", "Water", allowed=WATERS)
STATUS = Column("status", "code", "Status", "Status", allowed=STATUSES)
SOURCE = Column("source", "text", "Bron", "Source")
SECTOR = Column("sector_id", "text", "Sector", "Sector")
SECTOR_NAME = Column("sector_nl", "text", "Sector: naam", "Sector: name (Dutch)")
SUPPRESSED = yes_no("suppressed", "Verborgen (minder dan vijf bedrijven)", "Hidden (fewer than five firms)")
INPUTS = (
    Column("inputs", "integer", "Invoercijfers", "Inputs", "inputs"),
    Column("inputs_assumed", "integer", "Waarvan aanname", "Of which assumed", "inputs"),
    Column("inputs_to_verify", "integer", "Waarvan te verifiëren", "Of which to verify", "inputs"),
    Column("shares_inputs_with", "text", "Deelt invoer met methode", "Shares inputs with method"),
    STATUS,
    SOURCE,
)
