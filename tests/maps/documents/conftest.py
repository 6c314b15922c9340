"""A document with every part in it, with text that would break a writer that does not escape."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from PIL import Image

from layers.documents import (
    Article,
    Clause,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Items,
    Paragraph,
    Table,
)
from maps.documents.content import Picture

if TYPE_CHECKING:
    import pandas as pd

NASTY = (
    'A & B <script>alert(1)</script> <b> "dubbel" \'enkel\' #import "x": * #read("/etc/passwd") $x^2$ *vet* '
    "_cursief_ @ref <label> \\ ] [ ) ( ` ~ // /* */ = + - -- --- ... été ĳ Súdwest-Fryslân \u2013 — … m² ≥ € {{ 7 }} %}"
)
FIGURE = Figure("cover", "Het grondgebied & omgeving", 'Kaart met "één" <terrein>', "GM0001")
PARTS = (
    Heading(1, "Wat betekent dit?", "wat"),
    Paragraph("Drie terreinen met samen 24 ha.", "lead"),
    Paragraph(NASTY),
    Paragraph("Concept, juridisch te toetsen.", "concept"),
    Paragraph("Een kavel groter dan 5 ha voldoet niet.", "warning"),
    Heading(2, f"Cijfers {NASTY}", "cijfers"),
    Facts((("Terreinen", "3"), ("Lange naam " + "w" * 60, NASTY))),
    Items(("Eerste punt", NASTY)),
    Items(("Eén", "Twee"), numbered=True),
    Items(("Opnieuw één",), numbered=True),
    Heading(2, "Kaart", "kaart"),
    FIGURE,
    Heading(1, "Tabel", "tabel"),
    Table(
        "Kavels & <meer>",
        (Column("Kavel"), Column("Wat er is"), Column("Oppervlakte", "right")),
        tuple((f"K{row:02d}", NASTY if row == 3 else "iets", f"{row},4 ha") for row in range(40)),
    ),
    Paragraph("gegevens van 2025; aanname", "source"),
    Heading(1, "Regels", "regels"),
    Article(
        "x.1",
        "Ondergrens & meer",
        (
            Clause("Dit artikel gaat over zware kavels."),
            Clause("De vergunning wordt verleend als:", ("dit zo is;", f"dat zo is: {NASTY}")),
        ),
    ),
    Heading(2, "Los", "los"),
    Article("x.2", "Oogmerk", (Clause("Eén lid staat ongenummerd.", ("onderdeel;",)),)),
    Heading(3, "Dieper", "dieper"),
    Heading(4, "Nog dieper", "dieper-nog"),
    Paragraph("Slot van een lang stuk. " * 300),
    Heading(1, "Leeg", "leeg"),
    Table("Zienswijzen", (Column("Nr."), Column("Wie"), Column("Antwoord")), (("1", "", ""), ("2", "", ""))),
)
SHORT = (
    Heading(1, "Wat betekent dit?", "wat"),
    Paragraph("Drie terreinen met samen 24 ha.", "lead"),
    Facts((("Terreinen", "3"), ("Hectares", "24"))),
    Items(("Eerste punt", "Tweede punt")),
)


def blank_picture(figure: Figure) -> Picture:
    target = io.BytesIO()
    Image.new("RGB", (320, 200), "#dde").save(target, "png")
    return Picture(target.getvalue(), 160.0, 100.0, figure.alternative)


@pytest.fixture
def document() -> Document:
    return Document("proef", f"Pakket {NASTY}", "Ondertitel & zo", "Concept. Voorbeeld: verzonnen.", PARTS)


@pytest.fixture
def short() -> Document:
    return Document("een-a4", "Op één blad", "Ondertitel", "Concept", SHORT, one_page=True)


@pytest.fixture
def pictures() -> dict[Figure, Picture]:
    return {FIGURE: blank_picture(FIGURE)}


def square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Two municipalities, one of them in two parts, with a park, two zones, water, a quay and two plans."""
    crs = "EPSG:28992"
    parts = shapely.MultiPolygon([square(100_000, 400_000, 4000), square(106_000, 400_000, 500)])
    return {
        "municipalities": gpd.GeoDataFrame(
            {"municipality_code": ["GM0001", "GM0002"], "name": ["Súd & Noord <x>", "Buur $1$"]},
            geometry=[parts, square(104_000, 401_000, 3000)],
            crs=crs,
        ),
        "parks": gpd.GeoDataFrame(
            {"park_id": ["P1"], "name": ["Havens & Co <b>"], "municipality_code": ["GM0001"]},
            geometry=[square(101_000, 401_000, 1000)],
            crs=crs,
        ),
        "plots": gpd.GeoDataFrame({"plot_id": ["P1-K1"]}, geometry=[square(101_000, 401_000, 500)], crs=crs),
        "waterways": gpd.GeoDataFrame(
            {"name": ["Kanaal", None], "cemt": ["Va", None]},
            geometry=[
                shapely.LineString([(99_000, 400_900), (108_000, 400_900)]),
                shapely.LineString([(101_500, 399_000), (101_500, 405_000)]),
            ],
            crs=crs,
        ),
        "quays": gpd.GeoDataFrame(
            {"name": ["Kade"]},
            geometry=[shapely.LineString([(101_100, 401_000), (101_300, 401_000)])],
            crs=crs,
        ),
        "housing_plans": gpd.GeoDataFrame(
            {"plan_id": ["W1", "W2"], "phase": ["hard", "soft"]},
            geometry=[square(102_200, 401_200, 300), square(102_200, 401_800, 300)],
            crs=crs,
        ),
        "reservation_zones": gpd.GeoDataFrame(
            {
                "zone_id": ["P1-keep", "P1-reserve"],
                "kind": ["keep", "reserve"],
                "park_name": ["Havens & Co <b>"] * 2,
                "municipality_code": ["GM0001"] * 2,
            },
            geometry=[square(101_000, 401_000, 500), square(101_500, 401_500, 400)],
            crs=crs,
        ),
    }
