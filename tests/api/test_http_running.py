"""Settings, health, figures, logs, limits and the flip of releases, in this process and over a real port."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from api.http.health import KEEP_S, Readiness, ready
from api.http.logs import FIELDS, REQUEST_ID, JsonFormatter, without_secrets
from api.http.metrics import Metrics
from api.http.middleware import surround
from api.http.running import make_service
from api.http.settings import Settings, read_settings
from api.jobs.keys import add_key
from api.jobs.publication import Secrecy
from api.jobs.publish import publish, withdraw
from api.jobs.roles import Role
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from layers.release import Release

TOKEN = "a-token-of-32-characters-or-more"  # noqa: S105 (made up)


def settings(**changes: Any) -> Settings:
    return Settings.model_validate({"release": "nowhere", **changes})


async def send(app: ASGIApp, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.request(method, path, **options)


def ask(app: ASGIApp, path: str, method: str = "GET", **options: Any) -> httpx.Response:
    return asyncio.run(send(app, path, method, **options))


# settings


def test_settings_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "kringruimte.toml"
    file.write_text('[service]\npublication = "published"\nat_once = 10\nkept = 1\n[access]\nother = 1\n')
    found = read_settings({"KRING_SETTINGS": str(file), "KRING_AT_ONCE": "20", "PATH": "/bin"})
    assert found.publication == tmp_path / "published", "a path in the file starts from its folder"
    assert (found.at_once, found.kept, found.follow_s) == (20, 1, 1.0)
    other = read_settings({"KRING_SETTINGS": str(file), "KRING_RELEASE": "/releases/x"})
    assert other.publication is None


def test_every_wrong_setting_is_named_at_once_and_no_secret_is_repeated(tmp_path: Path) -> None:
    file = tmp_path / "kringruimte.toml"
    file.write_text('[service]\nrelease = "r"\nat_onec = 5\nlevel = "all"\n')
    with pytest.raises(InputError) as caught:
        read_settings(
            {"KRING_SETTINGS": str(file), "KRING_KEPT": "many", "KRING_METRICS_TOKEN": "short-secret"}
        )
    text = str(caught.value)
    assert {problem.field for problem in caught.value.problems} == {
        "at_onec",
        "level",
        "KRING_KEPT",
        "KRING_METRICS_TOKEN",
    }
    assert "at_once" in text, "the nearest name is suggested"
    assert "short-secret" not in text
    assert "many" not in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either publication or release"),
        ({"KRING_RELEASE": "a", "KRING_PUBLICATION": "b"}, "either publication or release"),
        ({"KRING_PUBLICATION": "b", "KRING_LEVEL": "province"}, "rights of callers"),
        ({"KRING_RELEASE": "a", "KRING_FIRST_BYTE_S": "9", "KRING_WHOLE_ANSWER_S": "3"}, "shorter"),
        ({"KRING_RELEASE": "a", "KRING_SETTINGS": "/absent.toml"}, "cannot be read"),
        ({"KRING_RELEASE": "a", "KRING_METRICS_TOKEN_FILE": "/absent"}, "file with the secret"),
    ],
)
def test_settings_that_do_not_go_together(given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_settings(given)


def test_a_secret_may_come_from_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    found = read_settings({"KRING_RELEASE": "a", "KRING_METRICS_TOKEN_FILE": str(tmp_path / "token")})
    assert found.metrics_token is not None
    assert found.metrics_token.get_secret_value() == TOKEN
    assert TOKEN not in repr(found) + str(found) + found.model_dump_json()


# health and figures


def test_probes_decide_readiness_and_are_not_run_for_every_question() -> None:
    tried: list[int] = []

    def broken() -> None:
        tried.append(1)
        raise OSError("/secret/path")

    readiness = Readiness({"tile": broken, "release": lambda: None})
    assert readiness.failed() == ("tile",)
    assert readiness.failed() == ("tile",)
    assert (len(tried), KEEP_S > 0) == (1, True)


def plain_app() -> FastAPI:
    """Make an application with what a service can do wrong."""
    app = FastAPI(openapi_url=None)

    @app.get("/v1/collections/{name}")
    def named(name: str) -> dict[str, str]:
        return {"name": name}

    @app.get("/own")
    def own() -> PlainTextResponse:
        return PlainTextResponse(
            "x", headers={"Content-Security-Policy": "default-src 'self'", "Cache-Control": "public"}
        )

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("Bearer abcdefghijklmnop was refused")

    return app


def test_every_answer_carries_the_headers_and_its_own_come_first() -> None:
    app = surround(plain_app(), settings(), Metrics())
    for path, status in (("/v1/collections/a", 200), ("/absent", 404), ("/broken", 500)):
        answer = ask(app, path)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"].startswith(
            "default-src 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["api-version"] == "1.0.0"
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers, "it means nothing without encryption"
        assert len(answer.headers["x-request-id"]) == 32
    own = ask(app, "/own")
    assert own.headers["content-security-policy"] == "default-src 'self'"
    assert own.headers["cache-control"] == "public"
    assert "x-frame-options" not in own.headers

    async def encrypted() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://h") as client:
            return await client.get("/own")

    assert asyncio.run(encrypted()).headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_failure_says_nothing_of_the_inside() -> None:
    async def fails(_: Any, __: Any, ___: Any) -> None:
        raise RuntimeError("inside /etc/secret")

    answer = ask(surround(fails, settings(), Metrics()), "/")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcd-1234.X_9", True), ("short", False), ("a b c d e f g h", False), ("x" * 65, False)],
)
def test_a_request_id_is_taken_over_when_it_is_harmless(given: str, *, kept: bool) -> None:
    answer = ask(surround(plain_app(), settings(), Metrics()), "/own", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_labels_are_routes_and_never_what_a_caller_made_up() -> None:
    metrics = Metrics()
    app = surround(plain_app(), settings(), metrics)
    for path in ("/v1/collections/a", "/v1/collections/b", "/x1", "/x2?key=secret"):
        ask(app, path)
    ask(app, "/x3", "BREW")
    text = metrics.text().decode()
    assert 'kring_requests_total{method="GET",route="/v1/collections/{name}",status="200"} 2.0' in text
    assert 'kring_requests_total{method="GET",route="other",status="404"} 2.0' in text
    assert 'method="other"' in text
    assert not {"BREW", "x1", "secret"} & set(text.replace('"', " ").replace("/", " ").split())
    assert 'kring_request_seconds_count{route="/v1/collections/{name}"} 2.0' in text
    assert "kring_requests_at_work 0.0" in text


# logs


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Collect what is logged, as the formatter writes it."""
    found: list[dict[str, Any]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(self.format(record)))

    handler = Collect()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger("kring")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield found
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_request_is_one_line_with_its_id_and_without_secrets(lines: list[dict[str, Any]]) -> None:
    app = surround(plain_app(), settings(), Metrics())
    headers = {"Authorization": "Bearer geheim-geheim", "X-Request-ID": "request-1"}
    ask(app, "/v1/collections/a?token=geheim2&limit=1&GEHEIM3", headers=headers)
    (line,) = lines
    assert (line["request_id"], line["status"], line["method"]) == ("request-1", 200, "GET")
    assert (line["route"], line["path"]) == ("/v1/collections/{name}", "/v1/collections/a")
    assert line["query"] == ["token", "limit", "?"]
    assert line["ms"] >= 0
    assert "geheim" not in json.dumps(lines).lower()
    assert REQUEST_ID.get() is None


def test_a_traceback_is_logged_with_the_id_and_without_credentials(lines: list[dict[str, Any]]) -> None:
    ask(surround(plain_app(), settings(), Metrics()), "/broken", headers={"X-Request-ID": "request-2"})
    failed = next(line for line in lines if line["level"] == "error")
    assert failed["request_id"] == "request-2"
    assert "RuntimeError" in failed["error"]
    assert "abcdefghijklmnop" not in json.dumps(lines)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic cXdlcnR5OnF3ZXJ0eQ==",
        "header authorization=qwerty",
        "GET /v1?limit=1&api-key=qwerty HTTP/1.1",
        "{'authorization': 'qwerty'}",
        "bearer cXdlcnR5OnF3ZXJ0eQ",
        "Cookie: session=qwerty",
    ],
)
def test_credentials_in_the_texts_of_others_are_blanked(text: str) -> None:
    blanked = without_secrets(text)
    assert "qwerty" not in blanked
    assert "cXdlcnR5" not in blanked
    assert "[weggelaten]" in blanked


def test_blanking_is_quick_on_any_text() -> None:
    begun = time.perf_counter()
    without_secrets("authorization" * 100_000)
    without_secrets("?token=" * 100_000)
    without_secrets("bearer " * 100_000)
    assert time.perf_counter() - begun < 2


def test_a_log_line_is_one_line() -> None:
    record = logging.LogRecord("kring", logging.INFO, "", 0, "a\nb\u2028%s", ("c",), None)
    setattr(record, FIELDS, {"path": "/x\n{"})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["path"] == "/x\n{"


# limits


def echo_app(*, swallow: bool = False) -> Starlette:
    async def echo(request: Request) -> JSONResponse:
        try:
            return JSONResponse({"bytes": len(await request.body())})
        except Exception:
            if not swallow:
                raise
            return JSONResponse({"bytes": -1})

    return Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])


def test_an_address_that_is_too_long_is_refused() -> None:
    app = surround(echo_app(), settings(url_bytes=256), Metrics())
    assert ask(app, "/?" + "a" * 255).status_code == 200
    page = ask(app, "/?" + "a" * 256)
    assert page.status_code == 414
    assert page.headers["content-type"] == "text/html; charset=utf-8", "people get a page"
    assert "256" in page.text
    refused = ask(app, "/v1?" + "a" * 254)
    assert refused.status_code == 414
    assert refused.headers["content-type"] == "application/problem+json", "programs get the document"
    assert "256" in refused.json()["detail"]


@pytest.mark.parametrize("swallow", [False, True])
def test_a_body_that_is_too_large_is_refused_announced_or_not(*, swallow: bool) -> None:
    metrics = Metrics()
    app = surround(echo_app(swallow=swallow), settings(body_bytes=1000), metrics)

    async def pieces() -> Any:
        for _ in range(11):
            yield b"x" * 100

    assert ask(app, "/", "POST", content=b"x" * 1000).json() == {"bytes": 1000}
    assert ask(app, "/", "POST", content=b"x" * 1001).status_code == 413
    assert ask(app, "/", "POST", content=pieces()).status_code == 413
    assert ask(app, "/", headers={"Content-Length": "9" * 5000}).status_code == 413
    assert 'kring_refused_total{reason="body"} 3.0' in metrics.text().decode()


def test_an_answer_that_does_not_begin_in_time_is_503_and_keeps_its_place() -> None:
    go, begun = threading.Event(), threading.Event()
    app = FastAPI(openapi_url=None)

    @app.get("/v1/slow")
    def slow() -> dict[str, int]:
        begun.set()
        go.wait(10)
        return {}

    @app.get("/v1/quick")
    def quick() -> dict[str, int]:
        return {"a": 1}

    metrics = Metrics()
    limited = surround(app, settings(first_byte_s=0.2, at_once=1, queue_s=0.05), metrics)

    async def play() -> list[int]:
        first = await send(limited, "/v1/slow")
        assert first.headers["retry-after"] == "30"
        assert first.headers["content-type"] == "application/problem+json"
        # the thread still works, so nothing else is begun
        second = await send(limited, "/v1/quick")
        go.set()
        for _ in range(100):
            third = await send(limited, "/v1/quick")
            if third.status_code == 200:
                break
            await asyncio.sleep(0.02)
        return [first.status_code, second.status_code, third.status_code]

    assert asyncio.run(play()) == [503, 503, 200]
    text = metrics.text().decode()
    assert 'kring_refused_total{reason="late"} 1.0' in text
    assert "kring_requests_at_work 0.0" in text


def test_an_answer_that_goes_on_too_long_is_broken_off() -> None:
    ended: list[bool] = []

    async def drip() -> Any:
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0.01)
        finally:
            ended.append(True)

    async def endless(_: Request) -> StreamingResponse:
        return StreamingResponse(drip())

    app = surround(
        Starlette(routes=[Route("/", endless)]), settings(first_byte_s=0.05, whole_answer_s=0.2), Metrics()
    )
    messages: list[Any] = []

    async def play() -> None:
        async def receive() -> Any:
            await asyncio.sleep(10)

        async def collect(message: Any) -> None:
            messages.append(message)

        scope: dict[str, Any] = {
            "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
            "http_version": "1.1", "scheme": "http", "server": None, "client": None, "root_path": "",
        }  # fmt: skip
        await app(scope, receive, collect)
        await asyncio.sleep(0.05)

    begun = time.perf_counter()
    asyncio.run(play())
    assert time.perf_counter() - begun < 5
    assert messages[0]["status"] == 200
    assert messages[-1].get("more_body"), "the end is missing, so that the server closes the connection"
    assert ended == [True]


def test_when_it_is_full_others_wait_and_then_are_sent_away_but_health_answers(release: Release) -> None:
    async def play() -> tuple[list[int], int]:
        gate = asyncio.Event()

        async def hold(scope: Any, receive: Any, send: Any) -> None:
            await gate.wait()
            await PlainTextResponse("x")(scope, receive, send)

        app = make_service(settings(release=release.path, at_once=2, queue_s=0.1), app_of=lambda _, __: hold)
        waiting = [asyncio.ensure_future(send(app, "/")) for _ in range(3)]
        healthy = await send(app, "/healthz")
        await asyncio.sleep(0.3)
        gate.set()
        answers = await asyncio.gather(*waiting)
        return sorted(answer.status_code for answer in answers), healthy.status_code

    assert asyncio.run(play()) == ([200, 200, 503], 200)


# the whole service

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def releases(tmp_path: Path, write: Callable[..., Release], recipe: dict[str, Any]) -> list[Release]:
    """Write two releases of the same project; the hand-made project is in the stage of exploration."""
    return [write(tmp_path / "releases", {**recipe, "number": number}) for number in range(2)]


SECRET = Secrecy(ground="Woo 5.1 lid 2", ends=NOW.date().replace(year=2099))


ask_with = send


def test_the_service_follows_and_earlier_releases_stay_where_they_were(
    releases: list[Release], tmp_path: Path
) -> None:
    first, second = releases
    folder = tmp_path / "published"
    publish(first, folder, now=NOW, secrecy=SECRET)
    keys = tmp_path / "keys.json"
    moment = datetime.now(UTC)
    secret = add_key(keys, "plan", Role.PROVINCE, frozenset(), until=moment + timedelta(days=1), now=moment)
    own = {"Authorization": f"Bearer {secret}"}
    app = make_service(Settings(publication=folder, follow_s=0.05, keys=keys))

    async def send(app: ASGIApp, path: str) -> httpx.Response:
        return await ask_with(app, path, headers=own)

    async def play() -> None:
        async with lifespan(app):
            assert (await send(app, "/v1")).status_code == 200
            assert (await send(app, "/readyz")).json() == {"status": "ok"}
            # for who may not see what is not decided there is nothing at all
            for path in ("/v1?f=html", f"/releases/{first.name}/v1?f=html"):
                assert (await ask_with(app, path)).status_code == 404
            publish(second, folder, now=NOW, secrecy=SECRET)
            for _ in range(200):
                if (await send(app, f"/releases/{second.name}/v1")).status_code == 200:
                    break
                await asyncio.sleep(0.05)
            for name in (first.name, second.name):
                page = await send(app, f"/releases/{name}/v1/collections")
                links = [link["href"] for link in page.json()["links"]]
                assert all(f"/releases/{name}/v1" in href for href in links), "links stay in the release"
            assert (await send(app, "/releases/0123456789abcdef/v1")).status_code == 404
            assert (await send(app, "/releases/../v1")).status_code in {200, 404}
            withdraw(folder, None, second.name, now=NOW)
            for _ in range(200):
                if (await send(app, f"/releases/{second.name}/v1")).status_code == 404:
                    break
                await asyncio.sleep(0.05)
            assert (await send(app, f"/releases/{second.name}/v1")).status_code == 404

    asyncio.run(play())


def test_a_publication_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    app = make_service(Settings(publication=tmp_path))

    async def play() -> None:
        async with lifespan(app):
            pass

    with pytest.raises(RuntimeError, match="kringruimte publish"):
        asyncio.run(play())


def test_metrics_are_for_who_holds_the_token(release: Release) -> None:
    closed = make_service(settings(release=release.path))
    assert ask(closed, "/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    app = make_service(settings(release=release.path, metrics_token=TOKEN))
    assert ask(app, "/metrics").status_code == 404
    assert ask(app, "/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    answer = ask(app, "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert "kring_requests_total" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_ready_names_the_probe_that_fails_and_no_more(release: Release) -> None:
    def tile() -> None:
        raise OSError("/secret/path")

    answer = ready(Readiness({"release": lambda: None, "tile": tile}))
    body: dict[str, Any] = json.loads(bytes(answer.body))
    assert (answer.status_code, body) == (503, {"status": "unavailable", "failed": ["tile"]})


class lifespan:  # noqa: N801 (reads as a function)
    """Starts and stops an application as a server does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.outbox: asyncio.Queue[Any] = asyncio.Queue()

    async def __aenter__(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self.task = asyncio.ensure_future(self.app(scope, self.inbox.get, self.outbox.put))
        await self.inbox.put({"type": "lifespan.startup"})
        message = await self.outbox.get()
        if message["type"] == "lifespan.startup.failed":
            raise RuntimeError(message["message"])

    async def __aexit__(self, *_: object) -> None:
        await self.inbox.put({"type": "lifespan.shutdown"})
        assert (await self.outbox.get())["type"] == "lifespan.shutdown.complete"
        await self.task


def test_over_a_port_with_two_workers_it_follows_and_stops_gracefully(
    releases: list[Release], tmp_path: Path
) -> None:
    first, _ = releases
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "KRING_METRICS_TOKEN": TOKEN, "KRING_LOG_LEVEL": "info"}
    kring = [sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main())"]
    server = subprocess.Popen(
        [*kring, "serve", str(first.path), "--port", str(port), "--workers", "2"],
        stderr=subprocess.PIPE, env=environment,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=base) as client:
            end = time.monotonic() + 90
            while time.monotonic() < end:
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    assert server.poll() is None
                    time.sleep(0.2)
            for _ in range(4):
                assert client.get("/v1/collections", headers={"Connection": "close"}).status_code == 200
            text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
            assert 'kring_requests_total{method="GET",route="/v1/collections",status="200"} 4.0' in text
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=40)
    lines = [json.loads(line) for line in said.decode().splitlines() if line.startswith("{")]
    assert sum(line.get("route") == "/v1/collections" for line in lines) == 4
    assert not [line for line in lines if line["level"] in {"error", "warning"}]
