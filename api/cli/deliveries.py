"""Commands that make what leaves the house: choice packages for municipalities, the import package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.reservation import Json, ReleaseFolder  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from api.jobs.export import Exported
    from api.jobs.monitor import Monitored
    from api.jobs.package import Packed

STEPS = 3
SHOWN = 12
"""Warnings that are written out; the others are counted."""
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the result; made when absent.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace a file of the same name.")]
Previous = Annotated[
    Path | None,
    typer.Option("--previous", metavar="PATH", help="Earlier package to compare with."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(package)
    app.command()(export)
    app.command()(monitor)
    app.command()(rules)
    app.command("read-gio")(read_gio)


def package(
    path: ReleaseFolder,
    *,
    municipality: Annotated[
        list[str] | None,
        typer.Option("--municipality", metavar="NAME", help="Name or code; repeatable. All when left out."),
    ] = None,
    out: Out = Path("keuzepakketten"),
    selection: Annotated[
        Path | None, typer.Option("--selection", metavar="FILE", help="Choices of councils (TOML).")
    ] = None,
    blocks: Annotated[
        Path | None, typer.Option("--blocks", metavar="DIR", help="Folder with building blocks of your own.")
    ] = None,
    authority_code: Annotated[
        str | None, typer.Option("--authority-code", metavar="pv26", help="Code of the province, for ids.")
    ] = None,
    previous: Previous = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Make the choice package of municipalities: ready building blocks with evidence, maps and texts."""
    from api.cli.output import print_json, progress
    from api.jobs.package import Order, make_packages

    order = Order(path, blocks, selection, authority_code, previous)
    with progress(len(municipality or [])) as tell:
        made = make_packages(order, municipality or [], out, replace=replace, progress=tell)
    if as_json:
        print_json({"packages": [_packed(each) for each in made]})
        return
    _print_packed(made)


def monitor(
    path: ReleaseFolder,
    *,
    base: Annotated[
        Path | None, typer.Option("--base", metavar="RELEASE", help="Release of the base measurement.")
    ] = None,
    out: Out = Path("monitor"),
    indicators: Annotated[
        Path | None, typer.Option("--indicators", metavar="FILE", help="Indicators of your own (CSV).")
    ] = None,
    adopted: Annotated[
        Path | None,
        typer.Option(
            "--adopted",
            metavar="FILE",
            help="Blocks that municipalities adopted (CSV: municipality_code, block_id, date, decision).",
        ),
    ] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Measure the indicators of the strategy: monitoring report, page for the progress letter, tables."""
    from api.cli.output import print_json, progress
    from api.jobs.monitor import monitor as make_monitor
    from api.jobs.monitor import monitored_rows
    from layers.release import open_release

    with progress(STEPS) as tell:
        made = make_monitor(
            open_release(path),
            out,
            base=None if base is None else open_release(base),
            indicators=indicators,
            adopted=adopted,
            replace=replace,
            progress=tell,
        )
    if as_json:
        files = [str(file) for file in made.files]
        print_json({"values": monitored_rows(made), "warnings": list(made.warnings), "files": files})
        return
    _print_monitored(made)


def export(
    path: ReleaseFolder,
    *,
    purpose: Annotated[
        Literal["visie", "verordening"], typer.Option("--for", help="For the vision or for the ordinance.")
    ],
    out: Out = Path("importpakket"),
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help="Names and ids of the province (TOML).")
    ] = None,
    alternative: Annotated[
        str | None,
        typer.Option("--alternative", metavar="NAME", help="Each alternative has its own package."),
    ] = None,
    previous: Previous = None,
    schemas: Annotated[
        Path | None,
        typer.Option(
            "--schemas",
            metavar="DIR",
            envvar="KRING_STOP_SCHEMAS",
            help="Folder with the official XSDs, for a check on top of ours.",
        ),
    ] = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Make the import package for the environmental vision or the ordinance: GIO, OW draft, GeoPackage."""
    from api.cli.output import print_json, progress
    from api.jobs.export import export_package
    from layers.release import open_release

    with progress(STEPS) as tell:
        made = export_package(
            open_release(path),
            purpose,
            out,
            settings=settings,
            changes={} if alternative is None else {"alternative": alternative},
            previous=previous,
            schemas=schemas,
            replace=replace,
            progress=tell,
        )
    if as_json:
        print_json(
            {
                "path": str(made.path),
                "files": list(made.files),
                "changes": dict(made.changes),
                "findings": made.findings.to_dict("records"),
            }
        )
        return
    _print_exported(made)


def rules(
    path: ReleaseFolder,
    municipality: Annotated[str, typer.Argument(metavar="MUNICIPALITY", help="Name or code.")],
    *,
    as_json: Json = False,
) -> None:
    """Show which rules a municipality can adopt, why, on which locations, and how solid they are."""
    from api.cli.output import print_json, stdout
    from api.cli.plan_tables import print_rules
    from api.jobs.package import Packer, rules_of
    from layers.release import open_release

    release = open_release(path)
    packer = Packer(release)
    answer = rules_of(packer, packer.codes([municipality])[0])
    if as_json:
        print_json(answer)
    else:
        print_rules(stdout(), release.project, answer)


def read_gio(
    path: Annotated[Path, typer.Argument(metavar="GIO", help="The GML file of a GIO.")],
    *,
    layer: Annotated[
        Literal["reservations", "protected_areas"], typer.Option("--as", help="Which input layer it becomes.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="GeoPackage to write.")],
    function: Annotated[
        str | None, typer.Option("--function", metavar="F05", help="Of all reservations in it.")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Of all reservations in it.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Of all protected areas in it.")] = None,
    hardness: Annotated[str | None, typer.Option("--hardness", help="Of all protected areas in it.")] = None,
    replace: Replace = False,
) -> None:
    """Read a GIO back as a layer: reservations that exist, or areas that an ordinance protects."""
    from api.cli.output import stdout
    from api.cli.tables import print_paths
    from api.jobs.gio_layer import write_gio_layer

    count = write_gio_layer(
        path, layer, out, function=function, year=year, kind=kind, hardness=hardness, replace=replace
    )
    stdout().print(f"{count} gebieden gelezen.")
    print_paths(stdout(), {"Laag": str(out)})


def _packed(made: Packed) -> dict[str, object]:
    return {
        "municipality": made.municipality,
        "name": made.name,
        "path": str(made.path),
        "files": list(made.files),
        "recommended": made.recommended,
        "chosen": list(made.chosen),
        "warnings": list(made.warnings),
    }


def _print_packed(made: list[Packed]) -> None:
    from api.cli.output import plain, stdout
    from api.cli.tables import add_row, make_table, print_paths

    console = stdout()
    table = make_table("Keuzepakketten", "Gemeente", "Aanbevolen bouwstenen", "Gekozen", "Bestanden")
    for each in made:
        add_row(table, each.name, each.recommended, len(each.chosen), len(each.files))
    console.print(table)
    for each in made:
        for warning in each.warnings:
            console.print(f"{plain(each.name)}: {plain(warning)}", style="yellow", markup=False)
    print_paths(console, {each.name: str(each.path) for each in made})


def _print_monitored(made: Monitored) -> None:
    from analysis.monitoring.words import TRENDS, value_nl
    from api.cli.output import plain, stdout
    from api.cli.tables import add_row, make_table, print_paths

    console = stdout()
    table = make_table("Monitor", "Indicator", "Nulmeting", "Nu", "Verschil", numbers_from=9)
    for item in made.followed:
        values = (value_nl(item.indicator, measured) for measured in (item.base, item.now))
        add_row(table, f"{item.indicator.id} {item.indicator.name_nl}", *values, TRENDS[item.trend])
    console.print(table)
    for item in made.followed:
        if item.now.reason_nl:
            console.print(plain(f"{item.indicator.id}: {item.now.reason_nl}"), markup=False)
    for warning in made.warnings:
        console.print(plain(warning), style="yellow", markup=False)
    print_paths(console, {file.name: str(file) for file in made.files})


def _print_exported(made: Exported) -> None:
    from api.cli.output import plain, stdout
    from api.cli.tables import add_row, make_table, print_paths

    console = stdout()
    changes = ", ".join(f"{count} {name}" for name, count in made.changes.items())
    console.print(f"Locaties: {changes}.", markup=False)
    if len(made.findings):
        table = make_table("Let op", "Code", "Locatie", "Wat te doen", numbers_from=3)
        rows = made.findings.to_dict("records")
        for row in rows[:SHOWN]:
            add_row(table, row["code"], row["plaats"] or "", row["herstel_nl"])
        console.print(table)
        if len(rows) > SHOWN:
            console.print(plain(f"En nog {len(rows) - SHOWN}; alle staan in validatie.html."))
    else:
        console.print("Geen bevindingen.")
    print_paths(console, {"Importpakket": str(made.path)})
