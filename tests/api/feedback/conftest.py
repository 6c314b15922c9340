"""Reports to begin with."""

from __future__ import annotations

import datetime as dt

import pytest

from api.jobs.feedback_file import Draft

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    """Give the moment of the tests."""
    return NOW


@pytest.fixture
def draft() -> Draft:
    """Give a report about the category of park R2, which the small project says is 3.2."""
    return Draft(
        municipality="GM0344",
        layer="parks",
        object_id="R2",
        object_name="Zuid",
        park_id="R2",
        field="max_category",
        before="3.2",
        after="4.2",
        source="Bestemmingsplan Zuid 2021, artikel 4",
        explanation="Zie de plankaart.\nTweede regel.",
        reporter="key:ann",
        release="0" * 16,
    )
