"""Rules for AKN and JOIN identifiers (STOP1000 to 1014, LVBB2008 to 2021)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from layers.exports.gio.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTIONS: Final = ("regdata", "pubdata", "infodata")
JOIN_TYPES: Final = (*COLLECTIONS, "proces", "stop")
AKN_TYPES: Final = ("bill", "act", "doc", "officialGazette")
COUNTRIES: Final = ("nl", "aw", "cw", "sx")
LANGUAGES: Final = ("nld", "eng", "fry", "pap", "mul", "und")
AUTHORITY: Final = re.compile(r"mnre\d{4}|mn\d{3}|gm\d{4}|ws\d{4}|pv\d{2}")
CONSOLIDATION: Final = re.compile(r"land|provincie|gemeente|waterschap|consolidatie")
NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")
LONGEST: Final = 128
PARTS: Final = 7
"""Parts of an expression between the first slash and the ``@``; a work has one less."""
INFORMATION_OBJECT: Final = "/join/id/stop/work_010"
DECISION: Final = "/join/id/stop/work_003"
PUBLICATION: Final = "/join/id/stop/work_015"
REGULATIONS: Final = tuple(f"/join/id/stop/work_{number}" for number in ("019", "006", "021", "022"))
NOTICES: Final = tuple(f"/join/id/stop/work_{number}" for number in ("018", "023"))
AKN_KINDS: Final = (DECISION, PUBLICATION, *REGULATIONS, *NOTICES)
GAZETTES: Final = ("bgr", "gmb", "prb", "stb", "stcrt", "trb", "wsb")
COMPONENT: Final = re.compile(r"![A-Za-z0-9_/=-]+")
REGULATION: Final = "/akn/nl/act"
_YEAR: Final = re.compile(r"\d{4}")


def check_pair(work: str, expression: str, file: str, kind: str = INFORMATION_OBJECT) -> Iterator[Finding]:
    """Check a work, its expression and how they fit.

    Parameters
    ----------
    work, expression
        ``FRBRWork`` and ``FRBRExpression``.
    file
        In which they stand.
    kind
        ``soortWork``.
    """
    yield from _start(work, file)
    yield from _third_part(work, file)
    yield from _per_kind(work, file, kind)
    yield from _shape(work, file)
    yield from _start(expression, file)
    if not expression.startswith(f"{work}/"):
        yield Finding("STOP1001", file, expression, work)
    yield from _version(work, expression, file, kind)


def check_regulation(work: str, file: str) -> Iterator[Finding]:
    """Check the identifier of the regulation in which an object is born."""
    if not work.startswith(REGULATION):
        yield Finding("STOP1060", file, work)
    yield from _dots(work, file)
    second, third = (*work.split("/"), "", "", "", "")[2:4]
    if not work.startswith(("/akn/", "/join/")):
        yield Finding("LVBB2008", file, work)
    elif work.startswith("/akn/"):
        if second not in COUNTRIES:
            yield Finding("LVBB2009", file, work, second)
        if third not in AKN_TYPES:
            yield Finding("LVBB2010", file, work, third)
    yield from _shape(work, file)


def _start(identifier: str, file: str) -> Iterator[Finding]:
    """Check what every identifier has: how it starts, its second part, and no dot."""
    yield from _dots(identifier, file)
    second = (*identifier.split("/"), "", "", "")[2]
    if identifier.startswith("/akn/"):
        if second not in COUNTRIES:
            yield Finding("STOP1002", file, identifier, second)
            yield Finding("LVBB2009", file, identifier, second)
    elif identifier.startswith("/join/"):
        if second != "id":
            yield Finding("STOP1003", file, identifier, second)
        if second not in {"id", "set"}:
            yield Finding("LVBB2011", file, identifier, second)
    else:
        yield Finding("STOP1014", file, identifier)
        yield Finding("LVBB2008", file, identifier)


def _dots(identifier: str, file: str) -> Iterator[Finding]:
    if "." in identifier:
        yield Finding("STOP1000", file, identifier)
        yield Finding("LVBB2017", file, identifier)


def _third_part(work: str, file: str) -> Iterator[Finding]:
    third = (*work.split("/"), "", "", "", "")[3]
    if work.startswith("/akn/") and third not in AKN_TYPES:
        yield Finding("LVBB2010", file, work, third)
    if work.startswith("/join/") and third not in JOIN_TYPES:
        yield Finding("LVBB2012", file, work, third)


def _per_kind(work: str, file: str, kind: str) -> Iterator[Finding]:
    """Check what depends on the kind of work: its third and fourth part, and its year or date."""
    third, fourth, fifth = (*work.split("/"), "", "", "", "", "", "")[3:6]
    if kind == INFORMATION_OBJECT and third not in COLLECTIONS:
        yield Finding("STOP1004", file, work, third)
    for code, kinds, wanted in (
        ("STOP1011", (PUBLICATION,), "officialGazette"),
        ("STOP1012", REGULATIONS, "act"),
        ("STOP1013", (DECISION,), "bill"),
    ):
        if kind in kinds and third != wanted:
            yield Finding(code, file, work, third)
    if kind == PUBLICATION:
        if fourth not in GAZETTES:
            yield Finding("STOP1017", file, work, fourth)
    elif kind in {INFORMATION_OBJECT, *AKN_KINDS} and not (
        AUTHORITY.fullmatch(fourth) or CONSOLIDATION.fullmatch(fourth)
    ):
        yield Finding("STOP1010", file, work, fourth)
    if kind in {INFORMATION_OBJECT, *AKN_KINDS} and not _moment(fifth):
        yield Finding("STOP1006", file, work, fifth)


def _shape(work: str, file: str) -> Iterator[Finding]:
    """Check the number of parts of a work, its year or date, and its name."""
    parts = work.split("/")[1:]
    if len(parts) != PARTS - 1:
        yield Finding("LVBB2019", file, work, f"{len(parts)} delen")
    fifth, *rest = (*parts, "", "", "", "", "", "")[4:] if len(parts) < PARTS - 1 else parts[4:]
    if not _moment(fifth):
        yield Finding("LVBB2013", file, work, fifth)
    yield from _name("/".join(rest), work, file)


def _version(work: str, expression: str, file: str, kind: str) -> Iterator[Finding]:
    """Check the language and the date of an expression, which stand in its seventh part."""
    before = expression.partition("@")[0].split("/")[1:]
    if len(before) != PARTS:
        yield Finding("LVBB2019", file, expression, f"{len(before)} delen")
    parts = (*expression.split("/"), "", "", "", "", "", "", "", "")
    language, _, rest = parts[PARTS].partition("@")
    moment, component, year = rest.partition(";")[0], parts[PARTS + 1], work.split("/")[5:6]
    if kind in {INFORMATION_OBJECT, *AKN_KINDS} and language not in LANGUAGES:
        yield Finding("STOP1009", file, expression, language)
        yield Finding("LVBB2016", file, expression, language)
    if component and not COMPONENT.fullmatch(component):
        yield Finding("STOP1071", file, expression, component)
    if kind != INFORMATION_OBJECT:
        return
    if not _moment(moment):
        yield Finding("STOP1007", file, expression, moment)
    # compared as text, as the official rule does
    if year and moment < year[0]:
        yield Finding("STOP1008", file, expression, f"{moment} < {year[0]}")
        if _moment(moment) and _moment(year[0]):
            yield Finding("LVBB2015", file, expression, f"{moment} < {year[0]}")


def _name(name: str, identifier: str, file: str) -> Iterator[Finding]:
    if not NAME.fullmatch(name):
        yield Finding("LVBB2020", file, identifier, name[:LONGEST])
    if len(name) > LONGEST:
        yield Finding("LVBB2021", file, identifier, f"{len(name)} tekens")


def _moment(text: str) -> bool:
    if _YEAR.fullmatch(text):
        return True
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
