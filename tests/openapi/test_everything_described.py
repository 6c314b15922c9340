"""The service under what is made up from its own description: valid, invalid and odd requests to every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from layers.schema import Level
from tests.support.served import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = 12
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("described"), status="adopted", raised=Level.PUBLIC, jobs=True)
    yield made
    assert made.house.jobs is not None
    made.house.jobs.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_to_its_description(served: Served, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {served.keys['province']}"}
    described = schemathesis.openapi.from_asgi("/v1/openapi.json", served.app, headers=headers)
    operations: list[Any] = [found.ok() for found in described.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) > 35
    tried = []
    for operation in operations:

        @settings(
            max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            ask()
        except Unsatisfiable:
            # any text is a name, so nothing can be wrong with an address that holds only one
            assert mode is GenerationMode.NEGATIVE
            assert not operation.query
            continue
        tried.append(operation.label)
    assert len(tried) > (25 if mode is GenerationMode.NEGATIVE else 35)
