"""Records of processing steps: of those that kpublish runs, and of those that other tools have recorded.

Nothing personal is kept: of the environment only what decides about results, of paths only what lies below the folder, of addresses
no credentials.
"""

from __future__ import annotations

from kpublish.formats.step_records import SAFE
from kpublish.recording.importing import bring
from kpublish.recording.running import Step, keep, keep_own, missing, own_step, record

__all__ = ["SAFE", "Step", "bring", "keep", "keep_own", "missing", "own_step", "record"]
