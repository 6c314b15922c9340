"""Which firms are circular: a rule file that the province can replace, and per firm the rule that decided.

The province is still writing its definition. Rules look at the SBI code, at words in the name or at the
identifier; the rule with the lowest priority number decides, and among equals the first by its own id.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import sbi
from analysis.data_files import Field, read_data_file
from analysis.space.quantities import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

KINDS = ("include", "exclude", "keyword", "sbi")
"""A list of identifiers to include or exclude, a word in the name, a beginning of an SBI code."""
VERDICTS = ("circular", "possible", "not_circular")
NOT_ASSESSED = "not_assessed"
NO_RULE = "no_rule"

_FIELDS = (
    Field("rule_id"),
    Field("priority", "number", minimum=0),
    Field("kind", allowed=KINDS),
    Field("pattern"),
    Field("sbi_version", filled=False, allowed=sbi.VERSIONS),
    Field("verdict", allowed=VERDICTS),
    Field("function_id", filled=False),
    Field("reason_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the definition."""

    rule_id: str
    priority: float
    kind: str
    pattern: str
    sbi_version: str
    verdict: str
    function_id: str
    reason_nl: str
    status: str
    source: str


def load_rules(path: Path | None = None, *, functions: Iterable[str] | None = None) -> tuple[Rule, ...]:
    """Read the rules in the order in which they decide.

    Parameters
    ----------
    path
        The province's own file instead of the one that ships with the product.
    functions
        Functions that exist, to check references; None skips the check.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("circular_business_rules", path, _FIELDS, ("rule_id",))
    groups = sbi.known_groups()
    by_code = np.array(file.texts("kind"), dtype=object) == "sbi"
    versions, patterns = file.texts("sbi_version"), file.texts("pattern")
    bare = by_code & (np.array(versions, dtype=object) == "")
    file.report("the SBI code has no version", "Write SBI-2008 or SBI-2025.", "sbi_version", bare)
    strange = np.array(
        [
            bool(of and version and sbi.unknown_codes(sbi.split_codes(code), version, groups))
            for of, code, version in zip(by_code, patterns, versions, strict=True)
        ],
        dtype=bool,
    )
    file.report(
        "the SBI code does not exist", "Look the code up at cbs.nl and correct it.", "pattern", strange
    )
    listed = np.isin(file.texts("kind"), ["include", "exclude"])
    excluding = np.isin(file.texts("verdict"), ["not_circular"]) == np.isin(file.texts("kind"), ["exclude"])
    file.report(
        "an exclude list must say not_circular, and an include list must not",
        "Correct the kind or the verdict.",
        "verdict",
        listed & ~excluding,
    )
    if functions is not None:
        file.check_known("function_id", functions, "the function")
    file.stop()
    names = ("kind", "pattern", "sbi_version", "verdict", "function_id", "reason_nl", "status", "source")
    rows = zip(
        file.texts("rule_id"),
        file.numbers("priority").tolist(),
        *(file.texts(name) for name in names),
        strict=True,
    )
    return tuple(sorted((Rule(*row) for row in rows), key=lambda rule: (rule.priority, rule.rule_id)))


def classify(businesses: gpd.GeoDataFrame, rules: tuple[Rule, ...]) -> pd.DataFrame:
    """Tell per business whether it is circular, and which rule decided.

    Returns
    -------
    DataFrame
        ``business_id``, ``verdict``, ``rule_id``, ``function_id``, ``reason_nl``, ``status``. A firm that no
        rule speaks of is not circular; one without a code and without a name is not assessed.
    """
    codes = sbi.digits(businesses["sbi"])
    names = np.array([plain(name) for name in businesses["name"]], dtype=object)
    identifiers = businesses["business_id"].astype(str).to_numpy(dtype=object)
    decided = np.full(len(businesses), -1, dtype=np.int64)
    for number, rule in enumerate(rules):
        meant = _meant(rule, codes, businesses["sbi_version"], names, identifiers)
        decided[(decided < 0) & meant] = number
    blank = (codes == "") & (names == "")
    rows = []
    for identifier, number, empty in zip(identifiers, decided.tolist(), blank, strict=True):
        if number >= 0:
            rule = rules[number]
            function = rule.function_id or None
            rows.append((identifier, rule.verdict, rule.rule_id, function, rule.reason_nl, rule.status))
        elif empty:
            reason = "Geen SBI-code en geen naam bekend."
            rows.append((identifier, NOT_ASSESSED, NO_RULE, None, reason, "assumption"))
        else:
            reason = "Geen regel van de definitie noemt dit bedrijf."
            rows.append((identifier, "not_circular", NO_RULE, None, reason, "assumption"))
    columns = ["business_id", "verdict", "rule_id", "function_id", "reason_nl", "status"]
    return pd.DataFrame(rows, columns=columns)


def _meant(
    rule: Rule,
    codes: NDArray[np.object_],
    versions: pd.Series[str],
    names: NDArray[np.object_],
    identifiers: NDArray[np.object_],
) -> NDArray[np.bool_]:
    """Tell which firms a rule speaks of."""
    if rule.kind == "sbi":
        return sbi.under(codes, versions, sbi.split_codes(rule.pattern), rule.sbi_version)
    if rule.kind == "keyword":
        # a word may go on (recycl: recycling, recycler) but must start there, or after a joined word
        word = re.compile(re.escape(plain(rule.pattern)))
        return np.array([bool(word.search(str(name))) for name in names], dtype=bool)
    wanted = {item.strip() for item in rule.pattern.split(";")}
    return np.array([identifier in wanted for identifier in identifiers], dtype=bool)


def plain(text: object) -> str:
    """Give text in lower case without accents, empty for a missing value."""
    if text is None or text is pd.NA or (isinstance(text, float) and np.isnan(text)):
        return ""
    folded = unicodedata.normalize("NFKD", str(text)).casefold()
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def by_rule(classified: pd.DataFrame, jobs: NDArray[np.float64]) -> pd.DataFrame:
    """Count firms and jobs per verdict and deciding rule.

    Parameters
    ----------
    jobs
        Jobs per firm, in the order of `classified`; NaN where unknown.
    """
    table = classified.assign(jobs=jobs)
    grouped = table.groupby(["verdict", "rule_id"], sort=True)
    result = grouped.agg(
        establishments=("business_id", "size"), jobs=("jobs", "sum"), reason_nl=("reason_nl", "first")
    )
    return result.reset_index()
