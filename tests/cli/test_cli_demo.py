"""The demo, as ``KEEP=1 make demo`` runs it: the server stays up to be browsed until Ctrl-C."""

import os
import re
import signal
import subprocess
import sys

import requests


def test_the_data_center_stays_up_with_keep_and_stops_on_ctrl_c(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "kpublish", "demo", "--folder", str(tmp_path / "demo")],
        env={**os.environ, "KEEP": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        shown = []
        for line in process.stdout:
            shown.append(line)
            if "Ctrl-C stops it" in line:
                break
        page = re.search(r"landing page +(http://127\.0\.0\.1:\d+/r/\S+)", "".join(shown))[1]
        answer = requests.get(page, timeout=10)
        assert answer.status_code == 200
        assert "KM3NeT/ARCA230" in answer.text
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


def test_no_secret_is_printed(tmp_path):
    folder = tmp_path / "demo"
    result = subprocess.run(
        [sys.executable, "-m", "kpublish", "demo", "--folder", str(folder)], capture_output=True, text=True, check=True
    )
    secret = (folder / "datacenter" / "token").read_text().strip()
    assert len(secret) >= 20
    assert secret not in result.stdout + result.stderr
    for file in folder.rglob("*"):
        if file.is_file() and file.relative_to(folder).as_posix() != "datacenter/token":
            assert secret.encode() not in file.read_bytes(), file
