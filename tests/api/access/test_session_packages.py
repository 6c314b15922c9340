"""A package holds the plan: who sees a part of it in a session does not get the package while nothing was decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.jobs.sessions import open_session, read_sessions
from tests.support.served import NOW, serve
from tests.support.two_municipalities import CODES

if TYPE_CHECKING:
    from pathlib import Path


def test_a_package_is_not_for_who_sees_a_part_of_what_is_undecided(tmp_path: Path) -> None:
    served = serve(tmp_path, status="candidate")
    place = tmp_path / "sessions.json"
    found = read_sessions(place)[0]
    open_session(place, replace(found, id="all-2026", municipalities=True), served.release, NOW)
    # the session makes the release exist for the municipality, and shares zones and sites of it
    assert served.ask("/v1/collections/reservation_zones", "a").status_code == 200
    assert served.ask(f"/v1/packages/{CODES['A']}", "a").status_code == 404
    assert served.ask("/v1/packages", "a").json()["packages"] == []
    assert served.ask(f"/v1/packages/{CODES['A']}", "province").status_code == 200
