"""The command line: `lrsched`, or `python -m lrsched`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say which extra it needs."""
    try:
        from .cli import commands  # needs the optional package click
    except ImportError as error:
        reason = str(error).partition("\n")[0]
        sys.exit(f"lrsched: {reason}; the commands need click; pip install click pyyaml")
    commands(prog_name="lrsched")


if __name__ == "__main__":
    main()
