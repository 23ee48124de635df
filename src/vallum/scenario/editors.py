"""The JSON Schema of a scenario file, for editors: completion, hover texts and red lines while typing."""

from __future__ import annotations

from typing import Any, Final

from vallum.scenario.schema import Schema

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: Entries of lists are written in full; anything in a mapping may be left to the file beneath.
_WHOLE: Final = frozenset({"Change", "Post", "Delivery", "Tempo", "Wish", "Event", "Option"})
_EXTENDS: Final = {
    "description": "What this file is laid over: packaged names, or paths from here.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario and package files.

    Keys that only the merged scenario must have are not required here: `vallum check` asks for them.
    """
    schema = Schema.model_json_schema(by_alias=True)
    schema.pop("required", None)
    for name, part in schema["$defs"].items():
        if name not in _WHOLE:
            part.pop("required", None)
    properties = schema["properties"]
    _also(properties["uncertain"], "additionalProperties", {"type": "string"}, {"type": "number"})
    _also(properties["outcomes"], "items", {"type": "string"})
    properties["extends"] = _EXTENDS
    return {"$schema": _DIALECT, **schema, "title": "vallum scenario"}


def _also(schema: dict[str, Any], key: str, *shorthand: dict[str, str]) -> None:
    schema[key] = {"anyOf": [schema[key], *shorthand]}
