"""The paragraph about a plan that goes into consultation: plain, with numbers, bands and its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.plan_rules import OUTCOMES, SHORT
from analysis.plan_texts import write
from analysis.plan_words import LANGUAGES, Language, band, day, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from.

    Attributes
    ----------
    release
        Name of the release.
    date
        Reference date of its data, as ``2026-01-01``; a dash when it has none.
    status_nl, status_en
        Status in the procedure.
    threshold
        Category from which on land counts as heavy.
    sample
        Whether the data are made up.
    """

    release: str
    date: str
    status_nl: str
    status_en: str
    threshold: str
    sample: bool


def paragraph(
    answer: Mapping[str, pd.DataFrame], rules: pd.DataFrame, source: Source, language: Language
) -> tuple[str, ...]:
    """Write the paragraph, one text per sentence.

    Parameters
    ----------
    answer
        As `analysis.plan_test.measure_plan` gives.
    rules
        As `analysis.plan_rules.plan_rules` gives.
    """
    table = answer["figures"].set_index("figure")
    said: dict[str, Any] = {
        str(name): band(float(row["low"]), float(row["high"]), str(row["unit"]), language)
        for name, row in table.iterrows()
    }
    unknown = set(table.index[table["high"].isna()])
    names = [str(name) for name in answer["parks"].loc[answer["parks"]["overlap_ha"] > 0, "name"].dropna()]
    said |= {
        "where": f" ({listed(names, SHOWN, language)})" if names else "",
        "threshold": source.threshold,
        "total": len(rules),
        "release": source.release,
        "date": day(source.date, language),
        "status": source.status_nl if language == "nl" else source.status_en,
        "sample": write("sample", language) if source.sample else "",
    }
    said["parts"] = _outcomes(rules, language)
    keys = (
        "concept",
        "size",
        "lost_unknown" if "heavy_lost" in unknown else "lost",
        "inside_unknown" if unknown & {"quay", "firms", "objects"} else "inside",
        "rights",
        "rules",
        "method",
        "source",
    )
    return tuple(write(key, language, **said) for key in keys)


def _outcomes(rules: pd.DataFrame, language: Language) -> str:
    """Tell how many rules came out how, and which; outcomes that do not occur are left out."""
    parts = []
    for outcome in OUTCOMES:
        found = rules.loc[rules["outcome"] == outcome, "rule"].astype(str).tolist()
        names = listed([SHORT[rule][LANGUAGES.index(language)] for rule in found], len(found), language)
        if found:
            parts.append(write(f"rules_{outcome}", language, count=len(found), names=names))
    return listed(parts, len(parts), language)
