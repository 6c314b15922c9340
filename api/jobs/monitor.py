"""The monitoring of a release against a base measurement: documents, and tables that Power BI reads."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.monitoring.adopted import read_adopted
from analysis.monitoring.indicators import read_indicators
from analysis.monitoring.measures import MEASURES, Moment
from analysis.monitoring.monitor import BASE, NOW, Followed, follow, indicator_table, value_table
from analysis.monitoring.report import Head, letter, report
from api.jobs.compare_causes import evidence_parameters
from api.jobs.deliver import deliver
from api.jobs.derive import ReleaseTables
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem
from layers.building_blocks import read_blocks
from layers.export_settings import UNDECIDED
from layers.exports.kinds import STATUS_LABELS
from layers.schema import Level
from maps.documents import docx, html, pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from analysis.monitoring.adopted import Adoption
    from analysis.monitoring.indicators import Indicator
    from layers.documents import Document
    from layers.release import Release

NEEDED: Final = ("parks", "municipalities", "park_evidence", "plot_evidence", "summary")
CIRCULAR_FILE: Final = "circular_business_rules"
VALUES, DEFINITIONS = "metingen", "indicatoren"


@dataclass(frozen=True, slots=True)
class Monitored:
    """What was made.

    Attributes
    ----------
    followed
        Every indicator at both moments.
    values
        One row per indicator and moment, see `analysis.monitoring.monitor.value_table`.
    files
        The files that were written.
    warnings
        What makes the moments hard to compare, in Dutch.
    """

    followed: tuple[Followed, ...]
    values: pd.DataFrame
    files: tuple[Path, ...]
    warnings: tuple[str, ...]


def monitor(
    release: Release,
    out: Path,
    *,
    base: Release | None = None,
    indicators: Path | None = None,
    adopted: Path | None = None,
    replace: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Monitored:
    """Measure the indicators and write documents and tables.

    Parameters
    ----------
    release
        The release of now.
    out
        Folder for the files; made when absent.
    base
        The release of the base measurement.
    indicators
        The province's own indicators instead of those that ship.
    adopted
        List of decisions of municipalities (CSV).
    replace
        Whether other files of the same name may be replaced.

    Raises
    ------
    InputError
        With every problem; nothing is written then.
    """
    tell = progress or _silent
    known = read_indicators(indicators, measures=MEASURES)
    now_tables = ReleaseTables(release)
    _check(release, base)
    decisions = None if adopted is None else _decisions(adopted, now_tables)
    tell("measuring indicators")
    now = Moment(now_tables, _date(release), decisions)
    then = None if base is None else Moment(ReleaseTables(base), _date(base), decisions)
    followed = follow(known, now, then)
    warnings = _warnings(known, release, base)
    years = {NOW: (now.date.year, release.name)}
    if base is not None and then is not None:
        years[BASE] = (then.date.year, base.name)
    values, definitions = value_table(followed, years), indicator_table(known)
    tell("drawing documents")
    head = _head(release, base, known, warnings)
    content = {f"{VALUES}{suffix}": data for suffix, data in _table_files(values).items()}
    content |= {f"{DEFINITIONS}{suffix}": data for suffix, data in _table_files(definitions).items()}
    for document in (report(followed, head), letter(followed, head)):
        content |= _drawn(document)
    _refuse_others(out, content, replace=replace)
    files = tuple(deliver(out, name, data, replace=replace) for name, data in content.items())
    return Monitored(followed, values, files, warnings)


def monitored_rows(made: Monitored) -> list[dict[str, Any]]:
    """Give the values with their trend, as plain values for JSON."""
    trends = {item.indicator.id: item.trend for item in made.followed}
    return [{**row, "trend": trends[row["indicator_id"]]} for row in plain_rows(made.values)]


def _check(release: Release, base: Release | None) -> None:
    problems = [
        Problem(f"release {each.name} has no such table", "Make a release with the main job.", layer=name)
        for each in (release, base)
        if each is not None
        for name in NEEDED
        if name not in each.names
    ]
    if base is not None and _date(base) > _date(release):
        message = f"the base measurement ({_date(base)}) is later than the release ({_date(release)})"
        problems.append(Problem(message, "Exchange the two releases.", field="--base"))
    if problems:
        raise InputError(*problems)


def _decisions(path: Path, tables: ReleaseTables) -> tuple[Adoption, ...]:
    codes = tables["municipalities"]["municipality_code"].astype(str)
    return read_adopted(path, municipalities=codes, blocks=[block.id for block in read_blocks()])


def _date(release: Release) -> dt.date:
    return dt.date.fromisoformat(release.project["reference_date"])


def _warnings(indicators: Sequence[Indicator], release: Release, base: Release | None) -> tuple[str, ...]:
    """Tell what makes base and now hard to compare."""
    wanted = sorted({item.base_year for item in indicators})
    named = ", ".join(map(str, wanted))
    if base is None:
        return (f"De nulmeting van {named} is niet gegeven. Verschillen zijn daarom niet beoordeeld.",)
    found = []
    year = _date(base).year
    if wanted != [year]:
        found.append(
            f"De strategie vraagt een nulmeting van {named}. "
            f"Deze vergelijking gebruikt een uitgave van {year}."
        )
    if year == _date(release).year:
        found.append("Beide uitgaven zijn van hetzelfde jaar: verschillen zijn geen ontwikkeling in de tijd.")
    names = evidence_parameters(base, release)
    if names:
        found.append(
            f"De uitgaven zijn met andere parameters gemaakt: {', '.join(names)}. "
            "Een verschil kan daardoor komen; kringruimte compare zegt welk verschil."
        )
    if _definition(base) != _definition(release):
        found.append(
            "De definitie van circulair bedrijf kan verschillen tussen de uitgaven: het bestand of het "
            "programma is veranderd."
        )
    return tuple(found)


def _definition(release: Release) -> tuple[Any, ...]:
    """Give what decides which firms are circular: the province's own file, else the program."""
    recipe = release.manifest["recipe"]
    own = [item["sha256"] for item in recipe["sources"] if item.get("layer") == CIRCULAR_FILE]
    return tuple(own) or (recipe.get("code", {}).get("sha256"),)


def _head(
    release: Release, base: Release | None, indicators: Sequence[Indicator], warnings: tuple[str, ...]
) -> Head:
    project = release.project
    secret = project["procedure_status"] in UNDECIDED and any(
        item.level != Level.PUBLIC for item in indicators
    )
    status = f"Uitgave met status {STATUS_LABELS[project['procedure_status']]}"
    status += "; niet openbaar, want er is nog niets besloten" if secret else ""
    status += "; voorbeeld met verzonnen gegevens" if project["sample"] else ""
    return Head(
        authority=project["authority"],
        project=project["name"],
        year=_date(release).year,
        release=release.name,
        base_year=None if base is None else _date(base).year,
        base_release=None if base is None else base.name,
        status=status,
        warnings=warnings,
        note=project.get("note") or "",
    )


def _drawn(document: Document) -> dict[str, bytes]:
    return {
        f"{document.name}.docx": docx.draw(document, {}),
        f"{document.name}.pdf": pdf.draw(document, {}),
        f"{document.name}.html": html.draw(document, {}),
    }


def _table_files(table: pd.DataFrame) -> dict[str, bytes]:
    """Write a table as CSV the way Dutch Power BI and Excel read it, and as Parquet with its types."""
    stream = io.BytesIO()
    table.to_parquet(stream, index=False)
    text = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return {".csv": text.encode("utf-8-sig"), ".parquet": stream.getvalue()}


def _refuse_others(out: Path, content: dict[str, bytes], *, replace: bool) -> None:
    """Refuse files that stand in the way before any is written."""
    if replace:
        return
    others = [out / name for name, data in content.items() if _differs(out / name, data)]
    if others:
        raise InputError(
            *(
                Problem(
                    "there is already a file of this name with other content",
                    "Write to another folder with --out, or allow it with --replace.",
                    file=str(path),
                )
                for path in others
            )
        )


def _differs(path: Path, data: bytes) -> bool:
    return path.exists() and not (path.is_file() and path.read_bytes() == data)


def _silent(message: str) -> None:
    """Tell nobody."""
