"""What a run rested on: inputs with their ranges, assumptions and claims, as plain rows (F6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from vallum import __version__
from vallum.campaign.plan import Plan
from vallum.evidence import PREFIX, Distribution, own, snapshots
from vallum.results import Manifest, rounded
from vallum.scenario import checking
from vallum.scenario.quantity import Quantity

#: Said by every answer, for no scenario models it (R3, the scope).
ALWAYS_LEFT_OUT = (
    "the attacker does not adapt, beyond the stated tempo and shift",
    "harm to people is not forecast",
)
#: How the words of a scenario name a packaged table that a number was computed from.
_NAMED: Final = re.compile(r"\bdata/(record/[\w-]+\.\w+)")


def manifest(plan: Plan, futures: int, seed: int, lucks: int) -> Manifest:
    """Return the manifest of a run of this plan."""
    scenario, fixed = plan.scenario, plan.cast.fixed
    quantities = [
        (".".join(map(str, keys)), one)
        for keys, one in checking.quantities(scenario.schema)
        if isinstance(one, Quantity)
    ]
    inputs = tuple(_input(name, law) for name, law in sorted(plan.laws.items()))
    claims = tuple(_claims(plan, quantities))
    return Manifest(
        name=scenario.name,
        title=scenario.title,
        question=scenario.question,
        packages=scenario.packages,
        changes=scenario.changes,
        fingerprint=scenario.fingerprint,
        as_of=plan.as_of,
        start=fixed.start,
        days=fixed.days,
        seed=seed,
        futures=futures,
        lucks=lucks,
        version=__version__,
        live=scenario.schema.live,
        classes=plan.cast.classes,
        interceptors=plan.cast.interceptors,
        doctrine=_doctrine(plan),
        assumptions=tuple(_assumptions(plan, quantities)),
        inputs=inputs,
        claims=claims,
        not_modelled=(*scenario.schema.not_modelled, *ALWAYS_LEFT_OUT),
        warnings=scenario.warnings,
        snapshots=_snapshots(plan, claims),
    )


def _snapshots(plan: Plan, claims: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """Hashes of the tables that the answer rests on: evidence, coverage, night table, what the words name."""
    schema = plan.scenario.schema
    names = {f"coverage/{asset.coverage}.csv" for asset in schema.fixed.assets.values() if asset.coverage}
    names |= {name for text in plan.scenario.texts() for name in _NAMED.findall(text)}
    made = snapshots.packaged((*snapshots.EVIDENCE, *sorted(names)))
    if plan.scenario.night_table is not None:
        made[_name_of(plan.scenario.night_table)] = snapshots.sha256(plan.scenario.night_table)
    if any(claim["id"].startswith(PREFIX) for claim in claims):
        made |= {f"own evidence/{name}": snapshots.sha256(own.folder() / name) for name in own.FILES}
    return made


def _name_of(table: Path) -> str:
    """A night table by its path below `data` where it is a packaged one, else by its own name."""
    data = Path(str(files("vallum") / "data")).resolve()
    place = table.resolve()
    return place.relative_to(data).as_posix() if place.is_relative_to(data) else f"night table {table.name}"


def _doctrine(plan: Plan) -> dict[str, Any]:
    """The doctrine in words that a report names (E1)."""
    made = plan.cast.fixed.doctrine
    return {
        "order": made.order,
        "priority": list(plan.cast.priority),
        "spread": made.spread,
        "magazine": made.magazine,
        "split": made.split,
        "salvos": {
            f"{layer}, {name}": list(plan.cast.salvo(layer, name))
            for layer in plan.cast.layers
            for name in plan.cast.classes
            if any(plan.cast.loads(system, name) for system in plan.cast.layers[layer])
        },
    }


def _input(name: str, law: Distribution) -> dict[str, Any]:
    return {
        "name": name,
        "title": law.title or name,
        "unit": law.unit,
        "best": rounded(law.best),
        "low": rounded(law.low),
        "high": rounded(law.high),
        "shape": law.shape,
        "published": law.published,
        "claims": list(law.claims),
        "assumption": law.assumption,
    }


def _assumptions(plan: Plan, quantities: list[tuple[str, Quantity]]) -> Iterator[dict[str, Any]]:
    for name, law in sorted(plan.laws.items()):
        if law.assumption or not law.published:
            made = _input(name, law)
            yield {
                key: made[key] for key in ("name", "title", "unit", "best", "low", "high", "published", "assumption")
            }
    reasons: dict[str, list[tuple[str, float | None]]] = {}
    for path, quantity in quantities:
        record = plan.evidence.parameter(quantity.parameter) if quantity.parameter else None
        text = quantity.assumption if record is None else record.assumption
        if text:
            reasons.setdefault(text, []).append((path, quantity.value if record is None else record.best))
    for text, places in reasons.items():
        values = {path: rounded(value) for path, value in places}
        best = next(iter(values.values())) if len(values) == 1 else None
        yield {"name": places[0][0], "best": best, "values": values, "assumption": text}


def _claims(plan: Plan, quantities: list[tuple[str, Quantity]]) -> Iterator[dict[str, Any]]:
    """The claims that feed the run, each with who said it and when, and what uses it."""
    used: dict[str, list[str]] = {}
    for name, law in plan.laws.items():
        for claim in law.claims:
            used.setdefault(claim, []).append(f"uncertain.{name}")
    for path, quantity in quantities:
        made = plan.evidence.parameter(quantity.parameter) if quantity.parameter else None
        for claim in quantity.claims if made is None else made.claims:
            used.setdefault(claim, []).append(path)
    for event in plan.scenario.schema.reported:
        for claim in event.claims:
            used.setdefault(claim, []).append("reported")
    for claim in plan.scenario.schema.sources:
        # what the scenario as a whole cites; of what was not known on its day nothing is told (F6)
        if claim in plan.evidence.claims:
            used.setdefault(claim, []).append("sources")
    for identity in sorted(used):
        claim_made = plan.evidence.claim(identity)
        source = plan.evidence.source(claim_made.source)
        yield {
            "id": identity,
            "quantity": claim_made.quantity,
            "value": rounded(claim_made.value),
            "low": rounded(claim_made.low),
            "high": rounded(claim_made.high),
            "unit": claim_made.unit,
            "as_of": claim_made.as_of.isoformat(),
            "known_from": claim_made.known_from.isoformat(),
            "group": claim_made.group,
            "speaker": claim_made.speaker,
            "source": source.title,
            "address": source.address,
            "used_by": sorted(used[identity]),
        }
