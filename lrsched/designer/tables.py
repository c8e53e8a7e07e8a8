"""The panel of the designer as JavaScript: its files, and the tables that they read."""

import json
from pathlib import Path
from typing import Any

from ..arrays.numbers import last_step
from ..forecast import formulas, panel, past, solving
from ..tools import findings, survey, tokens

__all__ = ["panel_source", "panel_tables"]

FILES = ("panel.js", "check.js", "sums.js", "bound.js", "falls.js", "law.js")


def panel_source() -> str:
    """The JavaScript of the panel: a script that adds its functions to the global object `lrsched`."""
    files = ((Path(__file__).parent / "static" / file).read_text(encoding="utf-8") for file in FILES)
    return "\n".join(["(() => {", '"use strict";', f"const TABLES = {json.dumps(panel_tables())};", *files, "})();\n"])


def panel_tables() -> dict[str, Any]:
    """The words, names and thresholds that the panel shares with `check` and the forecasts."""
    return {
        "words": {name: wording._asdict() for name, wording in findings.WORDINGS.items()},
        "others": findings.OTHERS,
        "in_the_end": findings.IN_THE_END,
        "severities": findings.SEVERITIES,
        "findings": {
            "doublings": findings.DOUBLINGS,
            "rests": findings.RESTS,
            "rested": findings.RESTED,
            "apart": findings.APART,
            "same": findings.SAME,
            "short_steps": findings.SHORT_STEPS,
            "short_share": findings.SHORT_SHARE,
            "long_share": findings.LONG_SHARE,
            "jump": findings.JUMP,
            "alone": findings.ALONE,
            "stair": findings.STAIR,
        },
        "survey": {
            "all": survey.ALL,
            "edge": survey.EDGE,
            "near": survey.NEAR,
            "block": survey.BLOCK,
            "blocks": survey.BLOCKS,
            "boundaries": survey.BOUNDARIES,
        },
        "last_step": last_step,
        "longest_ramp": tokens.LONGEST,
        "points": panel.POINTS,
        "leaf": past.LEAF,
        "base": formulas.BASE,
        "laws": {name: formula.names for name, formula in formulas.FORMULAS.items()},
        "small": solving.SMALL,
    }
