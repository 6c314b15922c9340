"""Answers as what they should be: JSON or safe XML, and the errors that services wrap in status 200."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from lxml import etree  # type: ignore[import-untyped]

from layers.sources.faults import FetchError

if TYPE_CHECKING:
    from layers.sources.client import Answer

_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body")
_NOT_NUMBERS: Final = (b"NaN", b"Infinity")
_EXCEPTIONS: Final = frozenset({"ExceptionReport", "ServiceExceptionReport", "Exception"})
_SHOWN: Final = 200
_SNIFF: Final = 2_000


def refuse_html(body: bytes) -> None:
    """Refuse a web page, such as the notice of maintenance that some services send with status 200.

    Raises
    ------
    FetchError
        ``html``; asking again may help.
    """
    start = body[:_SNIFF].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    while start.startswith(b"<!--") and b"-->" in start:
        start = start.partition(b"-->")[2].lstrip()
    if start.startswith(_HTML) or (start.startswith(b"<?xml") and b"<html" in start):
        raise FetchError("html", _title(body), again=True)


def read_json(answer: Answer) -> dict[str, Any]:
    """Read an answer as a JSON object.

    Raises
    ------
    FetchError
        ``html``, ``service_exception``, ``bad_coordinates`` (NaN and the like are no JSON), ``cut_short`` or
        ``not_data``.
    """
    body = answer.body
    refuse_html(body)
    if body.lstrip().startswith(b"<"):
        # an exception of OGC comes as XML whatever was asked
        read_xml(answer)
        raise FetchError("not_data", "XML instead of JSON")
    try:
        found = orjson.loads(body)
    except ValueError as error:
        if any(word in body for word in _NOT_NUMBERS):
            raise FetchError("bad_coordinates", "NaN or Infinity stands where a number should") from error
        if not body.rstrip().endswith((b"}", b"]")):
            raise FetchError("cut_short", f"the JSON ends after {len(body):,} bytes", again=True) from error
        raise FetchError("not_data", f"no JSON: {_line(error)}") from error
    if not isinstance(found, dict):
        raise FetchError("not_data", "the JSON is no object")
    _refuse_json_error(found)
    return found


def read_xml(answer: Answer) -> etree._Element:
    """Read an answer as XML, without document type, entities or network.

    Raises
    ------
    FetchError
        ``html``, ``xml_entities``, ``service_exception``, ``cut_short`` or ``not_data``.
    """
    refuse_html(answer.body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(answer.body, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in answer.body or b"<!ENTITY" in answer.body:
            raise FetchError("xml_entities", "a document type is never needed here") from error
        if not answer.body.rstrip().endswith(b">"):
            raise FetchError(
                "cut_short", f"the XML ends after {len(answer.body):,} bytes", again=True
            ) from error
        raise FetchError("not_data", f"no XML: {_line(error)}") from error
    if root.getroottree().docinfo.doctype:
        raise FetchError("xml_entities", "a document type is never needed here")
    if local_name(root) in _EXCEPTIONS:
        said = " ".join(" ".join(str(text) for text in root.itertext()).split())
        raise FetchError("service_exception", said[:_SHOWN] or "without a text")
    return root


def local_name(element: etree._Element) -> str:
    """Give the name of an element without its namespace; empty for comments and instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _refuse_json_error(found: dict[str, Any]) -> None:
    """Refuse the errors that ArcGIS and OGC services send as JSON with status 200."""
    error = found.get("error")
    if isinstance(error, dict):
        said = f"{error.get('code', '')} {error.get('message', '')}".strip()
        raise FetchError("service_exception", said[:_SHOWN] or "without a text")
    if "features" in found:
        return
    exceptions = found.get("exceptions")
    if isinstance(exceptions, list) or ("code" in found and "description" in found):
        said = orjson.dumps(exceptions or found["description"]).decode()
        raise FetchError("service_exception", said[:_SHOWN])


def _title(body: bytes) -> str:
    """Give the title of a web page, for the message."""
    start = body[:_SNIFF].decode("utf-8", "replace")
    lower = start.lower()
    if "<title>" not in lower:
        return "without a title"
    begin = lower.index("<title>") + len("<title>")
    title = " ".join(start[begin:].partition("<")[0].split())
    return f"{title[:80]!r}"


def _line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:_SHOWN]
