"""The reservation plan from the command line on the sample region: made once, then questioned live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from analysis.reservation.assemble import problem_of
from analysis.reservation.plan_tables import read_plan
from api.cli.main import main
from api.jobs.changes import Changes
from api.jobs.derive import ReleaseTables, parameters_of
from api.jobs.reserve import refuse_broken, reserve
from api.jobs.steps import read_steps
from gis.errors import InputError, ReleaseError
from layers.release import open_release
from tests.support.short_plan import SHORT, no_views

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

pytestmark = pytest.mark.xdist_group("plan")


@pytest.fixture(scope="module")
def demanded(balanced_release: Path) -> Release:
    return open_release(balanced_release)


@pytest.fixture(scope="module")
def planned(planned_release: Path) -> Release:
    return open_release(planned_release)


def asked(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    code = main([*arguments, "--json"])
    out, err = capsysbinary.readouterr()
    assert code == 0, err.decode()
    return json.loads(out)


def test_a_plan_is_a_release_of_its_own_with_its_parent(demanded: Release, planned: Release) -> None:
    assert planned.verify() == ()
    assert planned.manifest["parent"] == demanded.name
    assert planned.manifest["recipe"]["step"]["solver"].startswith("HiGHS")
    aims = planned.table("plan_aims")
    assert aims["aim"].tolist() == ["shortage", "people"]
    assert (aims["bound"] <= aims["value"] + 1e-6).all()
    assert {"structure_hubs", "shared_functions", "redevelopment_pilots", "plan_ways_out"} <= set(
        planned.names
    )


def test_what_is_reserved_and_short_adds_up_to_what_is_wanted(planned: Release) -> None:
    targets = planned.table("plan_targets")
    missing = (targets["wanted_ha"] - targets["got_ha"]).clip(lower=0)
    assert targets["short_ha"].to_numpy() == pytest.approx(missing.to_numpy(), abs=2e-3)
    plan = planned.table("reservation_plan")
    assert not plan.duplicated(["plan", "site_id"]).any(), "a site is reserved for one function at most"


def test_nothing_about_single_sites_is_public(planned: Release) -> None:
    for name in ("reservation_plan", "reservation_candidates", "site_suitability", "plan_conflicts"):
        assert planned.file_level(f"data/{name}.parquet") == "province"


def test_the_same_changes_give_the_same_plan(demanded: Release, planned: Release, tmp_path: Path) -> None:
    again = reserve(demanded, tmp_path, Changes(settings=SHORT), render=no_views)
    assert again.name == planned.name
    assert again.manifest["tables_sha256"] == planned.manifest["tables_sha256"]


def test_a_tampered_plan_is_not_released(planned: Release) -> None:
    tables, parameters = ReleaseTables(planned), parameters_of(planned)
    problem = problem_of(tables, parameters)
    plan = read_plan(problem, tables)
    refuse_broken(problem, plan, tables, parameters)
    chosen = int(plan.chosen.argmax())
    start = plan.start.copy()
    start[chosen] = -1
    tampered = type(plan)(start, plan.shortage, plan.blocked_plans, plan.aims, plan.solver)
    with pytest.raises(ReleaseError, match="does not pass the check"):
        refuse_broken(problem, tampered, tables, parameters)


def test_why_names_what_speaks_for_a_site(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    park = str(planned.table("reservation_plan")["park_id"].iloc[0])
    answer = asked(capsysbinary, "why", str(planned.path), park)
    site = answer["sites"][0]
    assert {"why.chosen", "why.rank"} <= {sentence["id"] for sentence in site["sentences"]}
    parts = sum(part["contribution"] or 0.0 for part in site["contributions"])
    assert parts == pytest.approx(site["suitability"], abs=2e-3)


def test_why_not_names_the_rule_of_a_park_that_cannot(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    table = planned.table("reservation_candidates")
    sites = planned.table("reservation_sites")[["site_id", "park_id"]]
    crusher = table[(table["function"] == "F06-5") & (table["year"] == table["year"].max())]
    able = crusher.merge(sites, on="site_id").groupby("park_id")["capacity_ha"].max()
    park = str(able.index[(able == 0).to_numpy()][0])
    answer = asked(capsysbinary, "why-not", str(planned.path), park, "--function", "F06-5")
    assert answer["forced"] is None
    assert answer["forbidden"][0]["rule_id"] in set(planned.table("reservation_rules")["rule_id"])


def test_transforming_a_park_counts_its_land(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "what-if", str(planned.path), "--transform", "VB001")
    sites = planned.table("reservation_sites")
    assert answer["lost"]["hectares"] == pytest.approx(
        sites.loc[sites["park_id"] == "VB001", "area_ha"].sum()
    )
    assert all(row["park_id"] == "VB001" for row in answer["reserved"])


def test_a_lock_comes_in(planned: Release, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    tables, parameters = ReleaseTables(planned), parameters_of(planned)
    problem = problem_of(tables, parameters)
    plan = read_plan(problem, tables)
    taken = set(problem.site[plan.chosen].tolist())
    pair = next(place for place in range(problem.pairs) if int(problem.site[place]) not in taken)
    site = str(problem.sites["site_id"].iloc[problem.site[pair]])
    function = problem.functions[problem.function[pair]]
    answer = asked(capsysbinary, "what-if", str(planned.path), "--lock-in", f"{site}={function}")
    assert (site, function) in {(place["site_id"], place["function"]) for place in answer["comes_in"]}


def test_another_weight_moves_the_plan_and_tells_both_sides_of_the_aims(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(
        capsysbinary, "what-if", str(planned.path), "--weight", "nature=0", "--weight", "frontage=9"
    )
    assert answer["weights"] == {"frontage": 9.0, "nature": 0.0}
    aims = {aim["aim"]: aim for aim in answer["aims"]}
    assert aims["suitability"]["after"] <= aims["suitability"]["before"] + 0.01 * sum(
        place["hectares"] for name in ("comes_in", "goes_out", "changes") for place in answer[name]
    )
    # what the council puts first stays within what the plan may give away of it
    recorded = planned.table("plan_aims").set_index("aim")
    for name in ("shortage", "people"):
        most = float(recorded["value"][name]) + float(recorded["tolerance"][name])
        assert aims[name]["after"] <= most + 1e-6


def test_every_municipality_is_allocated(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "allocate", str(planned.path), "--function", "F10=3", "--within", "40")
    served = pd.DataFrame(answer["assignments"])
    assert served.groupby("municipality_code")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert served["municipality_code"].nunique() == 26
    assert served["site_id"].nunique() == 3


def test_the_first_sites_come_with_reasons_and_weights(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "plan", str(planned.path), "--top", "4")
    assert len(answer["first"]) == 4
    table = planned.table("reservation_plan")
    earliest = table[(table["plan"] == "proposal") & (table["from_year"] == table["from_year"].min())]
    assert answer["first"][0]["suitability"] == pytest.approx(earliest["suitability"].max())
    assert all(row["acceptability"] is None for row in answer["first"]), "other weights were not drawn"
    assert {row["criterion"] for row in answer["weights"]} == set(parameters_of(planned).reservation.weights)


def test_each_question_is_logged(planned: Release, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    before = len(read_steps(planned.path.parent))
    asked(capsysbinary, "why", str(planned.path), "VB001")
    steps = read_steps(planned.path.parent)
    assert len(steps) == before + 1
    assert (steps[-1]["command"], steps[-1]["release"]) == ("why", planned.name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--lock-in", "NERGENS=F05"), "NERGENS"),
        (("--lock-in", "VB001=F99"), "F99"),
        (("--lock-in", "VB001=F05", "--lock-out", "VB001=F05"), "VB001"),
        (("--weight", "grid=-1"), "grid"),
        (("--weight", "grid=veel"), "grid=veel"),
        (("--weight", "mooi=1"), "mooi"),
        (("--aims", "geluk"), "aims"),
    ],
)
def test_a_change_that_cannot_be_is_named_and_nothing_is_made(
    planned: Release, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    folder = planned.path.parent
    before = sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert main(["reserve", str(planned.path), *arguments]) == 1
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == before


def test_a_release_without_demand_or_plan_says_what_to_do(
    release: Release, demanded: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reserve", str(release.path)]) == 1
    assert "no land demand" in capsys.readouterr().err
    assert main(["why", str(demanded.path), "VB001"]) == 1
    assert "kringruimte reserve" in capsys.readouterr().err
    assert main(["allocate", str(demanded.path), "--function", "F05=1"]) == 1
    assert "kringruimte reserve" in capsys.readouterr().err


def test_all_weights_zero_is_refused(demanded: Release, tmp_path: Path) -> None:
    nothing = {str(name): 0.0 for name in parameters_of(demanded).reservation.weights}
    with pytest.raises(InputError, match="weight"):
        reserve(demanded, tmp_path, Changes(weights=nothing), render=no_views)
    assert not list(tmp_path.iterdir())
