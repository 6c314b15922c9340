"""What a stored release says about itself: three tables beside its own, and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg import sql
from psycopg.types.json import Jsonb

from layers.catalogue import to_catalogue

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import TupleRow

    from layers.release import Release

PREFIX: Final = "kring_"
RELEASE, COLUMNS, MANIFEST = "_release", "_columns", "_manifest"
FORMAT_VERSION: Final = 1
"""Of the layout in the database."""
_OWN: Final = {
    RELEASE: """name text PRIMARY KEY, format_version integer NOT NULL, tables_sha256 text NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT now(), project jsonb NOT NULL, catalogue jsonb NOT NULL""",
    COLUMNS: """"table" text, "column" text, kind text NOT NULL, unit text, label_nl text NOT NULL,
        label_en text NOT NULL, level text NOT NULL, PRIMARY KEY ("table", "column")""",
    MANIFEST: "manifest jsonb NOT NULL",
}
"""Our own tables and their columns."""
_COMMENTS: Final = {
    RELEASE: "Deze uitgave: naam, hash van de tabellen, project en catalogus (this release)",
    COLUMNS: "Elke kolom met titels, eenheid en niveau, om rechten naar te geven (columns, to grant by)",
    MANIFEST: "Manifest: recept, bronnen, reparaties. Noemt woningen en bedrijven. niveau (level) province",
}


def schema_of(name: str) -> str:
    """Name the schema of a release."""
    return f"{PREFIX}{name}"


def write_own(connection: Connection[TupleRow], release: Release) -> None:
    """Make and fill the tables that describe a release, in a schema that is there already."""
    schema = schema_of(release.name)
    for name, columns in _OWN.items():
        table = sql.Identifier(schema, name)
        connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(columns)))
        connection.execute(comment("TABLE", table, _COMMENTS[name]))
    catalogue = to_catalogue(release.layers.values())
    described = {
        "name": release.name,
        "format_version": FORMAT_VERSION,
        "tables_sha256": release.manifest["tables_sha256"],
        "project": Jsonb(release.project),
        "catalogue": Jsonb(catalogue),
    }
    _insert(connection, sql.Identifier(schema, RELEASE), [described])
    _insert(connection, sql.Identifier(schema, MANIFEST), [{"manifest": Jsonb(release.manifest)}])
    columns_of = [
        {
            "table": layer.name,
            "column": column.name,
            "kind": column.kind,
            "unit": column.unit,
            "label_nl": column.label_nl,
            "label_en": column.label_en,
            "level": release.level(layer.name, column.name).value,
        }
        for layer in release.layers.values()
        for column in layer.columns
    ]
    _insert(connection, sql.Identifier(schema, COLUMNS), columns_of)


def _insert(connection: Connection[TupleRow], table: sql.Identifier, rows: list[dict[str, Any]]) -> None:
    listed = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    marks = sql.SQL(", ").join(sql.Placeholder() * len(rows[0]))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, listed, marks)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [list(row.values()) for row in rows])


def comment(kind: str, name: sql.Composable, text: str) -> sql.Composed:
    """Give the statement that comments on a schema, table or column."""
    # a comment takes no bound parameter, so it is quoted here
    return sql.SQL("COMMENT ON {} {} IS {}").format(sql.SQL(kind), name, sql.Literal(text))
