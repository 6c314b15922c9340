"""XML in and out: read without entities or network, written the same way every time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lxml import etree  # type: ignore[import-untyped]

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

Element = Any
"""An element as lxml gives it, which has no types of its own."""

GEO: Final = "https://standaarden.overheid.nl/stop/imop/geo/"
GIO: Final = "https://standaarden.overheid.nl/stop/imop/gio/"
DATA: Final = "https://standaarden.overheid.nl/stop/imop/data/"
LVBB: Final = "https://standaarden.overheid.nl/lvbb/stop/aanlevering/"
BASIS: Final = "http://www.geostandaarden.nl/basisgeometrie/1.0"
GML: Final = "http://www.opengis.net/gml/3.2"
SE: Final = "http://www.opengis.net/se"
OGC: Final = "http://www.opengis.net/ogc"
SLD: Final = "http://www.opengis.net/sld"
XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
IMOW: Final = "http://www.geostandaarden.nl/imow/"
OW_LOCATION: Final = f"{IMOW}locatie"
OW_AREA: Final = f"{IMOW}gebiedsaanwijzing"
OW_TEXT: Final = f"{IMOW}vrijetekst"
OW_OBJECT: Final = f"{IMOW}owobject"
OW_FILE: Final = f"{IMOW}bestanden/deelbestand"
OW_STATE: Final = "http://www.geostandaarden.nl/bestanden-ow/standlevering-generiek"
OW_MANIFEST: Final = "http://www.geostandaarden.nl/bestanden-ow/manifest-ow"

STOP_VERSION: Final = "1.3.0"
LVBB_VERSION: Final = "1.2.0"

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACE: Final = re.compile(r"\s+")


def clean(text: str) -> str:
    """Make a text fit for XML and for a legend: one line, no control characters, no double spaces.

    Letters, quotes, ``&`` and ``<`` stay as they are: whoever writes XML escapes them.
    """
    return _SPACE.sub(" ", _FORBIDDEN.sub(" ", text)).strip()


def root(tag: str, namespace: str, prefixes: dict[str | None, str], **attributes: str) -> Element:
    """Make the root of a document.

    Parameters
    ----------
    tag, namespace
        Of the element.
    prefixes
        Prefix to namespace, as the document declares them; None for the default.
    **attributes
        Without namespace.
    """
    return etree.Element(f"{{{namespace}}}{tag}", attributes, nsmap=prefixes)


def add(
    parent: Element,
    tag: str,
    text: str | None = None,
    *,
    namespace: str | None = None,
    prefixes: dict[str | None, str] | None = None,
    attributes: dict[str, str] | None = None,
) -> Element:
    """Add an element, by default in the namespace of its parent."""
    own = namespace if namespace is not None else etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{own}}}{tag}", attributes or {}, nsmap=prefixes)
    child.text = text
    return child


def write(element: Element, *, declaration: bool = True) -> bytes:
    """Write a document as UTF-8, indented by two spaces, with one line end after it.

    Parameters
    ----------
    element
        The root.
    declaration
        Whether ``<?xml ...?>`` comes first; GDAL does not know its own side-car when it does.
    """
    etree.indent(element, space="  ")
    data: bytes = etree.tostring(element, xml_declaration=declaration, encoding="UTF-8")
    return data.rstrip(b"\n") + b"\n"


def parse(data: bytes, file: str, *, doctype: bool = False) -> Element:
    """Read a document that may come from anybody.

    Parameters
    ----------
    data
        The file.
    file
        Its name, for the error.
    doctype
        Whether it may name a DTD, which is never loaded.

    Returns
    -------
    lxml element
        The root. Entities are not resolved, no DTD is loaded and no network is used.

    Raises
    ------
    InputError
        When it is no XML, or holds a DTD.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"this is no well-formed XML: {error.msg}"
        raise InputError(Problem(message, "Ask for the file again.", file=file)) from error
    if not doctype and tree.getroottree().docinfo.internalDTD is not None:
        message = "this XML declares a DTD, which no GIO needs and which may hide a bomb of entities"
        raise InputError(Problem(message, "Take the DTD out.", file=file))
    return tree


def compile_schema(uri: str, places: Mapping[str, str]) -> Any:
    """Read a schema with all that it imports.

    Parameters
    ----------
    uri
        Of the schema.
    places
        URI of a schema to its file; what it imports must be there too, because no network is used.
    """

    class Local(etree.Resolver):  # type: ignore[misc]
        def resolve(self, url: str, _public: str | None, context: Any) -> Any:
            return self.resolve_filename(places[url], context) if url in places else None

    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(places[uri], parser))


def schema_errors(element: Element, schema: Any) -> list[tuple[int, str]]:
    """Check a document against a schema of `compile_schema`; gives line and message of each error."""
    schema.validate(element.getroottree())
    return [(error.line, error.message) for error in schema.error_log]


def local(element: Element) -> str:
    """Give the name of an element without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def space(element: Element) -> str:
    """Give the namespace of an element; empty for none and for a comment."""
    return (etree.QName(element).namespace or "") if isinstance(element.tag, str) else ""


def found(element: Element, namespace: str, *path: str) -> list[Element]:
    """Give the elements at the end of a path of names, each in `namespace`."""
    step = "/".join(f"{{{namespace}}}{name}" for name in path)
    result: list[Element] = element.findall(step)
    return result


def anywhere(element: Element, namespace: str, tag: str) -> list[Element]:
    """Give every element of a name under another, in document order."""
    return list(element.iter(f"{{{namespace}}}{tag}"))


def text_of(element: Element, namespace: str, *path: str) -> str:
    """Give the text of the first element at the end of a path, without outer blanks; empty for none."""
    first = next(iter(found(element, namespace, *path)), None)
    return "" if first is None else content(first)


def content(element: Element) -> str:
    """Give the text of an element without outer blanks."""
    return (element.text or "").strip()
