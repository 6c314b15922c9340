"""Published optima, solved by the modules that the product uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from analysis.sharing.capacitated import solve_location
from analysis.sharing.coverage import maximal_coverage
from analysis.sharing.location import from_matrix
from analysis.sharing.median import solve_median
from analysis.sharing.minimum_set import MinimumSet, replacement_costs, solve_minimum_set
from analysis.solving.outcome import Limits

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "oracles"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the shared folder with oracles is not beside the checkout"
)
EXACT = Limits(gap=1e-7, seconds=None, nodes=100_000)


def read_pmed(path: Path) -> Any:
    """Read a p-median instance; an edge listed twice counts with its last cost."""
    numbers = [int(text) for text in path.read_text().split()]
    nodes, edges, number = numbers[:3]
    length = np.zeros((nodes, nodes))
    for one, two, cost in np.array(numbers[3 : 3 + 3 * edges]).reshape(-1, 3):
        length[one - 1, two - 1] = length[two - 1, one - 1] = cost
    return dijkstra(csr_array(length), directed=False), number


def read_cap(path: Path) -> Any:
    numbers = [float(text) for text in path.read_text().split()]
    sites, clients = int(numbers[0]), int(numbers[1])
    head = np.array(numbers[2 : 2 + 2 * sites]).reshape(sites, 2)
    body = np.array(numbers[2 + 2 * sites :]).reshape(clients, sites + 1)
    return body[:, 1:], body[:, 0], head[:, 0], head[:, 1]


@pytest.mark.parametrize(("number", "optimum"), [(1, 5819), (2, 4093), (3, 4250), (4, 3034), (5, 1355)])
def test_median_of_or_library(number: int, optimum: float) -> None:
    distance, sites = read_pmed(FOLDER / "orlib" / f"pmed{number}.txt")
    found = solve_median(distance, sites, EXACT)
    assert found.status == "optimal"
    assert found.objective == optimum
    assert found.opened.sum() == sites


@pytest.mark.parametrize(
    ("number", "optimum"), [(61, 932615.750), (62, 977799.400), (71, 932615.750), (91, 796648.438)]
)
def test_capacitated_location_of_or_library(number: int, optimum: float) -> None:
    cost, demand, capacity, fixed = read_cap(FOLDER / "orlib" / f"cap{number}.txt")
    problem = from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed)
    found = solve_location(problem, EXACT)
    assert found.objective == pytest.approx(optimum, abs=1e-3)
    assert found.gap <= 1e-7
    assert (found.load(problem) <= capacity + 1e-6).all()


@pytest.fixture(scope="module")
def san_francisco() -> Any:
    folder = FOLDER / "spopt"
    network = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    demand = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    table = network.pivot_table(values="distance", index="DestinationName", columns="name")
    return table.sort_index().to_numpy(), demand["POP2000"].to_numpy(dtype=float)


def test_median_of_san_francisco(san_francisco: Any) -> None:
    distance, people = san_francisco
    found = solve_median(distance * people[:, None], 4, EXACT)
    assert found.objective / people.sum() == pytest.approx(2982.1268579890657, rel=1e-9)


def test_coverage_of_san_francisco(san_francisco: Any) -> None:
    distance, people = san_francisco
    found = maximal_coverage(distance <= 5000, people, 4, EXACT)
    assert (~found.covered).sum() == 21
    assert 100 * found.covered.mean() == pytest.approx(89.75609756097561)


def test_minimum_set_of_pymarxan() -> None:
    folder = FOLDER / "pymarxan_simple"
    units, wanted = pd.read_csv(folder / "pu.dat"), pd.read_csv(folder / "spec.dat")
    amounts = pd.read_csv(folder / "puvspr.dat").pivot_table(
        values="amount", index="species", columns="pu", fill_value=0.0
    )
    problem = MinimumSet.single(
        units["cost"].to_numpy(dtype=float),
        amounts.to_numpy(dtype=float),
        wanted["target"].to_numpy(dtype=float),
    )
    found = solve_minimum_set(problem, EXACT)
    assert found.objective == pytest.approx(35.0)
    assert set(units["id"][found.chosen[:, 0]]) == {2, 4, 6}


@pytest.fixture(scope="module")
def micro() -> Any:
    return json.loads((FOLDER / "micro.json").read_text())


def numbers(values: Any) -> Any:
    return np.array([np.nan if value is None else float(value) for value in values])


def test_minimum_set_of_prioritizr(micro: dict[str, Any]) -> None:
    case = micro["minset_locked"]
    locked_in, locked_out = np.zeros((4, 1), dtype=bool), np.zeros((4, 1), dtype=bool)
    locked_in[np.array(case["locked_in"]) - 1] = True
    locked_out[np.array(case["locked_out"]) - 1] = True
    problem = MinimumSet.single(
        numbers(case["cost"]),
        np.array([case["f1"], case["f2"]], dtype=float),
        np.array(case["targets"], dtype=float),
        locked_in=locked_in[:, 0],
        locked_out=locked_out[:, 0],
    )
    found = solve_minimum_set(problem, EXACT)
    assert found.objective == pytest.approx(case["objective"])
    assert found.chosen[:3, 0].tolist() == [False, True, True]
    assert not found.chosen[3, 0]


def test_replacement_costs_of_prioritizr_in_one_zone(micro: dict[str, Any]) -> None:
    case = micro["replacement_single_zone"]
    problem = MinimumSet.single(
        numbers(case["cost"]),
        np.array([case["spp1"], case["spp2"]], dtype=float),
        np.array(case["targets"], dtype=float),
    )
    chosen = np.array([value == 1 for value in case["solution"]])[:, None]
    assert solve_minimum_set(problem, EXACT).chosen.tolist() == chosen.tolist()
    found = replacement_costs(problem, chosen, EXACT, keep_others=True)[:, 0]
    np.testing.assert_allclose(found, [0.0, 8.0, np.nan, np.inf])


def test_replacement_costs_of_prioritizr_in_two_zones(micro: dict[str, Any]) -> None:
    case = micro["replacement_multi_zone"]
    cost = np.stack([numbers(case["cost_1"]), numbers(case["cost_2"])], axis=1)
    amounts = np.zeros((4, 8, 2))
    for row, (name, zone) in enumerate((("spp1_1", 0), ("spp2_1", 0), ("spp1_2", 1), ("spp2_2", 1))):
        amounts[row, :, zone] = np.nan_to_num(numbers(case[name]))
    targets = np.array(
        [case["targets"][name] for name in ("spp1_z1", "spp2_z1", "spp1_z2", "spp2_z2")], dtype=float
    )
    problem = MinimumSet(cost, amounts, targets)
    found = solve_minimum_set(problem, EXACT)
    assert found.objective == pytest.approx(case["objective"])
    chosen = np.stack([numbers(case["solution_z1"]) == 1, numbers(case["solution_z2"]) == 1], axis=1)
    assert found.chosen.tolist() == chosen.tolist()
    expected = np.stack([numbers(case["replacement_z1"]), numbers(case["replacement_z2"])], axis=1)
    np.testing.assert_allclose(replacement_costs(problem, chosen, EXACT, keep_others=True), expected)


def test_the_way_for_large_problems_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices first, rows where the relaxation breaks them: what 100 by 1000 takes, tried on what is known."""
    monkeypatch.setattr("analysis.sharing.capacitated.SMALL", 0)
    cost, demand, capacity, fixed = read_cap(FOLDER / "orlib" / "cap61.txt")
    found = solve_location(from_matrix(cost, demand=demand, capacity=capacity, fixed=fixed), EXACT)
    assert found.objective == pytest.approx(932615.750, abs=1e-3)
    assert found.bound == pytest.approx(932615.750, abs=1.0)
