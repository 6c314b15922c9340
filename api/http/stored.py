"""Features out of PostGIS for the service: which releases are stored there, and sources of their tables.

psycopg is only there for those who use it, so what needs it is imported when a database is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.http.pool import Pool
from api.http.settings import PREFIX
from gis.database import read_address

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from api.http.postgis import PostgisSource
    from api.http.settings import Settings
    from api.http.snapshot import MakeSource
    from gis.database import Address
    from layers.release import Release
    from layers.schema import Layer


class Database:
    """A database with stored releases.

    Parameters
    ----------
    address
        Where it is; its user needs to read no more than what callers may see.
    """

    def __init__(self, address: Address) -> None:
        from api.http.postgis import open_reader

        self._pool = Pool(address, open_reader)

    def sources_of(self, release: Release) -> MakeSource:
        """Give what makes the sources of tables of a release of which all rows are shown.

        Raises
        ------
        DatabaseError
            When the release is not stored, or with other tables, or the database cannot be used.
        """
        from api.http.postgis import PostgisSource
        from layers.postgis.store import find_stored
        from layers.postgis.tables import Place

        with self._pool.connection() as connection:
            schema = find_stored(connection, release).schema

        def make(layer: Layer, frame: pd.DataFrame | gpd.GeoDataFrame) -> PostgisSource:
            # the frame says which columns the reader may see; the others are never asked for
            columns = [column for column in layer.columns if column.name in frame.columns]
            return PostgisSource(self._pool.connection, Place(schema, layer.name), layer, columns)

        return make

    def check(self) -> None:
        """Raise DatabaseError when the database does not answer."""
        self._pool.check()

    def close(self) -> None:
        """Close the connections that are open."""
        self._pool.close()


def database_of(settings: Settings) -> Database | None:
    """Give the database that features come from, None for memory; InputError for an address that is none."""
    if settings.postgis is None:
        return None
    return Database(read_address(settings.postgis.get_secret_value(), place=f"{PREFIX}POSTGIS"))
