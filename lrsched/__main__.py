"""The command line: `lrsched`, or `python -m lrsched`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say which extra it needs."""
    try:
        from .cli import commands  # needs the optional packages click, rich and plotext
    except ImportError as error:
        reason = str(error).partition("\n")[0]
        sys.exit(f"lrsched: {reason}; the commands need click, rich and plotext; pip install click rich plotext pyyaml")
    commands(prog_name="lrsched")


if __name__ == "__main__":
    main()
