"""What GitLab CI tells a job about itself (https://docs.gitlab.com/ci/variables/predefined_variables/)."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CI:
    """The job that a command runs in; all empty outside of CI.

    ``tag`` is at ``commit``, whether or not the clone of the job knows tags. ``holder`` names the pipeline: a job that is tried
    again goes on with what the first one held.
    """

    is_ci: bool = False
    tag: str = ""
    commit: str = ""
    job_url: str = ""
    holder: str = ""

    @property
    def machine(self) -> str:
        """The name of this machine."""
        return platform.node() or "this machine"


def surroundings(environ: Mapping[str, str] | None = None) -> CI:
    """Return what is known of the CI job.

    >>> surroundings({"GITLAB_CI": "true", "CI_COMMIT_TAG": "v1.0.0"})
    CI(is_ci=True, tag='v1.0.0', commit='', job_url='', holder='')
    """
    environ = os.environ if environ is None else environ
    if not environ.get("GITLAB_CI"):
        return CI(is_ci=bool(environ.get("CI")))
    said = (environ.get(f"CI_{name}", "") for name in ("COMMIT_TAG", "COMMIT_SHA", "JOB_URL", "PIPELINE_URL"))
    return CI(True, *said)
