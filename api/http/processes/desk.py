"""What the routes of calculations do: accept, show, give the answer, stop."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.http.processes import documents
from api.http.processes.catalogue import PROCESSES, Order, read_inputs
from api.http.processes.jobs import TooBusyError
from gis.errors import InputError
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

    from api.http.processes.catalogue import Process
    from api.http.processes.jobs import Job, JobRunner

LARGEST_BODY: Final = 1_000_000
PATIENCE_S: Final = 60.0
"""How long a small calculation is waited for before it becomes a job."""
ALLOWED: Final = Level.PROVINCE
"""A calculation reads the whole plan, so it is for those who may see all of it."""


class DeskError(Exception):
    """A request about calculations that cannot be met.

    Attributes
    ----------
    status
        Of the answer.
    details
        In Dutch, all that is wrong.
    retry_after
        Seconds, when waiting helps.
    """

    def __init__(self, status: HTTPStatus, *details: str, retry_after: int | None = None) -> None:
        super().__init__(" ".join(details))
        self.status, self.details, self.retry_after = status, details, retry_after


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, JSON and headers."""

    status: HTTPStatus
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, and how far that caller may look."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Desk:
    """Where calculations are asked.

    Attributes
    ----------
    runner
        Does them.
    out
        Folder for new releases.
    root
        Address of the service, with its version.
    """

    runner: JobRunner
    out: Path
    root: str

    def processes(self, visitor: Visitor) -> Reply:
        """List the calculations; none for those who may not ask any."""
        document = documents.process_list(self.root)
        if not visitor.level.allows(ALLOWED):
            document["processes"] = []
        return _reply(document)

    def process(self, process_id: str, visitor: Visitor) -> Reply:
        """Describe a calculation."""
        return _reply(documents.process_document(_process(process_id, visitor), self.root))

    def execute(
        self, process_id: str, body: bytes, visitor: Visitor, release: Path, *, respond_async: bool
    ) -> Reply:
        """Do a calculation: a small one at once, any other as a job.

        Raises
        ------
        DeskError
            When it does not exist for this caller, its inputs cannot be used, or too many run.
        """
        process = _process(process_id, visitor)
        inputs = _inputs(process, body)
        try:
            job = self.runner.submit(Order(process.id, inputs, release, self.out), visitor.name)
        except TooBusyError as error:
            raise DeskError(HTTPStatus.TOO_MANY_REQUESTS, str(error), retry_after=60) from error
        if process.small and not respond_async:
            self.runner.wait(job.id, PATIENCE_S)
            now = self.runner.job(job.id, visitor.name)
            if now is not None and now.finished:
                return self._answer(now)
        headers = {"Location": f"{self.root}/jobs/{job.id}"}
        if respond_async:
            headers["Preference-Applied"] = "respond-async"
        return _reply(documents.job_document(job, self.root), HTTPStatus.CREATED, headers)

    def jobs(self, visitor: Visitor) -> Reply:
        """List the calculations of this caller."""
        return _reply(documents.job_list(self.runner.jobs(visitor.name), self.root))

    def job(self, job_id: str, visitor: Visitor) -> Reply:
        """Tell how a calculation stands."""
        return _reply(documents.job_document(self._job(job_id, visitor), self.root))

    def results(self, job_id: str, visitor: Visitor) -> Reply:
        """Give the answer of a calculation.

        Raises
        ------
        DeskError
            When there is none, not yet, or it failed.
        """
        return self._answer(self._job(job_id, visitor))

    def dismiss(self, job_id: str, visitor: Visitor) -> Reply:
        """Stop a calculation, or forget its answer."""
        job = self.runner.dismiss(job_id, visitor.name)
        if job is None:
            raise _no_job()
        return _reply(documents.job_document(job, self.root))

    def _job(self, job_id: str, visitor: Visitor) -> Job:
        job = self.runner.job(job_id, visitor.name)
        if job is None:
            raise _no_job()
        return job

    @staticmethod
    def _answer(job: Job) -> Reply:
        if job.state == "successful" and job.result is not None:
            return Reply(HTTPStatus.OK, job.result, {})
        if job.state == "failed":
            raise DeskError(HTTPStatus.UNPROCESSABLE_ENTITY, *job.problems)
        if job.state == "dismissed":
            raise DeskError(HTTPStatus.GONE, "Deze berekening is gestopt.")
        text = "Het antwoord is er nog niet; vraag eerst hoe de berekening ervoor staat."
        raise DeskError(HTTPStatus.NOT_FOUND, text)


def _process(process_id: str, visitor: Visitor) -> Process:
    process = PROCESSES.get(process_id)
    if process is None or not visitor.level.allows(ALLOWED):
        # the same words for both: what is not for this caller does not exist
        raise DeskError(HTTPStatus.NOT_FOUND, "Deze berekening bestaat niet.")
    return process


def _inputs(process: Process, body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST_BODY:
        raise DeskError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"De vraag is groter dan {LARGEST_BODY} bytes.")
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise DeskError(HTTPStatus.BAD_REQUEST, "De vraag is geen geldige JSON.") from error
    if not isinstance(given, dict) or set(given) - {"inputs", "outputs", "response"} or "inputs" not in given:
        text = 'De vraag moet een object met "inputs" zijn, en verder alleen "outputs" en "response".'
        raise DeskError(HTTPStatus.BAD_REQUEST, text)
    try:
        return read_inputs(process, given["inputs"])
    except InputError as error:
        details = [f"{problem.field}: {problem.message}" for problem in error.problems]
        raise DeskError(HTTPStatus.BAD_REQUEST, *details) from error


def _no_job() -> DeskError:
    return DeskError(HTTPStatus.NOT_FOUND, "Deze berekening bestaat niet.")


def _reply(
    document: documents.Document, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Reply:
    return Reply(status, orjson.dumps(document), headers or {})
