"""acuerdo bench: measure this machine, or fill a store to measure with."""

import json
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from acuerdo_cli.bench import site
from acuerdo_cli.bench.measuring import QUICK, THOROUGH
from acuerdo_cli.bench.running import Plan, run
from acuerdo_cli.bench.seeding import Seeded, seed
from acuerdo_cli.paper import paper
from acuerdo_cli.settings import HomeSettings

HISTORY = Path("../shared/data/bpi2013_volvo_incidents.csv.xz")
MAPPING = Path("mappings/bpi2013.toml")
MANY, FEW, MOST = 1_000_000, 5_000, 1_000_000_000

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]
Home = Annotated[Path | None, typer.Option(help="Where the deployments are made; .acuerdo/bench if not given.")]


def register(app: typer.Typer) -> None:
    bench_app = typer.Typer(epilog="Example: acuerdo bench --quick --json")
    bench_app.callback(invoke_without_command=True)(bench)
    bench_app.command("seed", epilog="Example: acuerdo bench seed --events 100000")(fill)
    app.add_typer(bench_app, name="bench")


def bench(
    context: typer.Context,
    events: Annotated[
        int | None, typer.Option(min=0, max=MOST, help=f"Facts in the full store; {MANY:,} if not given.")
    ] = None,
    import_file: Annotated[Path, typer.Option(help="The history to import; left out where there is none.")] = HISTORY,
    import_mapping: Annotated[Path, typer.Option(help="What its columns mean.")] = MAPPING,
    home: Home = None,
    quick: Annotated[bool, typer.Option("--quick", help="Short rounds and a small store: does it all work?")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure what docs/performance.md lists, through the public APIs, on servers of its own that are removed again.

    The load comes from this machine too, so its own cost is in every figure; --json says how much it was.
    """
    if context.invoked_subcommand is not None:
        return
    plan = Plan(
        home=_home(home),
        sizes=QUICK if quick else THOROUGH,
        events=(FEW if quick else MANY) if events is None else events,
        import_file=import_file,
        mapping=import_mapping,
    )
    result = uvloop.run(run(plan, _tell))
    if as_json:
        print(json.dumps(result.said({"quick": quick, "events": plan.events}), indent=2))
        return
    for table in result.tables():
        paper().print(table)


def fill(
    events: Annotated[
        int, typer.Option(min=0, max=MOST, help="How many facts the four services shall have in all.")
    ] = MANY,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Fill the four databases of a deployment made for it with plausible histories; `acuerdo verify` holds of them.

    A deployment that was not made by bench is left alone. What ran before runs afterwards.
    """
    deployment = site.ours(_home(home))
    ran = deployment.runs
    try:
        deployment.up(_tell)
        seeded = uvloop.run(seed(deployment, events, _tell))
    finally:
        (deployment.up if ran else deployment.down)()  # seeding stops the services for a while
    print(json.dumps(seeded.figures(), indent=2) if as_json else _said(seeded, deployment.home))


def _home(given: Path | None) -> Path:
    return (given or HomeSettings().home / "bench").absolute()


def _said(seeded: Seeded, home: Path) -> str:
    each = ", ".join(f"{service} {count:,}" for service, count in seeded.events.items())
    facts, rate = sum(seeded.events.values()), seeded.rebuilding["per_second"]
    return (
        f"{facts:,} facts ({each}) in {seeded.seconds:.0f} s, their rows rebuilt at {rate:,.0f}/s. "
        f"Start it with: ACUERDO_HOME={home} acuerdo up"
    )


def _tell(line: str) -> None:
    console = Console(stderr=True)
    if console.is_terminal:
        console.print(line, style="dim")
