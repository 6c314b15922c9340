"""The redevelopment pilots in one go: measures, ranking, how firm it is, and where it could be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.pilots.criteria import FIGURES, load_criteria, load_features, load_measures
from analysis.pilots.lookalikes import find_lookalikes
from analysis.pilots.measures import measure_parks
from analysis.pilots.ranking import draw_weights, ranks, score, share_in_top
from analysis.pilots.sentences import pilot_reason
from analysis.structure.entries import figure_text, note, unit_nl
from analysis.structure.rules import load_figures
from gis.crs import RD
from layers.results_structure import STRUCTURE_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from analysis.pilots.criteria import Criterion, Feature, Measure
    from analysis.pilots.ranking import Scores
    from analysis.structure.rules import Figure
    from layers.parameters import Parameters

NO_DATA_NL: Final = "ruimtelijke kwaliteit en verduurzaming"
"""Part of societal value that no layer of a project tells about."""


@dataclass(frozen=True, slots=True)
class PilotFiles:
    """Files of the province in place of the ones that ship with the product; None keeps the latter."""

    criteria: Path | None = None
    measures: Path | None = None
    features: Path | None = None
    figures: Path | None = None
    intensification: Path | None = None


def find_pilots(
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    *,
    files: PilotFiles | None = None,
    reference_year: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Rank parks for a redevelopment pilot.

    Parameters
    ----------
    tables
        All tables of a release by name, EPSG:28992: ``park_evidence``, ``plot_evidence``, ``usable_zones``
        and ``parks`` must be there; what else is not there leaves its measures not assessed. With
        ``structure_chains`` the steps that a park could take count.
    parameters
        ``reservation.pilots`` is the length of the short list, ``reservation.weight_draws`` and ``.seed`` are
        those of the weights.
    reference_year
        The year in which the land was surveyed; None for the latest year of the park registry.

    Returns
    -------
    dict
        ``redevelopment_pilots``, ``pilot_criteria``, ``pilot_lookalikes`` and ``pilot_basis``, as
        `layers.results_structure` describes them.

    Raises
    ------
    InputError
        With every problem of a file of criteria, measures, features or figures.
    """
    files = files or PilotFiles()
    criteria, measures = load_criteria(files.criteria), load_measures(files.measures)
    features = load_features(files.features)
    measures = tuple(measure for measure in measures if measure.criterion in criteria)
    figures = load_figures(files.figures, name="pilot_figures", required=FIGURES)
    surveyed = reference_year if reference_year is not None else int(tables["parks"]["year"].max())

    measured = measure_parks(
        tables, parameters, figures, reference_year=surveyed, intensification=files.intensification
    )
    evidence = tables["park_evidence"].set_index("park_id").sort_index()
    scores = score(measured, criteria, measures)
    eligible, why = _eligible(measured, scores, figures)
    ranked = _rank(measured, scores, eligible, parameters)
    ranked = ranked.assign(eligible=eligible, why_not_nl=why)
    pilots = _pilots(ranked, measured, evidence, scores, criteria, measures, figures)
    short = ranked[ranked["short_list"] == "yes"].sort_values("rank_total").index
    result = {
        "redevelopment_pilots": pilots,
        "pilot_criteria": _details(scores, evidence, criteria, measures),
        "pilot_lookalikes": find_lookalikes(
            [str(name) for name in short], measured, evidence, eligible == "yes", features, figures
        ),
        "pilot_basis": _basis(criteria, measures, features, figures, measured),
    }
    return {name: _declared(name, table) for name, table in result.items()}


def _eligible(
    measured: pd.DataFrame, scores: Scores, figures: Mapping[str, Figure]
) -> tuple[pd.Series[str], pd.Series[Any]]:
    """Tell which parks can be a pilot, and why others cannot."""
    outdated, underuse = measured["outdated_ha"], measured["underuse_certain_ha"]
    nothing = (outdated.fillna(0.0) <= 0) & (underuse.fillna(0.0) <= 0)
    unknown = outdated.isna() & underuse.isna()
    leaving = measured["transformation_share"].fillna(0.0) > figures["most_transformed"].value
    little = scores.assessed < figures["least_assessed"].value
    result = pd.Series("yes", index=measured.index, dtype=object)
    why = pd.Series(None, index=measured.index, dtype=object)
    for wrong, code, text in (
        (nothing, "no", "er is geen verouderde of licht gebruikte grond bekend"),
        (leaving, "no", "het terrein wordt vrijwel geheel getransformeerd"),
        (little, "not_assessed", "te weinig is beoordeeld"),
        (unknown, "not_assessed", "niet bekend is of er iets te vernieuwen is"),
    ):
        result[wrong], why[wrong] = code, text
    return result, why


def _rank(
    measured: pd.DataFrame, scores: Scores, eligible: pd.Series[str], parameters: Parameters
) -> pd.DataFrame:
    """Rank the parks that can be a pilot, by total and by criterion, with how firm that is."""
    part = (eligible == "yes").to_numpy(dtype=bool)
    settings = parameters.reservation
    values = scores.criteria.to_numpy(dtype=np.float64)[part]
    weights = draw_weights(values.shape[1], settings.weight_draws, settings.seed)
    share, error = share_in_top(values, weights, settings.pilots)
    table = pd.DataFrame(index=measured.index)
    for column, found in (("top_share", share), ("top_share_error", error)):
        table[column] = np.nan
        table.loc[part, column] = found
    for name, series in (("total", scores.total), *scores.criteria.items()):
        table[f"rank_{name}"] = ranks(np.where(part, series.to_numpy(dtype=np.float64), np.nan))
    first = (table["rank_total"] <= settings.pilots).to_numpy(dtype=bool)
    return table.assign(
        short_list=np.where(first, "yes", "no"), top_n=settings.pilots, draws=settings.weight_draws
    )


def _pilots(
    ranked: pd.DataFrame,
    measured: pd.DataFrame,
    evidence: pd.DataFrame,
    scores: Scores,
    criteria: Mapping[str, Criterion],
    measures: Sequence[Measure],
    figures: Mapping[str, Figure],
) -> gpd.GeoDataFrame:
    """Put everything about a park in one row, with its reason in words."""
    labels = {name: criterion.name_nl for name, criterion in criteria.items()}
    labels |= {measure.measure_id: measure.name_nl for measure in measures}
    table = ranked.join(scores.criteria).join(measured)
    table = table.assign(
        total=scores.total,
        assessed_share=scores.assessed,
        intensification_year=int(figures["intensification_year"].value),
        status="assumption",
        **{name: evidence[name] for name in ("name", "municipality_code", "municipality_name", "sub_area")},
        **{name: evidence[name] for name in ("grid_status", "geometry")},
    )
    rows = []
    for place, values in enumerate(table.reset_index().to_dict("records")):
        record = {str(key): value for key, value in values.items()}
        details = scores.details.iloc[place * len(measures) : (place + 1) * len(measures)]
        missing = [labels[str(name)] for name in details.loc[details["value"].isna(), "measure_id"]]
        full = {**record, "not_assessed": "; ".join(missing) or None}
        rows.append({**full, "reason_nl": pilot_reason(full, details, labels)})
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=RD)


def _details(
    scores: Scores,
    evidence: pd.DataFrame,
    criteria: Mapping[str, Criterion],
    measures: Sequence[Measure],
) -> pd.DataFrame:
    by_id = {measure.measure_id: measure for measure in measures}
    table = scores.details
    return table.assign(
        park_name=table["park_id"].map(evidence["name"].astype(object)),
        criterion_nl=[criteria[str(name)].name_nl for name in table["criterion"]],
        measure_nl=[by_id[str(name)].name_nl for name in table["measure_id"]],
        unit=[by_id[str(name)].unit for name in table["measure_id"]],
        assessed=np.where(table["value"].notna(), "yes", "no"),
        status=[by_id[str(name)].status for name in table["measure_id"]],
        source=[by_id[str(name)].source for name in table["measure_id"]],
    )


def _basis(
    criteria: Mapping[str, Criterion],
    measures: Sequence[Measure],
    features: Sequence[Feature],
    figures: Mapping[str, Figure],
    measured: pd.DataFrame,
) -> pd.DataFrame:
    """Say which weights, value functions and numbers the ranking rests on, and what was not assessed."""
    rows = [note("no_data", f"Niet beoordeeld: {NO_DATA_NL}", "geen laag vertelt hierover")]
    for name, criterion in criteria.items():
        what = f"Gewicht van {criterion.name_nl.lower()}"
        weight = _text(criterion.weight)
        rows.append(note(f"criterion_{name}", what, weight, criterion.status, criterion.source))
    for measure in measures:
        worth = "; ".join(f"{_text(at)} is {_text(value)} waard" for at, value in measure.points)
        value = f"gewicht {_text(measure.weight)}; {worth}"
        rows.append(
            note(f"measure_{measure.measure_id}", measure.name_nl, value, measure.status, measure.source)
        )
        gone = int(measured[measure.measure_id].isna().sum())
        if gone:
            what = f"Niet beoordeeld: {measure.name_nl}"
            rows.append(
                note(f"not_assessed_{measure.measure_id}", what, f"{gone} van {len(measured)} terreinen")
            )
    for item in features:
        within = f"{_text(item.alike_within)} {unit_nl(item.unit)}"
        value = f"gewicht {_text(item.weight)}; gelijk tot een verschil van {within}"
        what = f"Kenmerk: {item.name_nl}"
        rows.append(note(f"feature_{item.feature}", what, value, item.status, item.source))
    rows += [
        note(f"figure_{figure.name}", figure.label_nl, figure_text(figure), figure.status, figure.source)
        for figure in figures.values()
    ]
    return pd.DataFrame(rows)


def _text(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _declared(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table its declared columns in their order, sorted."""
    layer = STRUCTURE_BY_NAME[name]
    columns = [column.name for column in layer.columns]
    order = [layer.identifier] if layer.identifier else list(layer.order)
    if layer.shape != "table":
        columns.append("geometry")
    return table[columns].sort_values(order, ignore_index=True, na_position="last")
