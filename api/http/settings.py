"""Settings of the service: from a TOML file and the environment, checked as a whole before it starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from api.http.access.tokens import Grant, TokenSettings
from api.jobs.roles import Role  # noqa: TC001 - pydantic needs it when the model is made
from gis.errors import InputError, Problem
from layers.schema import Level
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "KRING_"
FILE_VARIABLE: Final = "KRING_SETTINGS"
"""Names the settings file."""
TABLE: Final = "service"
"""The table of the file that is read here; other tables belong to other parts."""
FROM_FILE: Final = "_FILE"
"""Behind the name of a secret: the variable names a file that holds it."""
SECRETS: Final = ("metrics_token", "sign_in_secret", "postgis")
MIB: Final = 1024 * 1024
GROUND: Final = r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9/._~?&=%{}-]*$"
"""An address of tiles; nothing in it can end or widen a content security policy."""
PATHS: Final = frozenset(
    "publication release keys sessions outcomes minutes feedback audit jobs packages".split()  # noqa: SIM905
)


class Granted(BaseModel):
    """What one value of the claim gives: a role, and municipalities for role municipality."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    municipalities: frozenset[str] = frozenset()


class Login(BaseModel):
    """The login of the organisation, see `api.http.access.tokens.TokenSettings`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    keys: str = Field(min_length=1)
    claim: str = "roles"
    grants: dict[str, Granted] = Field(default_factory=dict)

    def token_settings(self) -> TokenSettings:
        """Give the same as the reader of tokens takes it."""
        grants = {value: Grant(given.role, given.municipalities) for value, given in self.grants.items()}
        return TokenSettings(self.issuer, self.audience, self.keys, self.claim, grants)


class Settings(BaseModel):
    """Settings of the service.

    Attributes
    ----------
    publication, project
        Folder with ``published.json``, and the key of the project in it; None for the only one.
    release
        Folder of one release to serve instead.
    level
        Up to which level a single release is served to everybody who reaches the service.
    follow_s
        Seconds between two looks at what is published.
    kept
        Earlier releases that stay in memory.
    first_byte_s, whole_answer_s
        Seconds until an answer must begin, and until it must be complete.
    at_once, queue_s
        Requests that are worked on at the same time, and seconds that one waits for its turn.
    url_bytes, body_bytes
        The longest address and the largest body that are taken.
    plan_bytes
        The largest body of the plan test, which takes files.
    metrics_token
        Bearer token for ``/metrics``; without one there are no metrics.
    log_level
        The least that is logged.
    keys, sessions, outcomes, audit
        Files of keys, of sessions, of what was agreed on in them, and the log of who saw what.
    feedback
        File of what municipalities report about facts; without it the pages take no reports.
    minutes
        Folder where sessions keep what they tried, a file each; without it their screens only show the plan.
    login
        Whose tokens count (OpenID Connect), in the settings file only.
    burst, per_second
        Requests of one caller at once, and in the long run; each worker counts for itself.
    public_url
        Address of the service as its users know it, for links behind a proxy.
    jobs
        Folder for the releases that calculations make; without it there are no calculations.
    packages
        Folder with a folder of packages per release.
    sign_in_secret
        With what sign-ins on the pages are sealed, at least 32 characters, the same for every worker. Without
        it a service of one worker makes its own, and everybody signs in again when it starts.
    ground, ground_attribution
        Address of the tiles of a background map, with ``{z}``, ``{x}`` and ``{y}`` in it, such as PDOK's BRT,
        and whose it is. Without it maps ask nothing of another host.
    postgis
        Address of a database in which releases are stored, out of which features are then shown instead of
        out of memory.
    workers
        How many processes serve; calculations are done only where there is one, which knows them all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    publication: Path | None = None
    project: str | None = Field(default=None, pattern="^[a-z0-9-]{1,60}$")
    release: Path | None = None
    level: Level = Level.PUBLIC
    follow_s: float = Field(default=1.0, ge=0.05, le=3600)
    kept: int = Field(default=3, ge=0, le=100)
    first_byte_s: float = Field(default=20.0, ge=0.05, le=600)
    whole_answer_s: float = Field(default=300.0, ge=0.05, le=3600)
    at_once: int = Field(default=64, ge=1, le=10_000)
    queue_s: float = Field(default=10.0, ge=0, le=600)
    url_bytes: int = Field(default=16 * 1024, ge=256, le=48 * 1024)
    body_bytes: int = Field(default=MIB, ge=0, le=1024 * MIB)
    plan_bytes: int = Field(default=8 * MIB, ge=0, le=64 * MIB)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    keys: Path | None = None
    sessions: Path | None = None
    outcomes: Path | None = None
    feedback: Path | None = None
    minutes: Path | None = None
    audit: Path | None = None
    login: Login | None = None
    burst: float = Field(default=400, ge=1, le=1_000_000)
    per_second: float = Field(default=100, ge=0.1, le=1_000_000)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s?#/])?$")
    jobs: Path | None = None
    packages: Path | None = None
    sign_in_secret: SecretStr | None = Field(default=None, min_length=32)
    ground: str | None = Field(default=None, max_length=500, pattern=GROUND)
    ground_attribution: str | None = Field(default=None, min_length=1, max_length=200)
    postgis: SecretStr | None = Field(default=None, min_length=1)
    workers: int = Field(default=1, ge=1, le=64)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.publication is None) == (self.release is None):
            raise ValueError("give either publication or release")
        if self.publication is not None and self.level is not Level.PUBLIC:
            raise ValueError(
                "level is for a single release; what is published is shown by the rights of callers"
            )
        if self.whole_answer_s < self.first_byte_s:
            raise ValueError("whole_answer_s is shorter than first_byte_s")
        if self.outcomes is not None and self.sessions is None:
            raise ValueError("outcomes are of sessions; give sessions too")
        if self.minutes is not None and self.sessions is None:
            raise ValueError("minutes are of sessions; give sessions too")
        if self.ground is not None and not all(part in self.ground for part in ("{z}", "{x}", "{y}")):
            raise ValueError("ground is an address of tiles with {z}, {x} and {y} in it")
        if (self.ground is None) != (self.ground_attribution is None):
            raise ValueError("ground and ground_attribution go together: a map says whose its background is")
        if self.level is Level.MUNICIPALITY:
            raise ValueError(
                "a municipality sees its own territory only; make it a key, or serve level public or province"
            )
        return self


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings.

    Parameters
    ----------
    environment
        Variables such as ``KRING_PUBLICATION``; they win over the file that ``KRING_SETTINGS`` names.

    Raises
    ------
    InputError
        With everything that is wrong. Values are not repeated: one could be a secret.
    """
    problems: list[Problem] = []
    shown = environment.get(FILE_VARIABLE, "")
    from_file = _from_file(Path(shown), problems) if shown else {}
    given = {**from_file, **_from_environment(environment, problems)}
    if (
        "release" in given
        and "publication" in given
        and ("release" in from_file) != ("publication" in from_file)
    ):
        # what the environment names takes the place of what the file names
        given.pop("release" if "release" in from_file else "publication")
    settings = None
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems.extend(_problem(item, from_file, environment, shown) for item in found)
    if problems or settings is None:
        raise InputError(*problems)
    return settings


def _from_environment(environment: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        if environment.get(variable):
            found[name] = environment[variable]
        elif name in SECRETS and environment.get(f"{variable}{FROM_FILE}"):
            try:
                found[name] = Path(environment[f"{variable}{FROM_FILE}"]).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                message = "the file with the secret cannot be read"
                problems.append(
                    Problem(message, "Check its path and rights.", field=f"{variable}{FROM_FILE}")
                )
    return found


def _from_file(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig")).get(TABLE, {})
    except OSError as error:
        message = f"the settings cannot be read: {error.strerror}"
        problems.append(Problem(message, f"Check the path in {FILE_VARIABLE}.", file=str(path)))
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        problems.append(Problem("the settings are no valid TOML", "Repair the file.", file=str(path)))
        return {}
    if not isinstance(table, dict):
        message = f"{TABLE} is not a table"
        problems.append(Problem(message, f"Write the settings under [{TABLE}].", file=str(path)))
        return {}
    # paths in the file start from its folder
    return {
        name: path.parent / value if name in PATHS and isinstance(value, str) else value
        for name, value in table.items()
    }


def _problem(
    item: Mapping[str, Any], from_file: Mapping[str, Any], environment: Mapping[str, str], file: str
) -> Problem:
    name = str(item["loc"][0]) if item["loc"] else None
    inside = ".".join(map(str, item["loc"][1:]))
    if name is None:
        return Problem(item["msg"].removeprefix("Value error, "), "Change one of these settings.")
    if item["type"] == "extra_forbidden":
        return Problem(
            "this setting is not known",
            did_you_mean(name, list(Settings.model_fields)),
            file=file,
            field=name,
        )
    variable = f"{PREFIX}{name.upper()}"
    in_environment = bool(environment.get(variable) or environment.get(f"{variable}{FROM_FILE}"))
    place = None if in_environment or name not in from_file else file
    field = variable if in_environment else ".".join(filter(None, [name, inside]))
    return Problem(item["msg"].removeprefix("Value error, "), "Change the value.", file=place, field=field)
