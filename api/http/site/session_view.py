"""What the screen of a session shows: the plan of its territory, what the last step did, and the minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from analysis.reservation.why import CRITERIA_NL
from api.jobs.minutes import State, replay
from api.jobs.session_plan import BEST
from maps.site.words import number

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from api.jobs.minutes import Asked, Step
    from api.jobs.sessions import Session
    from maps.site.frame import Frame

HERE: Final = ZoneInfo("Europe/Amsterdam")
MONTHS: Final = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
    "november", "december",
)  # fmt: skip
CRITERIA_EN: Final = {
    "category_margin": "Room up to the limit of the category",
    "frontage": "Length along water",
    "area_and_shape": "Area and shape",
    "access": "Access by road",
    "grid": "Power grid",
    "released_land": "Land that comes free",
    "clustering": "Near circular firms",
    "housing_conflict": "No conflict with housing",
    "people": "Few people within the distance",
    "nature": "Distance to nature",
    "ownership": "Ownership",
}
UNITS: Final = {"inhabitants": ("mensen", "people")}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of the plan: as it reads, and what may be done with it."""

    site: str
    park: str
    park_id: str
    municipality: str
    function: str
    function_name: str
    year: int
    hectares: str
    lock: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class AimRow:
    """One aim before and after the last step; `change` is empty when it stayed the same."""

    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One step as the minutes tell it."""

    number: int
    time: str
    moment: str
    who: str
    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Change:
    """One place that came in, went out or changed, in the last step."""

    kind: str
    site: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """The screen of a session.

    Attributes
    ----------
    id, name, until, territory, secret_because
        Of the session, as they read.
    plan
        Places of the territory; None when the session does not share the plan.
    locks
        Site to what holds there: what was locked in or out in the session.
    weights
        Criterion, its name and its weight now.
    last
        Number of the last step.
    changes, aims, proven, step
        What the last step did; None without one.
    minutes
        The newest first.
    """

    id: str
    name: str
    until: str
    territory: str
    secret_because: str
    plan: tuple[PlaceRow, ...] | None
    locks: tuple[tuple[str, str], ...]
    weights: tuple[tuple[str, str, str], ...]
    last: int
    step: MinuteRow | None
    changes: tuple[Change, ...]
    aims: tuple[AimRow, ...]
    proven: bool
    minutes: tuple[MinuteRow, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called in the language of the page."""

    frame: Frame
    functions: Mapping[str, str]
    municipalities: Mapping[str, str]

    def function(self, code: str) -> str:
        """Name a function with its id."""
        name = self.functions.get(code) or self.functions.get(code.partition("-")[0], "")
        return f"{code} {name}".strip()

    def criterion(self, code: str) -> str:
        """Name a criterion."""
        return (CRITERIA_EN if self.frame.language == "en" else CRITERIA_NL).get(code, code)

    def amount(self, value: float | None, decimals: int) -> str:
        """Write a number."""
        return number(value, decimals, self.frame.language)


def session_view(
    session: Session,
    steps: Sequence[Step],
    plan: Sequence[Mapping[str, Any]] | None,
    weights: Mapping[str, float],
    names: Names,
) -> SessionView:
    """Make the screen.

    Parameters
    ----------
    steps
        That were taken, oldest first.
    plan
        Places of the territory as the release has them; None when the session does not share them.
    weights
        Of the release.
    """
    state, last = replay(steps), steps[-1] if steps else None
    places = last.outcome["plan"] if last is not None and plan is not None else plan
    minutes = minute_rows(steps, weights, names)
    now = {**weights, **state.weights}
    return SessionView(
        id=session.id,
        name=session.name,
        until=_day(session.until, names.frame),
        territory=", ".join(sorted(names.municipalities.get(code, code) for code in session.territory)),
        secret_because=session.secret_because,
        plan=None if places is None else _places(places, state, last, names),
        locks=_locks(state, names),
        weights=tuple((name, names.criterion(name), f"{value:g}") for name, value in now.items()),
        last=len(steps),
        step=minutes[-1] if minutes else None,
        changes=() if last is None else _changes(last.outcome, names),
        aims=() if last is None else tuple(_aim(row, names) for row in last.outcome["aims"]),
        proven=last is not None and last.outcome.get("proof") == BEST,
        minutes=tuple(reversed(minutes)),
    )


def minute_rows(steps: Sequence[Step], weights: Mapping[str, float], names: Names) -> list[MinuteRow]:
    """Tell the steps, oldest first."""
    rows, now = [], dict(weights)
    for step in steps:
        what = describe(step.asked, now, names)
        if step.asked.action == "weights":
            now = {**weights, **step.asked.weights}
        local = step.time.astimezone(HERE)
        told = [change.text for change in _changes(step.outcome, names)]
        nothing = names.frame.text("In dit gebied verandert niets.", "Nothing changes in this area.")
        outcome = "; ".join(told) + "." if told else nothing
        time = f"{_day(step.time, names.frame)}, {local:%H:%M}"
        rows.append(MinuteRow(step.number, time, local.isoformat(), step.who, what, outcome))
    return rows


def minutes_text(session: Session, rows: Sequence[MinuteRow], frame: Frame) -> str:
    """Write the minutes as plain text."""
    head = frame.text("Notulen van sessie", "Minutes of session")
    about = frame.text("Uitgave", "Release")
    lines = [f"{head} {_one_line(session.name)} ({session.id})", f"{about} {session.release}"]
    if session.secret_because:
        lines.append(f"{frame.text('Geheim', 'Secret')}: {_one_line(session.secret_because)}")
    lines.append("")
    if not rows:
        lines.append(frame.text("Er is nog geen stap gezet.", "No step was taken yet."))
    for row in rows:
        lines += [
            f"{row.number}. {row.time}, {_one_line(row.who)}",
            f"   {row.what}",
            f"   {row.outcome}",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def describe(asked: Asked, weights: Mapping[str, float], names: Names) -> str:
    """Tell what a step does; `weights` are those before it."""
    say = names.frame.text
    if asked.action == "weights":
        changed = [
            f"{names.criterion(name)} {weights.get(name, 0.0):g} → {value:g}"
            for name, value in asked.weights.items()
            if value != weights.get(name, 0.0)
        ]
        return f"{say('Gewichten', 'Weights')}: {', '.join(changed)}."
    function = names.function(asked.function) if asked.function else ""
    if asked.action == "lock_in":
        return f"{asked.site}: {say('vastgezet voor', 'locked in for')} {function}."
    if asked.action == "lock_out":
        what = function or say("alle functies", "all functions")
        return f"{asked.site}: {say('uitgesloten voor', 'locked out for')} {what}."
    return f"{asked.site}: {say('losgemaakt', 'unlocked')}."


def _places(
    places: Sequence[Mapping[str, Any]], state: State, last: Step | None, names: Names
) -> tuple[PlaceRow, ...]:
    fresh = set() if last is None else {row["site_id"] for row in last.outcome["comes_in"]}
    return tuple(
        PlaceRow(
            site=str(place["site_id"]),
            park=str(place["park_name"] or ""),
            park_id=str(place["park_id"] or ""),
            municipality=names.municipalities.get(
                str(place["municipality_code"]), str(place["municipality_code"])
            ),
            function=str(place["function"]),
            function_name=names.function(str(place["function"])),
            year=int(place["from_year"]),
            hectares=names.amount(place["hectares"], 1),
            lock=state.lock_in.get(str(place["site_id"]), ""),
            is_new=place["site_id"] in fresh,
        )
        for place in places
    )


def _locks(state: State, names: Names) -> tuple[tuple[str, str], ...]:
    say = names.frame.text
    inside = [
        (site, f"{say('vastgezet voor', 'locked in for')} {names.function(function)}")
        for site, function in state.lock_in.items()
    ]
    everything = say("alle functies", "all functions")
    out = say("uitgesloten voor", "locked out for")
    outside = [
        (site, f"{out} {names.function(function) if function else everything}")
        for site, function in state.lock_out.items()
    ]
    return tuple(sorted([*inside, *outside]))


def _changes(outcome: Mapping[str, Any], names: Names) -> tuple[Change, ...]:
    say, found = names.frame.text, []
    for kind, key, verb in (
        ("in", "comes_in", say("komt erbij", "comes in")),
        ("out", "goes_out", say("valt af", "goes out")),
    ):
        for place in outcome[key]:
            what = f"{names.function(place['function'])}, {names.amount(place['hectares'], 1)} ha"
            found.append(Change(kind, place["site_id"], f"{place['site_id']} {verb} ({what})"))
    for place in outcome["changes"]:
        before = f"{place['function_before']} ({place['from_year_before']})"
        after = f"{place['function']} ({place['from_year']})"
        text = f"{place['site_id']} {say('wijzigt van', 'changes from')} {before} {say('naar', 'to')} {after}"
        found.append(Change("changed", place["site_id"], text))
    return tuple(found)


def _aim(row: Mapping[str, Any], names: Names) -> AimRow:
    english = names.frame.language == "en"
    unit = UNITS[row["unit"]][english] if row["unit"] in UNITS else str(row["unit"])
    decimals = 1 if unit == "ha" or row["aim"] == "suitability" else 0
    before, after = (names.amount(row[name], decimals) for name in ("before", "after"))
    change = ""
    if row["before"] is not None and row["after"] is not None and before != after:
        # of what is shown, so that the row adds up
        moved = round(float(row["after"]), decimals) - round(float(row["before"]), decimals)
        change = f"{'+' if moved > 0 else '−'}{names.amount(abs(moved), decimals)}"  # noqa: RUF001 minus
    label = str(row["label_en" if english else "label_nl"])
    return AimRow(f"{label} ({unit})" if unit else label, before, after, change)


def _day(moment: dt.datetime, frame: Frame) -> str:
    local = moment.astimezone(HERE)
    if frame.language == "en":
        return f"{local.day} {local:%B} {local.year}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
