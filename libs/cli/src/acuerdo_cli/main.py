"""The `acuerdo` command: collects its subcommands and says every failure in one line."""

import pkgutil
import sys
from importlib import import_module

import typer

from acuerdo_cli import commands
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.interrupting import heed, heed_no_more

IN_ORDER = (
    "up", "down", "status", "demo", "token", "import", "verify", "republish", "deadletters", "rebuild", "backup",
    "restore", "bench",
)  # fmt: skip
FAILED, INTERRUPTED = 2, 130


def build(wanted: str = "") -> typer.Typer:
    """The command with the subcommand *wanted*, or with every module below `acuerdo_cli.commands`."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(_acuerdo)
    modules = _modules()
    for name in [name for name in modules if _said(name) == wanted] or modules:
        import_module(f"{commands.__name__}.{name}").register(app)
    return app


def main() -> None:
    """Run the command; a failure is one line on stderr and exit code 2.

    Told to end, or its terminal gone, it tidies up as after Ctrl-C, however often that is said.
    """
    heed()
    try:
        code = build("".join(sys.argv[1:2]))(standalone_mode=False) or 0
        sys.exit(_interrupted() if code == INTERRUPTED else code)  # which typer makes of Ctrl-C
    except typer.TyperException as misuse:
        _fail(misuse.format_message() + _instead(misuse))
    except CommandFailed as failure:
        _fail("; ".join([str(failure), *getattr(failure, "__notes__", ())]))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(_interrupted())
    except OSError as problem:
        _fail(f"{problem.filename}: {problem.strerror}" if problem.filename else str(problem))
    except Exception as surprise:  # noqa: BLE001 - whatever happened, a person reads one line, not a stack
        _fail(f"{type(surprise).__name__}: {surprise}")


def _acuerdo(context: typer.Context) -> None:
    """Run a Global Service Agreement: start it, look at it, bring history in, check that nobody rewrote it."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def _instead(misuse: typer.TyperException) -> str:
    """Return which subcommands there are, where it was none of them and none is like it."""
    wanted, said = "".join(sys.argv[1:2]), misuse.format_message()
    unknown = wanted in said and wanted not in map(_said, _modules()) and "Did you mean" not in said
    return f" There are {', '.join(map(_said, _modules()))}." if unknown else ""


def _modules() -> list[str]:
    return sorted((module.name for module in pkgutil.iter_modules(commands.__path__)), key=_place)


def _interrupted() -> int:
    heed_no_more()
    print("acuerdo: interrupted", file=sys.stderr)
    return INTERRUPTED


def _fail(why: str) -> None:
    print("acuerdo:", " ".join(why.split()), file=sys.stderr)
    sys.exit(FAILED)


def _said(module: str) -> str:
    return module.rstrip("_")  # a module cannot be called import


def _place(module: str) -> tuple[int, str]:
    name = _said(module)
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER), name)
