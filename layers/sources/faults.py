"""What can be wrong with a service, each with a name; one error class carries them all."""

from __future__ import annotations

from typing import Final

from gis.errors import KringError

FAULTS: Final[dict[str, tuple[str, str]]] = {
    "unreachable": ("de dienst is niet bereikbaar", "the service cannot be reached"),
    "too_slow": ("de dienst is te traag", "the service is too slow"),
    "busy": ("de dienst heeft het te druk", "the service is too busy"),
    "server_error": ("de dienst meldt een storing", "the service reports a failure of its own"),
    "refused": ("de dienst weigert de vraag", "the service refuses the request"),
    "no_access": ("de dienst vraagt een sleutel", "the service asks for a key"),
    "not_there": ("dit adres bestaat niet", "this address does not exist"),
    "redirect_elsewhere": (
        "de dienst stuurt door naar een andere host",
        "the service redirects to another host",
    ),
    "redirect_loop": ("de dienst stuurt steeds door", "the service keeps redirecting"),
    "link_elsewhere": ("de dienst wijst naar een andere host", "the service points to another host"),
    "bad_address": ("dit is geen bruikbaar adres", "this is no usable address"),
    "too_large": ("het antwoord is te groot", "the answer is too large"),
    "expands": ("het antwoord zwelt op bij uitpakken", "the answer swells when it is unpacked"),
    "encoding": ("het antwoord is onbekend verpakt", "the answer is packed in an unknown way"),
    "cut_short": ("het antwoord is afgekapt", "the answer is cut short"),
    "empty": ("het antwoord is leeg", "the answer is empty"),
    "html": ("er kwam een webpagina in plaats van gegevens", "a web page came instead of data"),
    "service_exception": ("de dienst antwoordt met een fout", "the service answers with an error"),
    "not_data": ("het antwoord is niet wat gevraagd is", "the answer is not what was asked"),
    "xml_entities": (
        "de XML verklaart een documenttype of entiteiten",
        "the XML declares a document type or entities",
    ),
    "no_such_layer": ("deze laag biedt de dienst niet", "the service does not offer this layer"),
    "wrong_crs": (
        "het coördinatenstelsel is niet het gevraagde",
        "the coordinate system is not the one asked",
    ),
    "bad_coordinates": (
        "er zijn coördinaten die geen getal zijn",
        "there are coordinates that are no number",
    ),
    "outside_area": ("alles ligt buiten het gebied", "everything lies outside the area"),
    "fewer": ("er kwamen minder objecten dan geteld", "fewer features came than were counted"),
    "more": ("er kwamen meer objecten dan geteld", "more features came than were counted"),
    "count_moved": ("het aantal veranderde onderweg", "the count changed on the way"),
    "repeated_page": ("een bladzijde kwam twee keer", "a page came twice"),
    "repeated_feature": ("een object kwam twee keer", "a feature came twice"),
    "page_loop": ("het bladeren loopt in een kring", "the paging runs in a circle"),
    "too_many": ("het zijn te veel bladzijden of objecten", "there are too many pages or features"),
    "schema_changed": ("de velden zijn veranderd", "the fields have changed"),
    "geometry_changed": ("de soort geometrie is veranderd", "the kind of geometry has changed"),
    "unreadable": ("de gegevens zijn niet te lezen", "the data cannot be read"),
    "unasked_304": (
        "de dienst zegt 'niet veranderd' zonder dat dat gevraagd is",
        "the service says 'not modified' without being asked",
    ),
    "not_in_cache": ("dit is nog niet opgehaald", "this has not been fetched yet"),
}
"""Code to Dutch and English wording."""


class FetchError(KringError):
    """A service, or what it sent, cannot be used.

    Parameters
    ----------
    fault
        A code of `FAULTS`.
    detail
        What was seen, in English; never a credential.
    again
        Whether asking once more may help.
    wait_s
        Seconds that the service asks to wait; None when it says nothing.
    """

    def __init__(self, fault: str, detail: str, *, again: bool = False, wait_s: float | None = None) -> None:
        self.fault = fault
        self.detail = detail
        self.again = again
        self.wait_s = wait_s
        super().__init__(f"{FAULTS[fault][1]}: {detail}")
