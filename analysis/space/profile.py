"""Evidence that a function strengthens the economic profile: location quotient, clusters and chain links.

The location quotient (Isard 1960) is the share of a function's SBI codes in the jobs of a sub-area, divided
by that share in the whole region, or in a reference that the project states. Without evidence the ground of
a function that is meant to strengthen the profile is an administrative choice, and says so.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from analysis.data_files import Field, read_data_file
from analysis.space.firms import FEWEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.firms import Firms
    from analysis.space.functions import Catalogue

PROFILE = ("strengthens_profile", "both")
CHOICE_NL, CHOICE_EN = "bestuurlijke keuze", "administrative choice"
PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class ProfileRules:
    """When figures count as evidence (assumptions).

    Attributes
    ----------
    quotient
        Smallest location quotient.
    firms
        Fewest firms in the sub-area.
    cluster_m
        Distance within which firms of one function belong to one cluster, metres.
    cluster_firms
        Fewest firms of a cluster.
    """

    quotient: float = 1.2
    firms: int = FEWEST
    cluster_m: float = 1_000.0
    cluster_firms: int = 3


def load_chains(path: Path | None = None, *, functions: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Read which function delivers to which.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    fields = (Field("from_function"), Field("to_function"), Field("link_nl", filled=False))
    file = read_data_file("chain_links", path, fields, ("from_function", "to_function"))
    if functions is not None:
        known = list(functions)
        for column in ("from_function", "to_function"):
            file.check_known(column, known, "the function")
    file.stop()
    return sorted(zip(file.texts("from_function"), file.texts("to_function"), strict=True))


def location_quotient(
    jobs: NDArray[np.float64], all_jobs: NDArray[np.float64], reference: float | None = None
) -> NDArray[np.float64]:
    """Give the location quotient per area.

    Parameters
    ----------
    jobs, all_jobs
        Jobs of the activity and of everything, per area.
    reference
        Share of the activity in the jobs of the reference area; None takes all areas together.

    Returns
    -------
    ndarray
        NaN where an area has no jobs or the reference has none of the activity.
    """
    share = np.divide(jobs, all_jobs, out=np.full(len(jobs), np.nan), where=all_jobs > 0)
    total = float(all_jobs.sum())
    whole = reference if reference is not None else (float(jobs.sum()) / total if total > 0 else np.nan)
    return share / whole if whole > 0 else np.full(len(jobs), np.nan)


def clusters(points: NDArray[np.float64], distance: float, fewest: int) -> NDArray[np.int64]:
    """Give each point the number of its cluster, joined by steps of at most `distance`; -1 for none.

    Parameters
    ----------
    points
        ``(n, 2)``, metres.
    """
    if len(points) == 0:
        return np.zeros(0, dtype=np.int64)
    pairs = cKDTree(points).query_pairs(distance, output_type="ndarray").reshape(-1, 2)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(points), len(points)))
    _, label = connected_components(graph, directed=False)
    large = np.bincount(label) >= fewest
    renumbered = np.where(large, np.cumsum(large) - 1, -1)
    return np.asarray(renumbered[label], dtype=np.int64)


def profile_evidence(
    firms: Firms,
    catalogue: Catalogue,
    chains: Sequence[tuple[str, str]],
    sub_areas: Sequence[str],
    *,
    rules: ProfileRules | None = None,
    reference: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Measure the evidence per function and sub-area, and for the whole province.

    A firm counts for every function whose SBI codes it falls under. Where codes are shared, `shared_codes`
    names the other functions and the evidence is not assessed.

    Parameters
    ----------
    reference
        Function to its share of jobs in a reference area, such as the nation; a function that is not in it
        is compared with the region itself.

    Returns
    -------
    DataFrame
        ``function_id``, ``sub_area``, ``establishments``, ``jobs``, ``location_quotient``, ``reference``,
        ``clusters``, ``largest_cluster``, ``chain_links``, ``shared_codes``, ``evidence``.
    """
    rules = rules or ProfileRules()
    table = firms.table
    jobs = table["jobs"].fillna(0.0).to_numpy()
    place = table["sub_area"].map({name: row for row, name in enumerate(sub_areas)}).fillna(-1)
    area = place.to_numpy(dtype=np.int64)
    inside = area >= 0
    all_jobs = np.bincount(area[inside], weights=jobs[inside], minlength=len(sub_areas)).astype(float)
    belongs = {name: firms.of_function(catalogue, name) & inside for name in catalogue.functions}
    xy = shapely.get_coordinates(firms.points)
    scopes = [*(area == row for row in range(len(sub_areas))), inside]
    parks = [_parks(belongs, table["park_id"], scope) for scope in scopes]
    rows = []
    for name, mine in belongs.items():
        if not catalogue.codes(name):
            continue
        stated = None if reference is None else reference.get(name)
        own = np.bincount(area[mine], weights=jobs[mine], minlength=len(sub_areas)).astype(float)
        quotient = location_quotient(own, all_jobs, stated)
        whole = location_quotient(own.sum(keepdims=True), all_jobs.sum(keepdims=True), stated)
        group = np.full(len(table), -1, dtype=np.int64)
        group[mine] = clusters(xy[mine], rules.cluster_m, rules.cluster_firms)
        common: dict[str, str | None] = {
            "function_id": name,
            "reference": "stated" if stated is not None else "region",
            "shared_codes": "; ".join(catalogue.shares_codes_with(name)) or None,
        }
        for row, sub_area in enumerate((*sub_areas, PROVINCE)):
            here = mine & (area == row) if row < len(sub_areas) else mine
            sizes = np.unique(group[here & (group >= 0)], return_counts=True)[1]
            links = _links(name, chains, parks[row])
            value = float(quotient[row]) if row < len(sub_areas) else float(whole[0])
            enough = int(here.sum()) >= rules.firms
            # the region compared with itself is one by construction and proves nothing
            telling = value >= rules.quotient and (row < len(sub_areas) or stated is not None)
            linked = len(sizes) > 0 or links > 0
            rows.append(
                {
                    **common,
                    "sub_area": sub_area,
                    "establishments": int(here.sum()),
                    "jobs": float(jobs[here].sum()),
                    "location_quotient": value,
                    "clusters": len(sizes),
                    "largest_cluster": int(sizes.max()) if len(sizes) else 0,
                    "chain_links": links,
                    "evidence": _verdict(common["shared_codes"], proof=enough and telling and linked),
                }
            )
    return pd.DataFrame(rows).sort_values(["function_id", "sub_area"], ignore_index=True)


def _verdict(shared_codes: str | None, *, proof: bool) -> str:
    """Firms that could be of another function prove nothing for this one."""
    if shared_codes is not None:
        return "not_assessed"
    return "yes" if proof else "no"


def _parks(
    belongs: Mapping[str, NDArray[np.bool_]], park: pd.Series[str], here: NDArray[np.bool_]
) -> dict[str, frozenset[str]]:
    """Give the parks on which each function has firms in one place."""
    names = park.to_numpy(dtype=object)
    placed = here & park.notna().to_numpy(dtype=bool)
    return {name: frozenset(names[mine & placed]) for name, mine in belongs.items()}


def _links(function: str, chains: Sequence[tuple[str, str]], parks: Mapping[str, frozenset[str]]) -> int:
    """Count the functions in the chain that stand on a park together with this one."""
    neighbours = {other for pair in chains if function in pair for other in pair if other != function}
    return sum(1 for other in neighbours if other in parks and not parks[function].isdisjoint(parks[other]))


def function_catalogue(catalogue: Catalogue, evidence: pd.DataFrame | None) -> pd.DataFrame:
    """Give the catalogue as a result: one row per size variant, with the ground and its evidence.

    Parameters
    ----------
    evidence
        As `profile_evidence` gives; None without a layer of businesses.
    """
    rows = []
    for name, variant in catalogue.variants.items():
        function = catalogue.functions[variant.function_id]
        ground_nl, proof = _ground(variant.function_id, function.selection, evidence)
        rows.append(
            {
                "variant_id": name,
                **{key: value or None for key, value in asdict(variant).items()},
                **{key: value or None for key, value in asdict(function).items()},
                "ground_nl": ground_nl,
                "profile_evidence": proof,
            }
        )
    return pd.DataFrame(rows).sort_values("variant_id", ignore_index=True)


def _ground(function: str, selection: str, evidence: pd.DataFrame | None) -> tuple[str, str]:
    """Put the ground of selection into words; `yes`, `no` or `not_assessed` for the profile part."""
    if selection == "not_in_province":
        return "niet in deze provincie", "not_assessed"
    if selection not in PROFILE:
        return "noodzakelijk", "not_assessed"
    start = "noodzakelijk; profiel: " if selection == "both" else ""
    if evidence is None:
        return f"{start}{CHOICE_NL}", "not_assessed"
    proof = evidence[(evidence["function_id"] == function) & (evidence["evidence"] == "yes")]
    if proof.empty:
        of = evidence.loc[evidence["function_id"] == function, "evidence"]
        return f"{start}{CHOICE_NL}", "no" if (of == "no").any() else "not_assessed"
    best = proof.sort_values(["location_quotient", "sub_area"], ascending=[False, True]).iloc[0]
    number = f"{best['location_quotient']:.1f}".replace(".", ",")
    words = (
        f"{start}versterkt het profiel: in {best['sub_area']} is het aandeel banen {number} keer zo groot "
        f"als in de hele regio; {best['clusters']} {'cluster' if best['clusters'] == 1 else 'clusters'} en "
        f"{best['chain_links']} {'schakel' if best['chain_links'] == 1 else 'schakels'} in de keten"
    )
    return words, "yes"
