"""Look after a data center: tokens, projects whose CI may publish, its files, backups, and the service for the world.

All of it works on the folder of the data center, also while its server is running.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpublish.cli import console, operating
from kpublish.cli.operating import data_option, join

if TYPE_CHECKING:
    from kpublish.datacenter.fsck import Report

_issuer = click.option("--issuer", metavar="URL", default="", help="Address of the GitLab, e.g. https://gitlab.com.")
_quota = click.option("--quota", type=click.IntRange(0), metavar="MB", help="How much may be stored; no limit unless stated.")
_kid = click.option("--kid", "kids", multiple=True, metavar="KID", help="May be repeated.")


@click.group("datacenter")
def command() -> None:
    """Look after a data center: tokens, projects whose CI may publish, and its files."""


@command.command("create-token")
@click.argument("name")
@click.option("--role", type=click.Choice(["author", "reviewer", "publisher"]), help="What its owner is.  [default: author]")
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice(["read-drafts", "write", "review", "publish"]),
    help="Instead of a role; may be repeated.",
)
@_kid
@click.option("--project", metavar="NUMBER", default="", help="Only for the kids of a registered project.")
@click.option("--namespace", metavar="NUMBER", default="", help="Only for the kids of the projects in a namespace.")
@_issuer
@click.option("--days", type=click.IntRange(0, 3660), default=365, show_default=True, help="How long it is valid; 0 for ever.")
@_quota
@click.option("--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where to write it; - prints it.")
@data_option
def create_token(name: str, output: Path, data: Path | None, **said: Any) -> None:
    """Make a token for a person or a machine; the secret is written once and kept nowhere else."""
    join(data)
    from kpublish.datacenter.granting import ROLES, Scope, create_token
    from kpublish.errors import UsageError
    from kpublish.files import write_bytes

    if output != Path("-") and output.exists():
        raise UsageError(f"{output} exists already.", remedy="Name a new file with --output.")
    rights = said["rights"] or (ROLES[said["role"] or "author"],)
    scope = Scope(said["kids"], said["issuer"].rstrip("/"), said["project"], said["namespace"])
    secret = create_token(name, rights, scope, said["days"], _bytes(said["quota"]))
    if output == Path("-"):
        click.echo(secret)
        return
    write_bytes(output, f"{secret}\n".encode(), mode=0o600, sync=True)
    console.step(f"{output} holds the token {name!r}; hand it over, then remove the file.")


@command.command("remove-token")
@click.argument("name")
@data_option
def remove_token(name: str, data: Path | None) -> None:
    """Make a token void, at once."""
    join(data)
    from kpublish.datacenter.granting import remove_token

    remove_token(name)
    console.step(f"The token {name!r} is void.")


@command.command("register-project")
@click.argument("project", metavar="PROJECT_ID")
@click.option("--namespace", required=True, metavar="NUMBER", help="Number of the group that holds it.")
@_issuer
@click.option("--path", default="", help="Its path, to be shown to people.")
@click.option("--environment", default="", help="Only jobs of this environment.")
@click.option("--publish/--submit", "may_publish", help="Whether its CI publishes, or submits for review.  [default: submit]")
@_kid
@_quota
@data_option
def register_project(project: str, data: Path | None, **said: Any) -> None:
    """Let the CI of a GitLab project publish without a stored secret; again to change it, or after it moved."""
    join(data)
    from kpublish.datacenter.granting import Registration, register

    registration = Registration(
        issuer=said["issuer"] or "https://gitlab.com",
        project=project,
        namespace=said["namespace"],
        path=said["path"],
        environment=said["environment"],
        may_publish=said["may_publish"],
        quota=_bytes(said["quota"]),
    )
    registered, is_new = register(registration, said["kids"])
    what = "publish" if registered.may_publish else "submit for review"
    console.step(f"{'Registered' if is_new else 'Changed'} {registered} of {registered.namespace}; its CI may {what}.")


@command.command("fsck")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@data_option
def fsck(dry_run: bool, data: Path | None) -> None:
    """Verify every stored file, remove what nobody refers to; exit code 6 if something published is damaged."""
    folder = join(data)
    from kpublish.datacenter.fsck import check
    from kpublish.errors import IntegrityError

    report = check(folder, remove=not dry_run)
    _tell(report, "would be" if dry_run else "were")
    if report.is_damaged:
        raise IntegrityError(
            f"The data center in {folder} is damaged: {len(report.lost)} published files.",
            remedy="Put the files back from a copy of content/, or the whole folder.",
        )
    console.step(f"{report.contents} files, {console.size(report.size)}: all are what their checksums say.")


def _tell(report: Report, were: str) -> None:
    if report.database:
        console.note(f"database: {report.database}")
    for loss in report.lost:
        console.note(f"{loss.what}: {loss.sha256}")
        for where in loss.where:
            console.note(f"  {where}")
    for where in report.asked_again:
        console.note(f"lost by a draft, asked for again: {where}")
    for name in report.strange:
        console.note(f"no content of ours: content/{name}")
    if report.unreferenced or report.parts:
        what = f"{report.unreferenced} files that nobody refers to and {report.parts} parts of interrupted uploads"
        console.note(f"{what} {were} removed ({console.size(report.freed)}).")


def _bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes * 1_000_000


for each in operating.COMMANDS:
    command.add_command(each)
