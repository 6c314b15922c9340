"""What stands on the face of every map and report: title, status, date, sources and warnings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from layers.schema import Level
from maps import wording

if TYPE_CHECKING:
    from maps.reading import View

SAMPLE = "Geen echte grenzen. De kenmerken van terreinen, plannen en bedrijven zijn verzonnen."
CONFIDENTIAL = (
    "Werkversie voor planologen met woningbouwplannen, bedrijven en bindende objecten. Verspreid haar niet."
)
DISCLAIMER = (
    "De indicatieve benutbare categorie volgt uit richtafstanden. Zij is geen norm en vervangt geen "
    "onderzoek. Wat niet is beoordeeld, staat er zo bij."
)


def heading(view: View, subject: str) -> dict[str, str]:
    """Give the texts for the top and the foot of a map or report.

    Parameters
    ----------
    view
        The release as its reader sees it.
    subject
        What the map or report is about.

    Returns
    -------
    dict of str
        ``title``, ``heading``, ``meta``, ``banner``, ``note`` and ``confidential`` (empty when they do not
        apply), ``sources`` and ``disclaimer``.
    """
    project = view.release.project
    name = str(project["name"])
    return {
        "title": f"{subject}: {name}",
        "heading": f"{subject}: {name}",
        "meta": meta(project),
        "banner": banner(project),
        "note": "" if project.get("sample") else str(project.get("note") or "").strip(),
        "confidential": CONFIDENTIAL if view.level.allows(Level.PROVINCE) else "",
        "sources": sources_line(view),
        "disclaimer": DISCLAIMER,
    }


def meta(project: dict[str, Any]) -> str:
    """Write who made it, the reference date and the status in the procedure in one line."""
    status = wording.STATUSES.get(str(project["procedure_status"]), str(project["procedure_status"]))
    when = wording.day(date.fromisoformat(str(project["reference_date"])[:10]))
    return f"{project['authority']} · peildatum {when} · status: {status}"


def banner(project: dict[str, Any]) -> str:
    """Write what the sample is; empty for a project with data of its own."""
    if not project.get("sample"):
        return ""
    note = str(project.get("note") or "").strip()
    return f"{SAMPLE} {note}".strip()


def sources_line(view: View) -> str:
    """Name the sources of the layers that this reader may know of, each once, in the order of the layers."""
    named: dict[str, None] = {}
    for source in view.release.project.get("sources", []):
        text = str(source.get("source") or "").strip()
        if text and view.has(str(source.get("layer"))):
            named[text] = None
    return f"Bronnen: {'; '.join(named)}." if named else "Bronnen: niet opgegeven."
