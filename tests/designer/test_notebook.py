"""The designer in a real notebook: JupyterLab in a real browser; a drag in the page is the schedule of the kernel."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import lrsched

from .test_page import Window

ROOT = Path(__file__).parents[2]
FIRST = ["import lrsched", "widget = lrsched.design(lrsched.wsd(3e-4, 1000, 20000, 4000))", "widget"]
OPTIONS = ("--no-browser", "--allow-root", "--port=0", "--ServerApp.token=", "--LabApp.news_url=None")

pytestmark = pytest.mark.slow


def notebook(*cells):
    """A notebook as a file has it."""
    made = [
        {"cell_type": "code", "execution_count": None, "id": f"c{at}", "metadata": {}, "outputs": [], "source": source}
        for at, source in enumerate(cells)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def server(tmp_path):
    """The address of JupyterLab in a folder with one notebook."""
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook("\n".join(FIRST), "print(widget.schedule)")))
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    env = {**os.environ, **folders, "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--notebook-dir={tmp_path}"]
    with open(tmp_path / "log", "w") as log, subprocess.Popen(command, env=env, stderr=log) as process:
        try:
            yield address(tmp_path / "log")
        finally:
            process.terminate()


def address(log):
    """Where the server is, once it answers."""
    for _ in range(120):
        if found := re.search(r"http://localhost:\d+/", log.read_text()):
            urllib.request.urlopen(f"{found[0]}api").close()
            return found[0]
        time.sleep(0.5)
    raise AssertionError(log.read_text())


def until(window, script):
    """Wait until a script is true."""
    for _ in range(120):
        if window.run(f"Boolean({script})"):
            return
        window.do("pause", 500)
    raise AssertionError(script)


def run_cell(window, at):
    cells = "document.querySelectorAll('.jp-CodeCell')"
    until(window, "document.querySelector('#jp-main-statusbar')?.textContent.includes('Idle')")
    until(window, f"{cells}.length > {at} && {cells}[{at}].querySelector('.cm-content')")
    window.do("run", f"{cells}[{at}].querySelector('.cm-content').focus()")
    window.do("press", "Return", "Shift")


def test_a_drag_in_a_notebook_changes_the_schedule(server, tmp_path):
    window = Window(tmp_path)
    try:
        window.do("show", f"{server}lab/tree/a.ipynb", 1280, 1000)
        run_cell(window, 0)
        until(window, "document.querySelector('iframe[title=\"lrsched designer\"]')")
        for _ in range(60):
            grip = window.do("grip_in_frame", "peak value")
            if grip is not None:
                break
            window.do("pause", 500)
        frame = window.run(
            "(({x, y}) => [x, y])(document.querySelector('iframe[title=\"lrsched designer\"]').getBoundingClientRect())"
        )
        start = [a + b for a, b in zip(frame, grip, strict=True)]
        window.do("drag", start, [start[0], start[1] + 60])
        window.do("pause", 1000)
        run_cell(window, 1)
        output = "document.querySelectorAll('.jp-CodeCell')[1].querySelector('.jp-OutputArea-output')"
        until(window, output)
        schedule = lrsched.parse(window.run(f"{output}.textContent.trim()"))
        assert 2e-4 < schedule(1000) < 2.9e-4
        assert schedule.length == 20_000
        assert not [line for line in window.do("said") if "srcdoc" in line]
    finally:
        window.close()
