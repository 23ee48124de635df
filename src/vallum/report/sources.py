"""The evidence in words, tables and JSON: what is claimed, what uses it, where sources disagree, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vallum.campaign.assumed import Assumed
from vallum.campaign.believing import Belief, Effect
from vallum.errors import EvidenceError
from vallum.evidence import PREFIX, Claim, Conflict, Evidence, Parameter, Side
from vallum.evidence.words import nearest
from vallum.report.console import table_text, wrapped
from vallum.report.words import capital, changed, number, outcome, percent, signed, span, with_unit
from vallum.results import Difference, Outcome, rounded
from vallum.scenario.sourcing import Tally, uses

LISTS: Final = ("claims", "sources", "parameters", "groups")
#: A quantity is said apart in a table up to so many characters.
_SHORT: Final = 60
#: Days within which two claims are about one time.
_A_MONTH: Final = 31


# --- list and show ----------------------------------------------------------------------------------


def evidence_list(evidence: Evidence, what: str, topic: str | None, search: str | None) -> list[dict[str, Any]]:
    """Entries of one kind as plain rows; of claims, perhaps one topic; all of them, perhaps those that hold a word."""
    if what not in LISTS:
        raise EvidenceError(f"{what}: no such list; allowed are {', '.join(LISTS)}")
    topics = {claim.topic for claim in evidence.claims.values()}
    if topic is not None and topic not in topics:
        raise EvidenceError(
            f"--topic {topic}: no claim has it{nearest(topic, topics)}; topics: {', '.join(sorted(topics))}"
        )
    claims = [claim for claim in evidence.claims.values() if topic in (None, claim.topic)]
    rows: Iterable[dict[str, Any]]
    if what == "claims":
        rows = (claim_dict(evidence, claim) for claim in claims)
    elif what == "groups":
        rows = _groups(claims)
    elif what == "sources":
        used = {claim.source for claim in claims}
        rows = (_source_dict(evidence, id_) for id_ in evidence.sources if topic is None or id_ in used)
    else:
        rows = (parameter_dict(made) for made in evidence.parameters.values())
    return [row for row in rows if search is None or search.lower() in str(row).lower()]


def evidence_list_text(what: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The same as a table."""
    if not rows:
        return f"No {what} of that kind."
    cells: list[tuple[str, ...]]
    heads: tuple[str, ...]
    if what == "claims":
        heads = ("Claim", "Quantity", "Value", "Date", "Who said it", "Source")
        cells = [(r["id"], _short(r["quantity"]), _value(r), r["as_of"], r["speaker"], r["source"]) for r in rows]
    elif what == "groups":
        heads = ("Group", "Claims", "First", "Last")
        cells = [(r["group"], " ".join(r["claims"]), r["first"], r["last"]) for r in rows]
    elif what == "sources":
        heads = ("Source", "Publisher", "Title", "Address", "Claims")
        cells = [(r["id"], r["publisher"], r["title"], r["address"], str(len(r["claims"]))) for r in rows]
    else:
        heads = ("Parameter", "What", "Best", "Range", "Unit", "From")
        cells = [
            (
                r["name"],
                r["title"],
                number(r["best"]),
                f"{number(r['low'])} – {number(r['high'])}",
                r["unit"],
                _from(r),
            )
            for r in rows
        ]
    return f"{table_text(heads, cells, ('Best',))}\n{len(rows)} {what}"


def evidence_show(evidence: Evidence, name: str) -> dict[str, Any]:
    """One claim, source, parameter or group, with what hangs on it. Raises EvidenceError with the nearest name."""
    groups = {claim.group for claim in evidence.claims.values()}
    if name in evidence.claims:
        claim = evidence.claims[name]
        same = [one.id for one in evidence.claims.values() if one.group == claim.group and one.id != name]
        return {"is": "claim", **claim_dict(evidence, claim), "same_group": same, "used_by": used_by(evidence, name)}
    if name in evidence.parameters:
        made = evidence.parameters[name]
        claims = [claim_dict(evidence, evidence.claims[id_]) for id_ in made.claims]
        return {"is": "parameter", **parameter_dict(made), "told": claims, "used_by": used_by(evidence, name)}
    if name in evidence.sources:
        return {"is": "source", **_source_dict(evidence, name)}
    if name in groups:
        return {"is": "group", **next(row for row in _groups(evidence.claims.values()) if row["group"] == name)}
    known = (*evidence.claims, *evidence.parameters, *evidence.sources, *groups)
    raise EvidenceError(f"there is no claim, parameter, source or group {name!r}{nearest(name, known)}")


def evidence_show_text(made: Mapping[str, Any]) -> str:
    """The same in lines."""
    lines = []
    for key, value in made.items():
        if key == "told":
            rows = [(one["id"], _value(one), one["as_of"], one["speaker"]) for one in value]
            lines.append(table_text(("Claim", "Value", "Date", "Who said it"), rows))
        elif key == "used_by":
            lines.append(used_by_text(made.get("id") or made["name"], value))
        elif value not in (None, "", [], ()):
            shown = "; ".join(_shown(one) for one in value) if isinstance(value, list) else _shown(value)
            lines.append(f"{key.replace('_', ' '):<14} {shown}")
    return "\n".join(lines)


def used_by(evidence: Evidence, name: str) -> list[dict[str, str]]:
    """What rests on a parameter or a claim: parameters, ledger figures, packaged scenarios, each with its place.

    Raises EvidenceError where there is neither.
    """
    if name not in evidence.parameters and name not in evidence.claims:
        known = (*evidence.parameters, *evidence.claims)
        raise EvidenceError(f"there is no parameter or claim {name!r}{nearest(name, known)}")
    from vallum import ledger

    found = [
        {"what": "parameter", "name": made.name, "place": evidence.places.get(made.name, ""), "path": how}
        for made in evidence.parameters.values()
        for how, ids in (("claims", made.claims), ("context", made.context))
        if name in ids
    ]
    if name in ledger.load().figures:
        found.append({"what": "ledger", "name": name, "place": "data/ledger/figures.csv", "path": "claim"})
    return [*found, *({"what": "scenario", "name": n, "place": place, "path": path} for n, place, path in uses(name))]


def used_by_text(name: str, found: Sequence[Mapping[str, str]]) -> str:
    """The same as a table."""
    if not found:
        return f"Nothing that is packaged uses {name}."
    rows = [(one["what"], one["name"], one["place"], one["path"]) for one in found]
    return table_text(("What", "Name", "File and line", "As"), rows)


# --- check ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """What `vallum evidence check` found; nothing is wrong where `problems` is empty.

    assumed : how much of the demo's spread assumptions cause, None where it was not run
    """

    evidence: Evidence
    tally: Tally
    conflicts: tuple[Conflict, ...]
    problems: tuple[str, ...]
    library: str | None
    assumed: Assumed | None
    demo: str

    def as_dict(self) -> dict[str, Any]:
        """The counts in the JSON layout."""
        claims, sources = self.evidence.claims.values(), self.evidence.sources.values()
        unknown = {source.id for source in sources if source.address == "unknown"}
        parameters = self.evidence.parameters.values()
        made = self.assumed
        return {
            "kind": "evidence_check",
            "sources": len(self.evidence.sources),
            "sources_without_address": len(unknown),
            "claims": len(self.evidence.claims),
            "claims_without_address": sum(claim.source in unknown for claim in claims),
            "claims_qualitative": sum(claim.qualitative for claim in claims),
            "claims_superseded": sum(bool(claim.superseded_by) for claim in claims),
            "claims_own": sum(claim.id.startswith(PREFIX) for claim in claims),
            "groups": len({claim.group for claim in claims}),
            "parameters": len(self.evidence.parameters),
            "parameters_assumed": sum(one.assumption is not None for one in parameters),
            "parameters_unpublished": sum(not one.published for one in parameters),
            "units": len(self.evidence.units),
            "units_library": self.library,
            "scenario_numbers": {
                "cited": self.tally.cited, "from_parameters": self.tally.from_parameters,
                "assumed": self.tally.assumed, "by_comment": self.tally.by_comment,
                "unsourced": len(self.tally.unsourced),
            },
            "conflicts": len(self.conflicts),
            "assumptions_share": None if made is None else _assumed_dict(made, self.demo),
            "problems": list(self.problems),
        }  # fmt: skip


def checked_text(made: Checked) -> str:
    """The counts as lines, and what is wrong."""
    told = made.as_dict()
    numbers = told["scenario_numbers"]
    lines = [
        f"sources       {told['sources']}, {told['sources_without_address']} without an address, each with a reason",
        f"claims        {told['claims']}, {told['claims_without_address']} from sources without an address, "
        f"{told['claims_qualitative']} without a number, {told['claims_superseded']} superseded"
        + (f", {told['claims_own']} your own" if told["claims_own"] else ""),
        f"groups        {told['groups']}; claims of one group count once",
        f"parameters    {told['parameters']}, of which {told['parameters_assumed']} are assumptions "
        f"({told['parameters_unpublished']} published by nobody)",
        f"units         {told['units']}; "
        + (f"factors agree with {made.library}" if made.library else "not held to a units library: pip install pint"),
        f"scenarios     {numbers['cited']} numbers cited, {numbers['from_parameters']} from parameters, "
        f"{numbers['assumed']} assumed, {numbers['by_comment']} with their reason in a comment, "
        f"{numbers['unsourced']} without a source",
        f"conflicts     {told['conflicts']} quantities on which sources disagree: vallum evidence conflicts",
    ]
    if made.assumed is not None:
        lines.append(_assumed(made.assumed, made.demo))
    wrong = [f"wrong         {text}" for text in made.problems] or ["nothing wrong found"]
    return "\n".join([*lines, *wrong])


def _assumed(made: Assumed, demo: str) -> str:
    def share(pair: tuple[float, float]) -> str:
        return f"{percent(pair[0])} ± {100 * pair[1]:.0f}"

    return (
        f"assumptions   {made.laws[0]} of the {made.laws[1]} uncertain numbers of {demo}. "
        f"They cause {share(made.assumptions)} "
        f"of the spread of “{outcome(made.label)}”; what nobody publishes, {share(made.unpublished)}; "
        f"all that is not known "
        f"exactly, {share(made.knowledge)}; the rest is chance ({made.n:,} pairs of futures)"
    )


def _assumed_dict(made: Assumed, demo: str) -> dict[str, Any]:
    pairs = {"knowledge": made.knowledge, "assumptions": made.assumptions, "unpublished": made.unpublished}
    shares = {name: {"share": rounded(pair[0]), "se": rounded(pair[1])} for name, pair in pairs.items()}
    about = {"name": made.label.name, **made.label.keys()}
    return {"scenario": demo, "outcome": about, "numbers": made.laws[0], "of": made.laws[1], "n": made.n, **shares}


# --- conflicts --------------------------------------------------------------------------------------


def conflicts_text(found: Sequence[Conflict], effects: Sequence[Effect] = (), scenario: str = "") -> str:
    """Conflicts, their sides, how far apart they are; and how the answer moves, where that was asked."""
    if not found:
        return "No conflict of that name."
    blocks = [_conflict(one, [effect for effect in effects if effect.conflict is one], scenario) for one in found]
    count = "1 conflict" if len(found) == 1 else f"{len(found)} conflicts"
    return "\n\n".join([*blocks, count])


def conflicts_json(found: Sequence[Conflict], effects: Sequence[Effect] = ()) -> list[dict[str, Any]]:
    """The same in the JSON layout."""
    return [
        {**_conflict_dict(one), "effects": [_effect_dict(effect) for effect in effects if effect.conflict is one]}
        for one in found
    ]


def _conflict(made: Conflict, effects: Sequence[Effect], scenario: str) -> str:
    heads = ("Side", "Best", "Range", "Unit", "Dates", "Who said it", "Claims")
    lines = [f"{capital(made.title)}  [{made.id}]", table_text(heads, map(_side, made.sides), ("Best",))]
    lines.append(wrapped(_how_far(made), "  "))
    if made.why:
        lines.append(wrapped(made.why, "  "))
    for effect in effects:
        lines.append(_effect(effect, scenario))
    return "\n".join(lines)


def _side(side: Side) -> tuple[str, ...]:
    dates = side.first.isoformat() if side.first == side.last else f"{side.first} to {side.last}"
    between = "" if side.low == side.high else span(None, side.low, side.high)
    who = "; ".join(side.speakers)
    return (side.name.replace("_", " "), number(side.best), between, side.unit, dates, who, " ".join(side.claims))


def _how_far(made: Conflict) -> str:
    if made.kind == "meaning":
        return "One number, or one name, for several things."
    far = f"The highest is {made.factor:.3g} times the lowest" if made.factor else "The sides are in several units"
    apart = f", {number(made.apart)} {made.unit} apart" if made.apart is not None else ""
    when = (
        f"; about days up to {made.days_apart} apart, so part of it may be change" if made.days_apart > _A_MONTH else ""
    )
    feeds = f". Feeds {', '.join(made.feeds)}" if made.feeds else ". Feeds no parameter"
    return far + apart + when + feeds + "."


def _effect(effect: Effect, scenario: str) -> str:
    if not effect.beliefs:
        return f"  Effect on {scenario}: none, for it is no input there."
    first, *others = effect.beliefs
    heads = ["Believing", *(belief.name.replace("_", " ") for belief in effect.beliefs)]
    told = [
        [capital(with_unit(one.label, one.label.unit)[0]) for one in first.outcomes],
        list(map(_told, first.outcomes)),
    ]
    for belief in others:
        mine = [one for one in effect.differences if one.package == belief.name]
        told.append(list(map(_moved, belief.outcomes, mine)))
    rows = list(zip(*told, strict=True))
    where = f"  Effect on {scenario}, by {effect.parameter} at {', '.join(effect.places)}:"
    return f"{where}\n{table_text(heads, rows)}"


def _told(made: Outcome) -> str:
    """The mean; of a day that may never come, the share of futures in which it comes."""
    if made.label.may_be_never:
        return percent(1.0 - (made.n_never or 0) / made.n) if made.n else "–"
    return number(made.mean, made.label.unit)


def _moved(made: Outcome, change: Difference) -> str:
    _, unit = changed(change)
    if not change.told_apart:
        return f"{_told(made)} (cannot be told apart)"
    band = "" if unit == "probability" else f", {signed(change.p5, unit)} to {signed(change.p95, unit)}"
    return f"{_told(made)} ({signed(change.mean, unit)}{band})"


def _conflict_dict(made: Conflict) -> dict[str, Any]:
    return {
        "id": made.id, "title": made.title, "kind": made.kind, "unit": made.unit, "factor": rounded(made.factor),
        "apart": rounded(made.apart), "days_apart": made.days_apart, "why": made.why, "parameter": made.parameter,
        "feeds": list(made.feeds), "sides": [_side_dict(side) for side in made.sides],
    }  # fmt: skip


def _side_dict(side: Side) -> dict[str, Any]:
    return {
        "name": side.name, "claims": list(side.claims), "groups": list(side.groups), "speakers": list(side.speakers),
        "best": rounded(side.best), "low": rounded(side.low), "high": rounded(side.high), "unit": side.unit,
        "first": side.first.isoformat(), "last": side.last.isoformat(),
    }  # fmt: skip


def _effect_dict(effect: Effect) -> dict[str, Any]:
    return {
        "parameter": effect.parameter,
        "places": list(effect.places),
        "beliefs": [_belief_dict(one) for one in effect.beliefs],
        "differences": [one.as_dict("belief") for one in effect.differences],
    }


def _belief_dict(made: Belief) -> dict[str, Any]:
    return {"name": made.name, "set": dict(made.changes), "outcomes": [one.as_dict() for one in made.outcomes]}


# --- pieces -----------------------------------------------------------------------------------------


def claim_dict(evidence: Evidence, claim: Claim) -> dict[str, Any]:
    """A claim with its source in the JSON layout."""
    source = evidence.sources[claim.source]
    return {
        "id": claim.id, "topic": claim.topic, "quantity": claim.quantity, "value": rounded(claim.value),
        "low": rounded(claim.low), "high": rounded(claim.high), "unit": claim.unit, "as_of": claim.as_of.isoformat(),
        "known_from": claim.known_from.isoformat(), "speaker": claim.speaker, "publisher": source.publisher,
        "source": source.title, "source_id": source.id, "address": source.address, "address_note": source.address_note,
        "quote": claim.quote, "group": claim.group, "notes": claim.notes, "superseded_by": claim.superseded_by,
    }  # fmt: skip


def parameter_dict(made: Parameter) -> dict[str, Any]:
    """A parameter in the JSON layout, with how it is made."""
    readings = [{"name": r.name, "weight": r.weight, "best": r.best, "claims": list(r.claims)} for r in made.readings]
    return {
        "name": made.name, "title": made.title, "unit": made.unit, "shape": made.shape, "best": made.best,
        "low": made.low, "high": made.high, "as_of": made.as_of.isoformat(), "claims": list(made.claims),
        "rule": None if made.rule is None else {k: _term(getattr(made.rule, k)) for k in ("best", "low", "high")},
        "options": readings, "assumption": made.assumption, "published": made.published,
        "context": list(made.context), "note": made.note,
    }  # fmt: skip


def _term(term: Any) -> str:
    """A term of a rule in words."""
    if term.take == "value":
        return f"{term.value:g}: {term.because}"
    text = str(term.take) + (f" of {' '.join(term.claims)}" if term.claims else "")
    if term.factor != 1.0:
        text += f", times {term.factor:g} ({term.because})"
    return text


def _source_dict(evidence: Evidence, id_: str) -> dict[str, Any]:
    source = evidence.sources[id_]
    claims = [claim.id for claim in evidence.claims.values() if claim.source == id_]
    return {
        "id": id_, "publisher": source.publisher, "title": source.title, "address": source.address,
        "address_note": source.address_note, "claims": claims,
    }  # fmt: skip


def _groups(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.group, []).append(claim)
    return [
        {
            "group": group, "claims": [one.id for one in said], "first": min(one.as_of for one in said).isoformat(),
            "last": max(one.as_of for one in said).isoformat(),
        }
        for group, said in found.items()
    ]  # fmt: skip


def _value(row: Mapping[str, Any]) -> str:
    if row["value"] is None and row["low"] is None and row["high"] is None:
        return "no number"
    value = span(row["value"], row["low"], row["high"], row["unit"])
    return value if row["unit"] in ("share", "USD million") else f"{value} {row['unit']}"


def _from(row: Mapping[str, Any]) -> str:
    if row["assumption"]:
        return "assumption" if row["published"] else "assumption, published by nobody"
    return " ".join(map(str, row["claims"]))


def _short(text: str) -> str:
    plain = text.replace("_", " ")
    return plain if len(plain) <= _SHORT else plain[:_SHORT] + "…"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items() if one not in (None, "", []))
    return str(value)
