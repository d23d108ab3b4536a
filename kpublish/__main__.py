"""``python -m kpublish``: the command line."""

from __future__ import annotations

from kpublish.cli import main

if __name__ == "__main__":
    main()
