"""The rules of the Dutch API Design Rules 2.1 that an OpenAPI document shows, with the names that OGC prescribes.

The official linter (Spectral with the rule set of Logius) reports these names and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from layers.schema import Level
from tests.support.served import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.json)?")
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
OGC_PATHS = {"tileMatrixSets"}
OGC_KEYS = {"bbox-crs", "filter-crs", "filter-lang"}
METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("rules"), status="adopted", raised=Level.PUBLIC, jobs=True)
    yield made
    assert made.house.jobs is not None
    made.house.jobs.close()


@pytest.fixture(scope="module")
def document(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = served.ask("/v1/openapi.json", "province").json()
    return found


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        place: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        part = place
    return part


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_version_stands_in_the_address_the_document_and_every_answer(
    served: Served, document: dict[str, Any]
) -> None:
    version = document["info"]["version"]
    assert SEMANTIC.fullmatch(version)
    assert document["servers"][0]["url"].endswith(f"/v{version.partition('.')[0]}")
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            headers = resolved(document, answer).get("headers", {})
            assert "API-Version" in headers, (path, status)
    for path in ("/v1", "/v1/nothing", "/v1/collections?x=1"):
        assert served.ask(path).headers["api-version"] == version


def test_the_document_says_whom_to_ask(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.0")
    assert {"name", "email", "url"} <= set(document["info"]["contact"])
    assert document["info"]["title"]
    assert document["info"]["description"]


def test_paths_are_kebab_case_without_a_slash_at_the_end(document: dict[str, Any]) -> None:
    for path in document["paths"]:
        assert path == "/" or not path.endswith("/")
        for part in path.strip("/").split("/"):
            if part and not re.fullmatch(r"\{[a-zA-Z]+\}", part) and part not in OGC_PATHS:
                assert KEBAB.fullmatch(part), path


def test_query_parameters_are_camel_case_and_none_is_hidden(document: dict[str, Any]) -> None:
    for parameter in document["components"]["parameters"].values():
        if parameter["in"] == "query" and parameter["name"] not in OGC_KEYS:
            assert CAMEL.fullmatch(parameter["name"])
        assert parameter["description"]


def test_every_operation_is_named_once_told_and_in_a_known_group(document: dict[str, Any]) -> None:
    found = operations(document)
    names = [operation["operationId"] for _, _, operation in found]
    assert len(names) == len(set(names)) > 35
    groups = {tag["name"] for tag in document["tags"]}
    for path, method, operation in found:
        assert method in METHODS
        assert operation["summary"], path
        assert set(operation["tags"]) <= groups


def test_errors_are_problem_details(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        wrong = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        assert {"400", "404", "500"} <= set(wrong), path
        for answer in wrong.values():
            assert set(resolved(document, answer)["content"]) == {"application/problem+json"}
    schema = document["components"]["schemas"]["Problem"]
    assert {"status", "title", "detail"} <= set(schema["required"])


def test_the_document_stands_by_itself_and_may_be_read_from_anywhere(served: Served) -> None:
    answer = served.ask("/v1/openapi.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert not re.findall(r'"\$ref":"(?!#/)', answer.text)
