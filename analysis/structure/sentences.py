"""The reasons of the structure as plain Dutch sentences, made from numbers with their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTHORITIES_NL: Final = {
    "national": "Rijk",
    "neighbouring_province": "buurprovincie",
    "province": "provincie",
    "municipal": "gemeente",
}
VERDICTS_NL: Final = {
    "agrees": "sluit aan",
    "not_mentioned": "niet genoemd",
    "conflicts": "botst",
}
STEPS_NL: Final = {
    "missing": "ontbreekt",
    "out_of_reach": "buiten bereik",
    "single": "hangt aan één hub",
    "several": "op meer plekken",
    "not_assessed": "niet beoordeeld",
}
THOUSAND: Final = 1000.0


def tonnes(value: float) -> str:
    """Write tonnes per year rounded to thousands; the figures are no better."""
    if np.isnan(value):
        return "een onbekend aantal ton per jaar"
    if value < THOUSAND / 2:
        return "minder dan 500 ton per jaar"
    return f"ongeveer {number_nl(round(value / THOUSAND) * THOUSAND)} ton per jaar"


def named(hubs: str | None, names: Mapping[str, str]) -> str:
    """Write hubs out of a text with semicolons as names with ids."""
    ids = [item for item in (hubs or "").split("; ") if item]
    return list_nl([f"{names.get(item, item)} ({item})" for item in ids])


def link_reason(record: Mapping[str, Any], group: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say what goes from hub to hub and how."""
    parts = [
        f"{names.get(one, one)} ({one}) geeft door aan {names.get(two, two)} ({two})"
        for one, two in zip(group["from_function"], group["to_function"], strict=True)
    ]
    start = (
        f"Van {record['from_name']} ({record['from_hub']}) naar {record['to_name']} ({record['to_hub']}): "
        f"{tonnes(record['tonnes_mid_t'])} in {record['year']}. "
    )
    km = number_nl(record["km"], 1)
    if record["mode"] == "water":
        cemt = f", klasse {record['cemt']} of groter" if record["cemt"] else ""
        sure = (
            "" if record["water_certainty"] == "certain" else " Niet zeker: een klasse of kade is onbekend."
        )
        along = f" over {record['along']}" if record["along"] else ""
        way = f"Per schip {km} km{along}{cemt}; over de weg {number_nl(record['road_km'], 1)} km.{sure}"
    elif record["km_basis"] == "network":
        way = f"Over de weg {km} km."
    else:
        way = f"Over de weg ongeveer {number_nl(record['km'])} km (rechte lijn met omweg)."
    return f"{start}{list_nl(parts)}. {way}"


def chain_reason(record: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say whether a step is missing or hangs on one hub, now and with what is proposed."""
    planned = record["verdict_plan"] != "not_assessed"
    text = (
        f"Keten {record['chain_nl']} ({record['chain_id']}), stap {record['step']}, {record['step_nl']}: "
        f"{_step('nu', record['verdict_now'], record['hubs_now'], names)}."
    )
    if planned:
        later = _step("met de voorstellen", record["verdict_plan"], record["hubs_plan"], names)
        text += f" {later[:1].upper()}{later[1:]}."
    if record["hubs_possible"]:
        text += f" Mogelijk ook op {named(record['hubs_possible'], names)}; dat is niet zeker."
    cut = record["cut_hubs_plan"] if planned else record["cut_hubs_now"]
    runs = record["runs_plan"] if planned else record["runs_now"]
    if cut:
        text += f" De keten valt stil zonder {named(cut, names).replace(' en ', ' of ')}."
    elif runs == "no":
        text += " De keten is niet rond."
    return text


def _step(when: str, verdict: str, hubs: str | None, names: Mapping[str, str]) -> str:
    where = named(hubs, names)
    count = len((hubs or "").split("; "))
    if verdict == "missing":
        return f"{when} heeft geen hub deze stap"
    if verdict == "out_of_reach":
        return f"{when} wel op {where}, maar buiten bereik van de stap ervoor"
    if verdict == "single" and count == 1:
        return f"{when} op één hub, {where}"
    if verdict == "single":
        return f"{when} op één hub binnen bereik ({where})"
    return f"{when} op {count} plekken: {where}"


def level_reason(record: Mapping[str, Any], rule_nl: str, quoted: str, municipality: str) -> str:
    """Say how a hub lies beside another level of government."""
    who = AUTHORITIES_NL[str(record["authority_level"])]
    what = f"{record['element_name']} ({record['element_id']})"
    if record["hub_id"] is None:
        return f"{what}: in deze structuur ligt hier geen hub die er volgens de regels bij past."
    hub = f"{record['hub_name']} ({record['hub_id']})"
    if record["rule_id"] is not None:
        verb = {"agrees": "sluit aan op", "conflicts": "botst met"}.get(str(record["verdict"]), "staat naast")
        metres = record["distance_m"]
        far = f" op {number_nl(metres / THOUSAND, 1)} km" if metres > 0 else ""
        said = f' De visie zegt: "{quoted}".' if quoted else ""
        return f"{hub} {verb} {what}{far}: {rule_nl} (regel {record['rule_id']}).{said}"
    if record["authority_level"] == "municipal":
        if record["element_id"] is None:
            place = "" if municipality in {"", "None", "nan", "<NA>"} else f" {municipality}"
            return f"{hub}: van de gemeente{place} is geen visie ingelezen."
        return f"{hub}: {what} zegt hier niets over."
    if record["element_id"] is None:
        return f"{hub}: er is geen element van {_the(who)} ingelezen."
    near = number_nl(record["distance_m"] / THOUSAND, 1)
    return f"{hub}: niet genoemd door {_the(who)}; het dichtstbijzijnde element is {what} op {near} km."


def _the(who: str) -> str:
    return {"Rijk": "het Rijk", "buurprovincie": "een buurprovincie", "provincie": "de provincie"}.get(
        who, "de gemeente"
    )


def hub_reason(record: Mapping[str, Any], present: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say what a hub is, what stands there and what it means for the chains.

    Parameters
    ----------
    record
        The row of the hub.
    present
        Its rows of what stands where.
    names
        Function id to its name, chain id to its name.
    """
    sure = "" if record["type_certainty"] == "certain" else "mogelijk "
    parts = [
        f"{record['name']} ({record['hub_id']}): {sure}{record['hub_type_nl']}{_by_rule(record, 'type')}.",
        f"Niveau {record['level_nl']}{_by_rule(record, 'level')}.",
        *_standing(present, names),
    ]
    if record["water"] != "no":
        known = not pd.isna(record["connection_cemt"])
        cemt = f"klasse {record['connection_cemt']}" if known else "onbekende klasse"
        maybe = "" if record["water"] == "certain" else "mogelijk "
        parts.append(f"Ligt {maybe}aan vaarwater van {cemt}.")
    chains = [item for item in str(record["cuts_chains"] or "").split("; ") if item]
    if chains:
        called = list_nl([f"{names.get(item, item)} ({item})" for item in chains])
        what = "valt deze keten" if len(chains) == 1 else f"vallen deze {len(chains)} ketens"
        parts.append(f"Gaat deze plek verloren, dan {what} stil: {called}.")
    if record["links"]:
        parts.append(_exchanged(record))
    return " ".join(parts)


def _by_rule(record: Mapping[str, Any], what: str) -> str:
    rule = record[f"{what}_rule_id"]
    return f" (regel {rule}: {record[f'{what}_reason_nl']})" if rule else ""


def _exchanged(record: Mapping[str, Any]) -> str:
    count = int(record["partners"])
    others = "één andere plek" if count == 1 else f"{count} andere plekken"
    start = f"In {record['year']} wisselt de plek materiaal uit met {others}"
    moves = [
        f"er {verb} {tonnes(record[name])} {how}"
        for name, verb, how in (("tonnes_in_t", "komt", "binnen"), ("tonnes_out_t", "gaat", "uit"))
        if not np.isnan(record[name])
    ]
    return f"{start}: {list_nl(moves)}." if moves else f"{start}; de tonnen zijn niet bekend."


def _standing(present: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    parts = []
    existing = present[(present["state"] == "existing") & (present["certainty"] == "certain")]
    if len(existing):
        parts.append(f"Er staat al: {list_nl(_items(existing, names))}.")
    maybe = present[present["certainty"] == "possible"]
    if len(maybe):
        parts.append(f"Mogelijk ook: {list_nl(_items(maybe, names))}.")
    proposed = present[present["state"] == "proposed"]
    if len(proposed):
        parts.append(f"Voorgesteld: {list_nl(_items(proposed, names))}.")
    return parts


def _items(rows: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    texts = []
    for function, group in rows.groupby("function_id", sort=True):
        details = []
        firms = group["count"].sum()
        if firms > 0:
            details.append(f"{number_nl(firms)} bedrijven")
        facilities = group.loc[group["source"] == "facility", "source_id"]
        details += [str(name) for name in facilities]
        proposed = group[group["state"] == "proposed"]
        if proposed["from_year"].notna().any():
            details.append(f"vanaf {int(proposed['from_year'].min())}")
        if proposed["hectares"].notna().any():
            details.append(f"{number_nl(proposed['hectares'].sum(), 1)} ha")
        inside = f"{function}, {', '.join(details)}" if details else str(function)
        texts.append(f"{_lower(names.get(str(function), str(function)))} ({inside})")
    return texts


def _lower(name: str) -> str:
    """Begin a name in lower case, unless it is an abbreviation."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
