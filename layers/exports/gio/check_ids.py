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
    yield from check_work(work, file, kind)
    yield from check_expression(work, expression, file)


def check_work(work: str, file: str, kind: str = INFORMATION_OBJECT) -> Iterator[Finding]:
    """Check the identifier of a work; see above."""
    yield from _start(work, file)
    parts = work.split("/")[1:]
    third, fourth, fifth, name = (*parts, "", "", "", "", "", "")[2:6]
    if len(parts) != PARTS - 1:
        yield Finding("LVBB2019", file, work, f"{len(parts)} delen")
    if kind == INFORMATION_OBJECT and third not in COLLECTIONS:
        yield Finding("STOP1004", file, work, third)
    if kind in REGULATIONS and third != "act":
        yield Finding("STOP1012", file, work, third)
    if kind == DECISION and third != "bill":
        yield Finding("STOP1013", file, work, third)
    if kind == PUBLICATION and third != "officialGazette":
        yield Finding("STOP1011", file, work, third)
    if kind != PUBLICATION and not _authority(fourth, kind):
        yield Finding("STOP1010", file, work, fourth)
    if kind != PUBLICATION and not _moment(fifth):
        yield Finding("STOP1006", file, work, fifth)
        yield Finding("LVBB2013", file, work, fifth)
    yield from _name("/".join(parts[5:]) if len(parts) > PARTS - 1 else name, work, file)


def _authority(code: str, kind: str) -> bool:
    return bool(AUTHORITY.fullmatch(code) or (kind in REGULATIONS and CONSOLIDATION.fullmatch(code)))


def check_expression(work: str, expression: str, file: str) -> Iterator[Finding]:
    """Check the identifier of an expression against its work; see above."""
    yield from _start(expression, file)
    if not expression.startswith(f"{work}/"):
        yield Finding("STOP1001", file, expression, work)
    before, _, after = expression.partition("@")
    parts = before.split("/")[1:]
    if len(parts) != PARTS:
        yield Finding("LVBB2019", file, expression, f"{len(parts)} delen")
    language = parts[-1] if parts else ""
    if language not in LANGUAGES:
        yield Finding("STOP1009", file, expression, language)
        yield Finding("LVBB2016", file, expression, language)
    moment = after.split(";")[0]
    year = (*work.split("/"), "", "", "", "", "", "")[5]
    if not _moment(moment):
        yield Finding("STOP1007", file, expression, moment)
    elif _moment(year) and moment < year[: len(moment)]:
        yield Finding("STOP1008", file, expression, f"{moment} < {year}")
        yield Finding("LVBB2015", file, expression, f"{moment} < {year}")


def check_regulation(work: str, file: str) -> Iterator[Finding]:
    """Check the identifier of the regulation in which an object is born."""
    yield from check_work(work, file, REGULATIONS[0])


def _start(identifier: str, file: str) -> Iterator[Finding]:
    """Check what every identifier has: how it starts, its first parts, and no dot."""
    if "." in identifier:
        yield Finding("STOP1000", file, identifier)
        yield Finding("LVBB2017", file, identifier)
    second, third = (*identifier.split("/"), "", "", "", "")[2:4]
    if identifier.startswith("/akn/"):
        if second not in COUNTRIES:
            yield Finding("STOP1002", file, identifier, second)
            yield Finding("LVBB2009", file, identifier, second)
        if third not in AKN_TYPES:
            yield Finding("LVBB2010", file, identifier, third)
    elif identifier.startswith("/join/"):
        if second != "id":
            yield Finding("STOP1003", file, identifier, second)
        if second not in {"id", "set"}:
            yield Finding("LVBB2011", file, identifier, second)
        if third not in JOIN_TYPES:
            yield Finding("LVBB2012", file, identifier, third)
    else:
        yield Finding("STOP1014", file, identifier)
        yield Finding("LVBB2008", file, identifier)


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
