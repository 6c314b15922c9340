"""The evidence steps as an experienced user of geopandas writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from tests.benchmarks.steps import BANK_M, FIRST_CLASS, QUAD_SEGMENTS, Answer, Engine

if TYPE_CHECKING:
    from tests.benchmarks.nation import Nation


class Geopandas(Engine):
    """`sjoin_nearest`, `sjoin` with ``dwithin``, and `overlay`."""
