"""Look after a data center: accounts, tokens, projects whose CI may publish, its files, backups, and the service for the world.

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
_password_file = click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Its first line is the password; else it is asked for.",
)
_GITLAB = "https://gitlab.com"
_quota = click.option("--quota", type=click.IntRange(0), metavar="MB", help="How much may be stored; no limit unless stated.")
_kid = click.option("--kid", "kids", multiple=True, metavar="KID", help="May be repeated.")


@click.group("datacenter")
def command() -> None:
    """Look after a data center: accounts, tokens, projects whose CI may publish, and its files."""


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
        issuer=said["issuer"] or _GITLAB,
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


@command.command("create-user")
@click.argument("name")
@click.option("--steward", is_flag=True, help="May do everything.")
@_password_file
@data_option
def create_user(name: str, steward: bool, password_file: Path | None, data: Path | None) -> None:
    """Make an account for the pages; its password is asked for, or read from a file."""
    join(data)
    from kpublish.datacenter.people.accounts import create_user

    create_user(name, _password(password_file), is_steward=steward)
    told = "may do everything" if steward else "gets roles by: kpublish datacenter set-role"
    console.step(f"The account {name!r} is made; it {told}.")


@command.command("set-password")
@click.argument("name")
@_password_file
@data_option
def set_password(name: str, password_file: Path | None, data: Path | None) -> None:
    """Give an account another password; its sessions end."""
    join(data)
    from kpublish.datacenter.people.accounts import change_password, user_named

    user_named(name)
    change_password(name, _password(password_file))
    console.step(f"The account {name!r} has another password.")


@command.command("remove-user")
@click.argument("name")
@data_option
def remove_user(name: str, data: Path | None) -> None:
    """Remove an account, its roles and its sessions; what it did stays in the trail."""
    join(data)
    from kpublish.datacenter.people.accounts import remove_user

    remove_user(name)
    console.step(f"The account {name!r} is removed.")


@command.command("set-role")
@click.argument("name")
@click.argument("role", type=click.Choice(["author", "reviewer", "publisher", "none"]))
@click.option("--project", "number", required=True, metavar="NUMBER", help="In this registered project.")
@_issuer
@data_option
def set_role(name: str, role: str, number: str, issuer: str, data: Path | None) -> None:
    """Say what a person is in a project: author, reviewer or publisher; none takes the role away."""
    join(data)
    from kpublish.datacenter.people.accounts import set_role
    from kpublish.datacenter.people.projects import project_with

    project = project_with(number, issuer or _GITLAB)
    set_role(name, project, role)
    console.step(f"{name!r} is {role} in {project}." if role != "none" else f"{name!r} has no role in {project}.")


@command.command("move-namespace")
@click.argument("source", metavar="FROM_PROJECT_ID")
@click.argument("target", metavar="TO_PROJECT_ID")
@_issuer
@data_option
def move_namespace(source: str, target: str, issuer: str, data: Path | None) -> None:
    """Give all kids of a project, and the roles of its people, to another registered project."""
    join(data)
    from kpublish.datacenter.people.projects import move, project_with

    old, new = (project_with(number, issuer or _GITLAB) for number in (source, target))
    count = move(old, new)
    console.step(f"{count} kids and the people of {old} belong to {new} now.")


@command.command("fsck")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@data_option
def fsck(dry_run: bool, data: Path | None) -> None:
    """Verify every stored file, remove what nobody refers to; exit code 6 if something published is damaged."""
    folder = join(data)
    from kpublish.datacenter.database import telling
    from kpublish.datacenter.fsck import check
    from kpublish.errors import IntegrityError

    with telling(folder):
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


def _password(file: Path | None) -> str:
    """From a file or the terminal: arguments can be seen by every program on the machine."""
    if file is None:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    from kpublish.files import read_bytes

    lines = read_bytes(file, limit=4096).decode("utf-8", "replace").splitlines()
    return lines[0] if lines else ""


def _bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes * 1_000_000


for each in operating.COMMANDS:
    command.add_command(each)
