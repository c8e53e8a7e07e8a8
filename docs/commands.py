"""The output of commands on the pages: `python docs/commands.py` runs them anew and writes what they print.

A block of bash is run in a terminal, in an empty folder, and a block of text below it is what it printed.
"""

import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = ("command_line", "tutorial", "migration", "changing_a_run", "howto/shell")

BLOCK = re.compile(r"^```bash\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
NOT_RUN = "python3 -m pip"
"""Nothing is installed."""

TELL = f'lrsched() {{ "{sys.executable}" -m lrsched "$@"; }}\npython() {{ "{sys.executable}" "$@"; }}\n'
"""The commands of this copy and of this Python."""


def blocks(page: str) -> list[tuple[str, str]]:
    """The blocks of a page that are run, each with what stands below it."""
    return [(script, said) for script, said in BLOCK.findall(page) if NOT_RUN not in script]


def run(script: str, folder: Path) -> str:
    """What a script of bash prints on a terminal of 80 columns without colours."""
    ours, theirs = pty.openpty()
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "TERM": "xterm",
    }
    command = ["bash", "-c", TELL + script]
    with subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        printed = b""
        try:
            while part := os.read(ours, 65_536):
                printed += part
        except OSError:  # the terminal is gone with the process
            pass
    os.close(ours)
    return printed.decode().replace("\r\n", "\n")


def told(found: re.Match[str]) -> str:
    """A block with what it prints below it."""
    script: str = found[1]
    if NOT_RUN in script:
        return found[0]
    with tempfile.TemporaryDirectory() as folder:
        said = run(script, Path(folder))
    return f"```bash\n{script}```\n" + (f"\n```text\n{said}```\n" if said else "")


def main() -> None:
    """Write the pages anew."""
    for name in PAGES:
        page = DOCS / f"{name}.md"
        page.write_text(BLOCK.sub(told, page.read_text()))


if __name__ == "__main__":
    main()
