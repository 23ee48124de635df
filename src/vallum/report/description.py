"""What `vallum show` prints: the four drawers of a scenario, each number with where it is from."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

from vallum.campaign import Plan
from vallum.campaign.manifest import manifest

WIDTH: Final = 100


def described(plan: Plan) -> dict[str, Any]:
    """The scenario as plain data: question, inputs, choices, what feeds them and what is left out."""
    made = manifest(plan, futures=0, seed=0, lucks=1)
    return {
        "question": made.question,
        "title": made.title,
        "as_of": made.as_of.isoformat(),
        "scenario": {"name": made.name, "packages": list(made.packages), "fingerprint": made.fingerprint},
        "start": made.start.isoformat(),
        "days": made.days,
        "classes": list(made.classes),
        "interceptors": list(made.interceptors),
        "inputs": [dict(one) for one in made.inputs],
        "choices": {path: value for path, value in plan.scenario.paths().items() if path.startswith("choices.")},
        "doctrine": dict(made.doctrine),
        "assumptions": [dict(one) for one in made.assumptions],
        "claims": [dict(one) for one in made.claims],
        "not_modelled": list(made.not_modelled),
        "warnings": list(made.warnings),
    }


def description(plan: Plan) -> str:
    """The same in words, a screen or two."""
    made = described(plan)
    parts = [
        *textwrap.wrap(made["question"], WIDTH),
        f"{made['title']}: {made['start']}, {made['days']} days, knowledge of {made['as_of']}",
        "",
        "Not known (best, low-high):",
        *(input_line(one) for one in made["inputs"]),
        "",
        "Chosen:",
        *(f"  {path.removeprefix('choices.'):<48} {value}" for path, value in made["choices"].items()),
        "",
        "Doctrine:",
        *(f"  {name:<48} {_plain(value)}" for name, value in made["doctrine"].items()),
        "",
        f"Rests on {len(made['claims'])} claims and {len(made['assumptions'])} labelled assumptions.",
        "Not modelled:",
        *(line for text in made["not_modelled"] for line in _bullet(text)),
        *(f"Warning: {text}" for text in made["warnings"]),
    ]
    return "\n".join(parts)


def input_line(one: Mapping[str, Any]) -> str:
    """One uncertain input: best, range, unit, and where it is from."""
    source = ", ".join(one["claims"]) or ("assumption" if one["assumption"] else "")
    hidden = "" if one["published"] else "; published by nobody"
    values = f"{one['best']:g} ({one['low']:g}-{one['high']:g}) {one['unit']}"
    return f"  {one['name']:<30} {values:<34} {source}{hidden}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _bullet(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")
