"""Record ``kpublish demo`` on a real terminal: docs/images/demo.svg (animated) and demo.cast (asciicast 2), and the demo's figure.

Run it with ``make recording``. Every line appears in the picture when it appeared on the terminal.
"""

from __future__ import annotations

import html
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
COLUMNS, LINE, CHARACTER, MARGIN = 110, 18, 7.8, 14
COLORS = {"31": "#ff7b72", "32": "#7ee787", "33": "#ffa657", "36": "#79c0ff"}
STYLE = (
    "text{font:13px 'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#e6edf3;white-space:pre}"
    ".b{font-weight:700}@keyframes show{to{opacity:1}}.l{opacity:0;animation:show .01s linear forwards}"
    "@media (prefers-reduced-motion:reduce){.l{opacity:1;animation:none}}"
)


def record(command: list[str], folder: str) -> list[tuple[float, str]]:
    """Run ``command`` on a terminal of its own; return what it wrote, with seconds since the start."""
    parent, child = pty.openpty()
    environ = {**os.environ, "COLUMNS": str(COLUMNS), "LINES": "40", "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    start = time.monotonic()
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environ, cwd=folder)
    os.close(child)
    events = []
    while True:
        try:
            block = os.read(parent, 65536)
        except OSError:
            break
        if not block:
            break
        events.append((time.monotonic() - start, block.decode("utf-8", "replace")))
    if process.wait():
        sys.exit(f"the demo failed:\n{''.join(text for _, text in events)}")
    return events


def lines(events: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """The terminal's lines, each with the time at which it was complete."""
    result, current = [], ""
    for seconds, text in events:
        *complete, current = (current + text).replace("\r\n", "\n").split("\n")
        result += [(seconds, line) for line in complete]
    return result


def spans(line: str) -> str:
    """One line with its colours as SVG ``tspan`` elements."""
    parts, codes = [], set()
    for piece in re.split(r"(\x1b\[[\d;]*m)", line):
        match = re.fullmatch(r"\x1b\[([\d;]*)m", piece)
        if match:
            new = {code for code in match[1].split(";") if code not in ("", "0")}
            codes = codes | new if new else set()
        elif piece:
            color = next((f' fill="{COLORS[code]}"' for code in codes if code in COLORS), "")
            bold = ' class="b"' if "1" in codes else ""
            parts.append(f"<tspan{bold}{color}>{html.escape(piece)}</tspan>")
    return "".join(parts)


def svg(rows: list[tuple[float, str]]) -> str:
    """The animated picture."""
    width, height = COLUMNS * CHARACTER + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    texts = [
        f'<text class="l" style="animation-delay:{seconds:.2f}s" x="{MARGIN}" y="{top:.1f}">{spans(line)}</text>'
        for top, (seconds, line) in zip((MARGIN + (row + 0.75) * LINE for row in range(len(rows))), rows, strict=True)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img">'
        f"<title>Terminal recording of kpublish demo</title><style>{STYLE}</style>"
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>{"".join(texts)}</svg>\n'
    )


def main() -> None:
    """Record the demo in a folder with a short name and keep its figure."""
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir="/tmp" if Path("/tmp").is_dir() else None))
    try:
        work = folder / "plots"
        events = record([str(Path(sys.executable).parent / "kpublish"), "demo", "--folder", str(work)], str(folder))
        shown = [(seconds, text.replace(str(work), "~/plots")) for seconds, text in events]
        prompt = [(0.0, "\x1b[32m$\x1b[0m make demo")]
        IMAGES.mkdir(exist_ok=True)
        (IMAGES / "demo.svg").write_text(svg(prompt + lines(shown)), "utf-8")
        head = {"version": 2, "width": COLUMNS, "height": 40, "title": "kpublish demo"}
        cast = [json.dumps(head), *(json.dumps([round(seconds, 3), "o", text]) for seconds, text in shown)]
        (IMAGES / "demo.cast").write_text("\n".join(cast) + "\n", "utf-8")
        for kind in ("svg", "png"):
            shutil.copy(next(work.glob(f"*/rendered/effective_area.{kind}")), IMAGES / f"effective_area.{kind}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
