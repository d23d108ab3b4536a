"""``python -m kpublish`` and ``kpublish``: the command line."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """Run the command line; also an interruption while it is being imported ends without a traceback."""
    gc.set_threshold(50_000, 20, 20)  # importing and reading make many objects, and hardly any garbage
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs every start some milliseconds
    try:
        from kpublish.cli import main as run
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    run()


if __name__ == "__main__":
    main()
