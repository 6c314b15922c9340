"""The JSON documents of OGC API Processes (OGC 18-062r2), as pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.http.processes.catalogue import PROCESSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.http.processes.catalogue import Process
    from api.http.processes.jobs import Job

CONFORMANCE: Final = tuple(
    f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{name}"
    for name in ("core", "ogc-process-description", "json", "job-list", "dismiss")
)
JSON: Final = "application/json"
VERSION: Final = "1.0.0"
_RESULTS: Final = "http://www.opengis.net/def/rel/ogc/1.0/results"
_EXECUTE: Final = "http://www.opengis.net/def/rel/ogc/1.0/execute"
_JOBS: Final = "http://www.opengis.net/def/rel/ogc/1.0/job-list"

Document = dict[str, Any]


def process_list(root: str) -> Document:
    """List the calculations."""
    return {
        "processes": [_summary(process, root) for process in PROCESSES.values()],
        "links": [_link(f"{root}/processes", "self", "Berekeningen")],
    }


def process_document(process: Process, root: str) -> Document:
    """Describe one calculation, with the JSON schema of what it needs."""
    schema = process.inputs.model_json_schema()
    definitions = schema.get("$defs", {})
    needed = set(schema.get("required", ()))
    inputs = {
        name: {
            "title": name,
            "schema": _inlined(described, definitions),
            "minOccurs": int(name in needed),
            "maxOccurs": 1,
        }
        for name, described in schema.get("properties", {}).items()
    }
    document = _summary(process, root)
    document["links"] = [
        *document["links"],
        _link(f"{root}/processes/{process.id}/execution", _EXECUTE, "Voer deze berekening uit"),
        _link(f"{root}/jobs", _JOBS, "Uw berekeningen"),
    ]
    return {
        **document,
        "inputs": inputs,
        "outputs": {"answer": {"title": "Antwoord", "schema": {"type": "object"}}},
    }


def job_document(job: Job, root: str) -> Document:
    """Tell how a calculation stands."""
    document: Document = {
        "processID": job.process,
        "type": "process",
        "jobID": job.id,
        "status": job.state,
        "created": job.created.isoformat(),
        "updated": job.updated.isoformat(),
        "message": " ".join(job.problems) or job.progress,
        "links": [_link(f"{root}/jobs/{job.id}", "self", "Deze berekening")],
    }
    if job.state == "successful":
        document["links"].append(_link(f"{root}/jobs/{job.id}/results", _RESULTS, "Het antwoord"))
    if job.finished:
        document["finished"] = job.updated.isoformat()
    return document


def job_list(jobs: Iterable[Job], root: str) -> Document:
    """List the calculations of one caller."""
    return {
        "jobs": [job_document(job, root) for job in jobs],
        "links": [_link(f"{root}/jobs", "self", "Uw berekeningen")],
    }


def _summary(process: Process, root: str) -> Document:
    return {
        "id": process.id,
        "title": process.title,
        "description": process.description,
        "version": VERSION,
        "jobControlOptions": [*(["sync-execute"] if process.small else []), "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [_link(f"{root}/processes/{process.id}", "self", process.title)],
    }


def _inlined(schema: Any, definitions: Document) -> Any:
    """Put definitions in their place, so that each input describes itself."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[str(schema["$ref"]).rpartition("/")[2]], definitions)
    return {name: _inlined(part, definitions) for name, part in schema.items()}


def _link(href: str, rel: str, title: str) -> Document:
    return {"href": href, "rel": rel, "type": JSON, "title": title}
