"""The table of corrections: what municipalities reported, the province accepted, and a run did with it."""

from __future__ import annotations

from layers.correctable import CORRECTABLE
from layers.schema import Column, Layer

CORRECTIONS = "corrections"

CORRECTION_LAYERS: tuple[Layer, ...] = (
    Layer(
        CORRECTIONS,
        "Correcties uit terugmeldingen",
        "Corrections from feedback",
        "table",
        "correction_id",
        (
            Column("correction_id", "text", "Melding", "Report", required=True, filled=True),
            Column("layer", "code", "Laag", "Layer", allowed=tuple(CORRECTABLE)),
            Column("object_id", "text", "Object", "Object"),
            Column("object_name", "text", "Naam", "Name"),
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
            Column("field", "text", "Veld: id", "Field: id"),
            Column("field_nl", "text", "Veld", "Field (Dutch)"),
            Column("field_en", "text", "Veld (Engels)", "Field"),
            Column("unit", "text", "Eenheid", "Unit"),
            Column("before", "text", "Was", "Before"),
            Column("after", "text", "Wordt", "After"),
            Column("source", "text", "Bron van de correctie", "Source of the correction"),
            Column("reason", "text", "Besluit van de provincie", "Decision of the province"),
            Column("decided", "date", "Datum besluit", "Date of decision"),
            Column("applied", "code", "Toegepast", "Applied", allowed=("yes", "no")),
            Column("why_nl", "text", "Toelichting", "Explanation (Dutch)"),
            Column("why_en", "text", "Toelichting (Engels)", "Explanation"),
        ),
        description_nl=(
            "Feiten die een gemeente heeft gemeld en die de provincie heeft aanvaard. De gegevens van deze "
            "uitgave zijn hiermee gerekend, behalve waar staat dat een correctie niet is toegepast."
        ),
        description_en=(
            "Facts that a municipality reported and the province accepted. This release was computed with "
            "them, except where a correction is marked as not applied."
        ),
        role="result",
    ),
)
