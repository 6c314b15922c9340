"""Calculations in processes of their own: with progress, to be cancelled, and never too many or too long."""

from __future__ import annotations

import multiprocessing
import resource
import secrets
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

import orjson

from api.http.processes.catalogue import PROCESSES, perform
from gis.errors import InputError, KringError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from multiprocessing.connection import Connection

    from api.http.processes.catalogue import Order

State = Literal["accepted", "running", "successful", "failed", "dismissed"]
_POLL_S: Final = 0.1
_MERCY_S: Final = 2.0
_WALL: Final = 4.0
"""Times its processor time that a calculation may take on the wall."""


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What the runner allows.

    Attributes
    ----------
    running, waiting
        Calculations at work, and those that wait for them.
    per_owner
        Unfinished calculations of one caller.
    kept
        Finished calculations whose answer is kept; the oldest go first.
    result_bytes
        Size of one answer.
    """

    running: int = 1
    waiting: int = 8
    per_owner: int = 2
    kept: int = 50
    result_bytes: int = 20_000_000


class TooBusyError(KringError):
    """No more calculations are accepted now."""


@dataclass(frozen=True, slots=True)
class Job:
    """One calculation as it stands.

    Attributes
    ----------
    id
        Not to be guessed.
    owner
        The caller; nobody else learns that it exists.
    progress
        What it is doing.
    result
        JSON when successful.
    problems
        Why it failed, as readers may see it.
    """

    id: str
    owner: str
    process: str
    state: State
    created: datetime
    updated: datetime
    progress: str = ""
    result: bytes | None = field(default=None, repr=False)
    problems: tuple[str, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in {"successful", "failed", "dismissed"}


class JobRunner:
    """Runs calculations, each in a process of its own.

    Parameters
    ----------
    limits
        What is allowed.
    now
        The clock of times that are shown.
    """

    def __init__(self, limits: JobLimits, now: Callable[[], datetime]) -> None:
        self._limits, self._now = limits, now
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._futures: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(limits.running, thread_name_prefix="kringruimte-job")

    def submit(self, order: Order, owner: str) -> Job:
        """Accept a calculation.

        Raises
        ------
        TooBusyError
            When too many wait, in all or of this caller.
        """
        with self._lock:
            open_jobs = [job for job in self._jobs.values() if not job.finished]
            if sum(job.owner == owner for job in open_jobs) >= self._limits.per_owner:
                raise TooBusyError(
                    f"U hebt al {self._limits.per_owner} berekeningen lopen; wacht of stop er een."
                )
            if len(open_jobs) >= self._limits.running + self._limits.waiting:
                raise TooBusyError("Er wachten te veel berekeningen; probeer het over een minuut opnieuw.")
            moment = self._now()
            job = Job(secrets.token_urlsafe(16), owner, order.process, "accepted", moment, moment)
            self._jobs[job.id] = job
            self._forget()
            self._futures[job.id] = self._pool.submit(self._run, job.id, order)
            return job

    def job(self, job_id: str, owner: str) -> Job | None:
        """Give a calculation of this caller, or None."""
        with self._lock:
            job = self._jobs.get(job_id)
        return job if job is not None and secrets.compare_digest(job.owner.encode(), owner.encode()) else None

    def jobs(self, owner: str) -> tuple[Job, ...]:
        """Give the calculations of this caller, the newest first."""
        with self._lock:
            return tuple(job for job in reversed(self._jobs.values()) if job.owner == owner)

    def dismiss(self, job_id: str, owner: str) -> Job | None:
        """Stop a calculation, or forget the answer of one that is finished; None when there is none."""
        job = self.job(job_id, owner)
        if job is None:
            return None
        with self._lock:
            job = self._jobs[job_id]
            if job.finished:
                del self._jobs[job_id]
                self._futures.pop(job_id, None)
                return replace(job, state="dismissed", result=None)
        return self._change(job_id, state="dismissed")

    def wait(self, job_id: str, seconds: float) -> None:
        """Wait until a calculation is finished, at most so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self._lock:
                job = self._jobs.get(job_id)
            if job is None or job.finished:
                return
            time.sleep(_POLL_S / 2)

    def close(self) -> None:
        """Stop everything that runs and wait for it."""
        self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _forget(self) -> None:
        finished = [job.id for job in self._jobs.values() if job.finished]
        for job_id in finished[: max(0, len(finished) - self._limits.kept)]:
            del self._jobs[job_id]
            self._futures.pop(job_id, None)

    def _change(
        self,
        job_id: str,
        *,
        state: State | None = None,
        progress: str | None = None,
        result: bytes | None = None,
        problems: tuple[str, ...] = (),
    ) -> Job:
        """Change a calculation that is not finished; a finished one stays as it is."""
        with self._lock:
            job = self._jobs[job_id]
            if job.finished:
                return job
            changed = replace(
                job,
                state=state or job.state,
                progress=job.progress if progress is None else progress,
                result=result,
                problems=problems,
                updated=self._now(),
            )
            self._jobs[job_id] = changed
            return changed

    def _run(self, job_id: str, order: Order) -> None:
        if self._change(job_id, state="running").finished:
            return
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        seconds = PROCESSES[order.process].seconds
        worker = context.Process(target=_work, args=(order, theirs, seconds), daemon=True)
        worker.start()
        theirs.close()
        try:
            self._follow(job_id, ours, time.monotonic() + _WALL * seconds)
        finally:
            _end(worker)
            ours.close()

    def _follow(self, job_id: str, pipe: Connection, deadline: float) -> None:
        while not self._stopping.is_set():
            with self._lock:
                dismissed = self._jobs[job_id].finished
            if dismissed:
                return
            if time.monotonic() > deadline:
                self._change(job_id, state="failed", problems=("De berekening duurde te lang.",))
                return
            if not pipe.poll(_POLL_S):
                continue
            try:
                kind, content = pipe.recv()
            except EOFError:
                text = "De berekening is gestopt: zij duurde te lang of had te veel geheugen nodig."
                self._change(job_id, state="failed", problems=(text,))
                return
            if kind == "progress":
                self._change(job_id, progress=str(content))
            elif kind == "done" and len(content) <= self._limits.result_bytes:
                self._change(job_id, state="successful", result=content)
                return
            else:
                problems = content if kind == "refused" else ("Het antwoord is te groot.",)
                self._change(job_id, state="failed", problems=tuple(problems))
                return
        self._change(job_id, state="dismissed")


def _end(worker: multiprocessing.process.BaseProcess) -> None:
    if worker.is_alive():
        worker.terminate()
        worker.join(_MERCY_S)
    if worker.is_alive():
        worker.kill()
    worker.join()


def _work(order: Order, pipe: Connection, seconds: int) -> None:
    """Do one calculation in this process and send what it says."""
    # the children of a calculation have a limit of their own, so this stops what runs wild, not what is long
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    try:
        answer = perform(order, lambda text: pipe.send(("progress", text)))
        options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
        pipe.send(("done", orjson.dumps(answer, option=options)))
    except InputError as error:
        # no path of the server in what goes out
        pipe.send(("refused", [f"{problem.message}. {problem.repair}" for problem in error.problems]))
    except KringError as error:
        pipe.send(("refused", [str(error)]))
    finally:
        pipe.close()
