"""What a session tried, step by step: kept in a chain per session, from which its locks and weights follow.

A step is a lock, an unlock or other weights, with who took it, when, and what came out for the territory of
the session. Nothing of the release changes. What a step holds was shown to the members; places outside their
territory never come into the file.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from api.jobs.chain import append, read_chain
from api.jobs.private_file import locked
from gis.errors import InputError, KringError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from api.jobs.sessions import Session

Action = Literal["lock_in", "lock_out", "unlock", "weights"]
ACTIONS: Final[tuple[Action, ...]] = ("lock_in", "lock_out", "unlock", "weights")
PLACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
FUNCTION: Final = re.compile(r"F\d{2}(-\d)?")
HEAVIEST: Final = 100.0
MOST_STEPS: Final = 500
_FOLDER: Final = 0o700


class StaleStepError(KringError):
    """A step was taken on top of a state that its taker had not seen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do.

    Attributes
    ----------
    action
        One of `ACTIONS`.
    site, function
        Of a lock; a site that is locked out may be for one function or, empty, for all.
    weights
        Every criterion with its weight; of the action ``weights`` only.
    """

    action: Action
    site: str = ""
    function: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was taken.

    Attributes
    ----------
    number
        From 1.
    time, caller
        When, and who: ``key:`` or ``login:`` and the name.
    asked
        What was done.
    outcome
        What came out for the territory, as `api.jobs.session_plan.territory_answer` gives it.
    """

    number: int
    time: dt.datetime
    caller: str
    asked: Asked
    outcome: Mapping[str, Any]

    @property
    def who(self) -> str:
        """Name of who took it."""
        return self.caller.partition(":")[2] or self.caller


@dataclass(frozen=True, slots=True)
class State:
    """The locks and weights of a session.

    Attributes
    ----------
    lock_in
        Site to function.
    lock_out
        Site to function; empty for all.
    weights
        Criterion to weight, empty for those of the release.
    """

    lock_in: Mapping[str, str] = field(default_factory=dict)
    lock_out: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    def after(self, asked: Asked) -> State:
        """Give the state after a step.

        Raises
        ------
        InputError
            When it contradicts what is locked already, or changes nothing; one Dutch line.
        """
        problem = self._problem(asked)
        if problem:
            raise InputError(Problem(problem, ""))
        if asked.action == "weights":
            return State(self.lock_in, self.lock_out, dict(asked.weights))
        inside = {site: name for site, name in self.lock_in.items() if site != asked.site}
        outside = {site: name for site, name in self.lock_out.items() if site != asked.site}
        if asked.action == "lock_in":
            inside[asked.site] = asked.function
        if asked.action == "lock_out":
            outside[asked.site] = asked.function
        return State(inside, outside, self.weights)

    def _problem(self, asked: Asked) -> str:
        site = asked.site
        held = site in self.lock_in or site in self.lock_out
        if asked.action == "unlock":
            return "" if held else f"Plek {site} is in deze sessie niet vastgezet of uitgesloten."
        if asked.action == "weights":
            same = dict(asked.weights) == dict(self.weights)
            return "Dit zijn de gewichten die er al gelden." if same else ""
        if site in self.lock_in:
            return f"Plek {site} is al vastgezet voor {self.lock_in[site]}. Maak haar eerst los."
        if site in self.lock_out:
            what = self.lock_out[site] or "alle functies"
            return f"Plek {site} is al uitgesloten voor {what}. Maak haar eerst los."
        return ""


def read_asked(
    action: str, site: str = "", function: str = "", weights: Mapping[str, str] | None = None
) -> Asked:
    """Read what somebody wants to do.

    Raises
    ------
    InputError
        With every field that cannot be used, in Dutch; `Problem.field` names it: ``doe``, ``plek``,
        ``functie`` or ``gewicht_`` with the criterion.
    """
    problems: list[Problem] = []
    found = next((one for one in ACTIONS if one == action), None)
    if found is None:
        raise InputError(Problem("Kies wat u wilt doen.", "", field="doe"))
    if found == "weights":
        numbers = {name: _weight(text) for name, text in (weights or {}).items()}
        wrong = [name for name, value in numbers.items() if value is None]
        problems += [
            Problem(f"Geef een getal van 0 tot en met {HEAVIEST:.0f}.", "", field=f"gewicht_{name}")
            for name in wrong
        ]
        if not wrong and not any(numbers.values()):
            problems.append(Problem("Geef ten minste één criterium een gewicht boven nul.", "", field="doe"))
        if problems:
            raise InputError(*problems)
        return Asked(found, weights={name: float(value or 0.0) for name, value in numbers.items()})
    site, function = site.strip(), function.strip()
    if PLACE.fullmatch(site) is None:
        problems.append(
            Problem("Vul het nummer van een plek in: letters, cijfers en streepjes.", "", field="plek")
        )
    needed = found == "lock_in" or (found == "lock_out" and bool(function))
    if needed and FUNCTION.fullmatch(function) is None:
        problems.append(Problem("Kies een functie.", "", field="functie"))
    if problems:
        raise InputError(*problems)
    return Asked(found, site, "" if found == "unlock" else function)


def replay(steps: Sequence[Step]) -> State:
    """Give the locks and weights after all steps."""
    state = State()
    for step in steps:
        state = state.after(step.asked)
    return state


def read_steps(folder: Path, session: Session) -> tuple[Step, ...]:
    """Read the steps of a session; InputError when its file is damaged."""
    path = _path(folder, session)
    try:
        return tuple(_step_in(number, record) for number, record in enumerate(read_chain(path), start=1))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(Problem(f"{path} is damaged", "Restore it from a copy.")) from error


def take_step(
    folder: Path,
    session: Session,
    asked: Asked,
    outcome: Mapping[str, Any],
    *,
    seen: int,
    caller: str,
    now: dt.datetime,
) -> Step:
    """Add a step.

    Parameters
    ----------
    folder
        Where sessions keep their minutes; made, for its owner only, when absent.
    asked, outcome
        What is done and what comes out.
    seen
        Number of the last step that the taker had seen.
    caller, now
        Who and when.

    Raises
    ------
    StaleStepError
        When another step was taken meanwhile.
    InputError
        When it contradicts the state, there are too many steps, or the file cannot be written.
    """
    with holding(folder, session) as path:
        steps = read_steps(folder, session)
        check_seen(steps, seen)
        replay(steps).after(asked)
        if len(steps) >= MOST_STEPS:
            raise InputError(Problem(f"Een sessie heeft ten hoogste {MOST_STEPS} stappen.", ""))
        record = {
            "time": now.isoformat(timespec="seconds"),
            "caller": caller,
            "action": asked.action,
            "site": asked.site,
            "function": asked.function,
            "weights": dict(asked.weights),
            "outcome": dict(outcome),
        }
        append(path, record, durable=True)
    return Step(len(steps) + 1, now, caller, asked, outcome)


def check_seen(steps: Sequence[Step], seen: int) -> None:
    """Refuse a step on top of a state that its taker had not seen (StaleStepError)."""
    if seen != len(steps):
        who = f"{steps[-1].who} zette stap {steps[-1].number}" if steps else "de sessie is opnieuw begonnen"
        text = f"Intussen is er iets veranderd: {who}. Bekijk eerst wat er nu ligt; uw stap is niet gezet."
        raise StaleStepError(text)


@contextmanager
def holding(folder: Path, session: Session) -> Iterator[Path]:
    """Hold the file of a session, so that nobody else adds to it meanwhile."""
    try:
        folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Problem(f"{folder} cannot be made: {error.strerror}", "Make its folder writable.")
        ) from error
    path = _path(folder, session)
    with locked(path):
        yield path


def _path(folder: Path, session: Session) -> Path:
    # ids and names of releases are checked when a session is read: letters, digits and hyphens
    return folder / f"{session.id}-{session.release}.jsonl"


def _step_in(number: int, record: Mapping[str, Any]) -> Step:
    action = next(one for one in ACTIONS if one == record["action"])
    weights = {str(name): float(value) for name, value in record["weights"].items()}
    asked = Asked(action, str(record["site"]), str(record["function"]), weights)
    time = dt.datetime.fromisoformat(record["time"])
    return Step(number, time, str(record["caller"]), asked, dict(record["outcome"]))


def _weight(text: str) -> float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= HEAVIEST else None
