"""The names that texts of building blocks may use for one municipality, made of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analysis.package.facts import own_rows
from analysis.package.words import municipality_name
from layers.block_parameters import MOST_TEXT
from layers.dutch import list_nl, number_nl
from layers.labels import category_rank
from layers.municipal_facts import NOT_ASSESSED, fact_kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from layers.municipal_facts import Facts

    Tables = Mapping[str, pd.DataFrame]

ZONE_KINDS: Final = (
    ("zones_keep", "te behouden"), ("zones_allocate", "toe te wijzen"), ("zones_reserve", "te reserveren"),
    ("zones_programme", "te programmeren"), ("zones_explore", "te verkennen"),
)  # fmt: skip
CATEGORY_SUMS: Final = (
    ("category_light_ha", "tot en met 3.2"), ("category_4_1_ha", "met 4.1"), ("category_4_2_ha", "met 4.2"),
    ("category_5_up_ha", "met 5.1 of hoger"), ("category_unknown_ha", "van onbekende categorie"),
)  # fmt: skip
CERTAINTY: Final = (
    ("heavy_ha", "zeker"), ("heavy_possible_ha", "mogelijk"),
    ("heavy_governed_ha", "waar een geluidzone bepaalt wat kan"),
)  # fmt: skip
MONTHS: Final = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip


def words_of(tables: Tables, municipality: str, facts: Facts, day: dt.date) -> dict[str, str]:
    """Give the names that texts may use for one municipality.

    Parameters
    ----------
    tables
        Of the release.
    municipality
        Its code.
    facts
        Its facts.
    day
        Reference date of the inputs.

    Returns
    -------
    dict
        Every name of `layers.block_texts.NAMES`; empty only where a default of a parameter should stand.
    """
    facilities = _facilities(tables, municipality)
    return {
        "gemeente": municipality_name(tables, municipality),
        "terreinen": _parks(tables, municipality),
        "locaties": "geen locaties",
        "buurgemeenten": "de zone raakt hier geen buurgemeente",
        "bediend_door": _served_by(tables, municipality),
        "bediende_gemeenten": _short(_serves(tables, municipality)),
        "objecten": _objects(facts),
        "voorzieningen": _short(facilities),
        "voorzieningen_zin": _hosted(facts),
        "voorziening_categorie": _facility_category(tables, municipality),
        "functies_plan": _short(_plan_functions(tables, municipality)),
        "hoogste_toegestaan": _highest(tables, municipality),
        "zonesoorten": _zone_kinds(facts),
        "kade_bevestigd": _confirmed(facts),
        "kavels_per_categorie": _sums(CATEGORY_SUMS, facts),
        "zwaar_zeker": _sums(CERTAINTY, facts),
        "peildatum": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    }


def _parks(tables: Tables, municipality: str) -> str:
    own = own_rows(tables, "park_evidence", municipality)
    if own is None:
        return NOT_ASSESSED
    names = [str(name) for name in own.sort_values("park_id")["name"]]
    return list_nl(names) or "geen bedrijventerreinen"


def _served_by(tables: Tables, municipality: str) -> str:
    """Say which other municipalities give what the own one does not, most functions first."""
    own = own_rows(tables, "shared_assignments", municipality)
    if own is None:
        return NOT_ASSESSED
    own = own[own["served"] == "yes"]
    at_home = set(own.loc[own["host_code"] == municipality, "function_id"])
    away = own[(own["host_code"] != municipality) & ~own["function_id"].isin(at_home)]
    if not len(away):
        return "geen andere gemeente"
    counts = away.groupby("host")["function_id"].nunique()
    hosts = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))
    return list_nl([f"{host} ({_functions(int(count))})" for host, count in hosts], most=4)


def _functions(count: int) -> str:
    return f"{count} {'functie' if count == 1 else 'functies'}"


def _serves(tables: Tables, municipality: str) -> list[str]:
    served = tables.get("shared_assignments")
    if served is None:
        return []
    rows = served[(served["host_code"] == municipality) & (served["served"] == "yes")]
    return sorted({str(name) for name in rows["municipality"]})


def _facilities(tables: Tables, municipality: str) -> list[str]:
    """Name the kinds of facility that the municipality hosts, those for others first."""
    own = own_rows(tables, "shared_functions", municipality, "host_code")
    if own is None:
        return []
    served = tables.get("shared_assignments")
    users: set[Any] = set()
    if served is not None:
        users = set(served.loc[served["municipality_code"] != municipality, "facility_id"])
    shared = [str(name) for name in own.loc[own["facility_id"].isin(users), "name_nl"]]
    return _lowered(dict.fromkeys([*sorted(shared), *sorted(str(name) for name in own["name_nl"])]))


def _facility_category(tables: Tables, municipality: str) -> str:
    own = own_rows(tables, "shared_functions", municipality, "host_code")
    functions = tables.get("reservation_functions")
    if own is None or functions is None or "category" not in functions:
        return ""
    hosted = set(own["function"].astype(str))
    return _top(functions.loc[functions["function"].astype(str).isin(hosted), "category"])


def _plan_functions(tables: Tables, municipality: str) -> list[str]:
    plan, functions = own_rows(tables, "reservation_plan", municipality), tables.get("reservation_functions")
    if plan is None or functions is None:
        return []
    used = set(plan["function"].astype(str))
    names = functions.loc[functions["function"].astype(str).isin(used), "name_nl"]
    return _lowered(dict.fromkeys(str(name) for name in names))


def _highest(tables: Tables, municipality: str) -> str:
    plots = own_rows(tables, "plot_evidence", municipality)
    return "" if plots is None else _top(plots["permitted_high"])


def _top(labels: Iterable[object]) -> str:
    known = [label for label in labels if isinstance(label, str)]
    return max(known, key=category_rank) if known else ""


def _objects(facts: Facts) -> str:
    low, high = facts.get("objects_low"), facts.get("objects_high")
    if low is None or high is None:
        return "een niet beoordeeld aantal gevoelige objecten"
    if round(high) == 0:
        return "geen gevoelige objecten"
    noun = "gevoelig object" if round(high) == 1 else "gevoelige objecten"
    return f"{number_nl(high)} {noun}" if low == high else f"{number_nl(low)} tot {number_nl(high)} {noun}"


def _hosted(facts: Facts) -> str:
    """Say how many regional facilities there are, and how many of them serve others."""
    hosted, others = facts.get("hosted"), facts.get("hosted_shared")
    if hosted is None or others is None:
        return "een niet beoordeeld aantal regionale voorzieningen"
    if not hosted:
        return "geen regionale voorziening"
    number = fact_kinds()["hosted"].say(hosted)
    if not others:
        return f"{number}, alleen voor de eigen inwoners"
    if hosted == 1:
        return f"{number}, die ook inwoners van andere gemeenten bedient"
    if others == hosted:
        return f"{number}, die ook inwoners van andere gemeenten bedienen"
    verb = "bedient" if others == 1 else "bedienen"
    return f"{number}, waarvan er {number_nl(others)} ook inwoners van andere gemeenten {verb}"


def _zone_kinds(facts: Facts) -> str:
    if facts.get("zones") is None:
        return NOT_ASSESSED
    present = [(fact, word) for fact, word in ZONE_KINDS if facts.get(fact)]
    if len(present) == 1:
        return f"om {present[0][1]}"
    named = [f"{fact_kinds()[fact].figure(facts[fact])} om {word}" for fact, word in present]
    return list_nl(named) or "geen"


def _confirmed(facts: Facts) -> str:
    """Say how much of the quay was confirmed as usable."""
    usable, quay = facts.get("usable_quay_m"), facts.get("quay_m")
    if usable is None or quay is None:
        return "of die benutbaar is, is niet beoordeeld"
    if not usable:
        return "daarvan is nog niets bevestigd als benutbaar"
    if usable >= quay:
        return "die is helemaal bevestigd als benutbaar"
    return f"{number_nl(usable)} m daarvan is bevestigd als benutbaar"


def _sums(named: Iterable[tuple[str, str]], facts: Facts) -> str:
    say = fact_kinds()["zones_ha"].say
    parts = [f"{say(facts[fact])} {word}" for fact, word in named if facts.get(fact)]
    return list_nl(parts) or "niets"


def _lowered(names: Iterable[str]) -> list[str]:
    """Start names of functions with a small letter, as they stand inside a sentence."""
    return [name[:1].lower() + name[1:] for name in names]


def _short(names: list[str]) -> str:
    """List names in full, for they go into rule text; nothing when a parameter cannot hold them."""
    text = list_nl(names)
    return text if len(text) <= MOST_TEXT else ""
