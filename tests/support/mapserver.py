"""Debian's MapServer as a WFS on loopback, one process per question, behind a small bridge to CGI."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

PROGRAM = shutil.which("mapserv")
MISSING = "MapServer (Debian: cgi-mapserver) is not installed"
CONFIG = """CONFIG
  ENV
    MS_MAP_PATTERN "."
  END
END
"""
MAPFILE = """MAP
  NAME "test"
  EXTENT 0 300000 300000 660000
  SIZE 100 100
  UNITS METERS
  PROJECTION "init=epsg:28992" END
  WEB METADATA
    "ows_title" "test"
    "ows_onlineresource" "http://127.0.0.1/wfs?"
    "ows_srs" "EPSG:28992 EPSG:4258"
    "ows_enable_request" "*"
    "wfs_getfeature_formatlist" "{formats}"
  END END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json; subtype=geojson"
    FORMATOPTION "STORAGE=stream"
    FORMATOPTION "FORM=SIMPLE"
    FORMATOPTION "LCO:COORDINATE_PRECISION=15"
  END
  LAYER
    NAME "parks"
    TYPE {kind}
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{path}"
    DATA "parks"
    PROJECTION "init=epsg:28992" END
    METADATA
      "ows_title" "parks"
      "gml_featureid" "volgnr"
      "gml_include_items" "all"
      "gml_types" "auto"
      "wfs_maxfeatures" "{page}"
    END
  END
END
"""


class MapServer:
    """A WFS 2.0 over one table in EPSG:28992; use it as a context."""

    def __init__(self, table: gpd.GeoDataFrame, folder: Path, *, json: bool = True, page: int = 50) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        table.to_file(folder / "parks.gpkg", layer="parks", VERSION="1.3")
        lines = table.geometry.iloc[0].geom_type.endswith("LineString")
        formats = "OGRGML3,geojson" if json else "OGRGML3"
        values = {"path": folder / "parks.gpkg", "kind": "LINE" if lines else "POLYGON", "page": page}
        (folder / "ms.map").write_text(MAPFILE.format(formats=formats, **values), "utf-8")
        (folder / "ms.conf").write_text(CONFIG, "utf-8")
        self._environment = {
            **os.environ,
            "MAPSERVER_CONFIG_FILE": str(folder / "ms.conf"),
            "MS_MAPFILE": str(folder / "ms.map"),
            "REQUEST_METHOD": "GET",
        }

    def __enter__(self) -> Self:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                owner._serve(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/wfs"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        environment = {**self._environment, "QUERY_STRING": urlsplit(handler.path).query}
        assert PROGRAM is not None
        done = subprocess.run([PROGRAM], env=environment, capture_output=True, check=False, timeout=60)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        kind = next(
            (line for line in head.decode().splitlines() if line.lower().startswith("content-type:")), ":"
        )
        handler.send_response(200)
        handler.send_header("Content-Type", kind.partition(":")[2].strip())
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
