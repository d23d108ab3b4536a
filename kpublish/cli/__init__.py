"""The command line: one module per command; the only place that prints, prompts and exits."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import Any

import click

from kpublish.errors import KpublishError, StorageError
from kpublish.registry import did_you_mean

_FOLDER = Path(__file__).parent
#: Modules of this room that are no commands.
_MACHINERY = ("__init__", "annotating", "archives", "console", "findings", "operating", "options", "sending")


class Commands(click.Group):
    """Finds commands as modules of this folder and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted(file.stem.rstrip("_") for file in _FOLDER.glob("*.py") if file.stem not in _MACHINERY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        from kpublish.registry import import_with_hint

        command: click.Command = import_with_hint(f"kpublish.cli.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt name is answered with the nearest one."""
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            hint = did_you_mean(name, self.list_commands(ctx)) or "See kpublish --help."
            raise click.UsageError(f"There is no command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every command with the first line of its module's docstring; nothing is imported."""
        rows = [(name, summary(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def summary(name: str) -> str:
    """Return the first line of a command module's docstring without importing it."""
    tree = ast.parse((_FOLDER / f"{name}.py").read_bytes())
    return (ast.get_docstring(tree) or "").partition("\n")[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="kpublish", message="kpublish %(version)s")
def group() -> None:
    """Publish plots and their data: validate, render, bundle, release, and load back."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; the one place where errors become sentences and exit codes."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    _open_closed_streams()
    try:
        result: Any = group.main(args=arguments, prog_name="kpublish", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except KpublishError as error:
        return _tell(error.message, error.remedy, error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _tell("Interrupted.", "Nothing half-written remains; run the same command again to continue.", 130)
    except (BrokenPipeError, SystemExit):  # click answers to a broken pipe by SystemExit, nothing else does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        told = _storage(error)
        return _tell(told.message, told.remedy, told.exit_code)
    except Exception as error:
        if os.environ.get("KPUBLISH_DEBUG"):
            raise
        remedy = "This is a fault of kpublish: report it with the output of the same command after export KPUBLISH_DEBUG=1."
        return _tell(f"Internal error ({type(error).__name__}: {error}).", remedy, KpublishError.exit_code)
    return result if isinstance(result, int) else 0


def _open_closed_streams() -> None:
    """Give a process that was started without output or errors (``>&-``) a place to write to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open as long as the process


def _storage(error: OSError) -> StorageError:
    from kpublish.files import storage_error

    if isinstance(error, PermissionError) and error.filename:
        return StorageError(f"{error.filename}: permission denied.", remedy="Check the permissions of the file and its folder.")
    return storage_error(Path(error.filename or "the output"), error)


def _tell(message: str, remedy: str, code: int) -> int:
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo(message, err=True)
    if remedy:
        click.echo(f"  {remedy}", err=True)
    return code
