"""Who comes: targets, decoys and waves of the threats that are followed one by one (R3, R4, W2)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from vallum._kernel.problem import BY_WEIGHT, PROPORTIONAL, RANDOM_ASSET
from vallum._kernel.reference.defence import Battery, Future, ThreatClass
from vallum._kernel.reference.night import Night
from vallum.dice import fold, uniform, word

PLACE: Final = word("place")
LOCATION: Final = word("location")
SHIFT: Final = word("shift")
WAVE: Final = word("wave")
DECOY: Final = word("decoy")
FAIL: Final = word("fail")
ASSET_ORDER: Final = word("asset_order")
#: Location in an asset that is no country.
MIDDLE: Final = 0.5


@dataclass
class Threat:
    """One threat on its way through the layers."""

    chain: int
    decoy: bool
    asset: int
    location: float  # in its country, 0 to 1; the middle of any other asset
    alive: bool = True
    fired: int = 0  # shots at it in all
    hit: bool = False
    short: bool = False  # wanted a shot and there was no round
    treated: bool = False  # by a soft or team layer, in vain so far
    #: Of dry, held, saturated and blind, what it has met so far (E10).
    met: set[int] = field(default_factory=set)
    # at the layer that it is meeting
    seen: bool = False
    engaged: bool = False
    starved: bool = False  # wanted its first shot and there was no round
    primary: int = -1  # interceptor type that the doctrine wants first
    shots: int = 0  # chain of the shots
    gun: Battery | None = None  # engaged it last


def muster(night: Night, attack: ThreatClass, chain: int, launched: int, wave: int) -> list[Threat]:
    """List the threats of one class that meet the defence in this wave, in the order of their numbers."""
    limit = decoy_limit(attack, chain, launched)
    if night.future.problem.allocation == PROPORTIONAL:
        planned = planned_assets(attack, chain, launched)
    else:
        planned = [asset_at(attack, uniform(fold(fold(chain, i), PLACE))) for i in range(launched)]
    threats = []
    for number in range(launched):
        if wave_of(night.future, fold(chain, number)) == wave:
            threat = aim(night.future, attack, fold(chain, number), planned[number], limit)
            note_launch(night, attack, threat)
            if not (attack.fails_before and fails(attack, threat)):
                threats.append(threat)
    return threats


def note_launch(night: Night, attack: ThreatClass, threat: Threat) -> None:
    """Write down a launch, and a failure before the defence (W2)."""
    night.future.tally.launched[attack.number, int(threat.decoy)] += 1
    if not threat.decoy:
        night.attacks[threat.asset, attack.number].real += 1
    if attack.fails_before and fails(attack, threat):
        night.future.tally.failed[attack.number, int(threat.decoy)] += 1


def fails(attack: ThreatClass, threat: Threat) -> bool:
    """Whether a threat fails by itself (W2)."""
    return uniform(fold(threat.chain, FAIL)) < attack.fail


def wave_of(future: Future, chain: int) -> int:
    """The wave in which a threat comes (R4)."""
    return int(uniform(fold(chain, WAVE)) * future.problem.waves)


def decoy_limit(attack: ThreatClass, chain: int, launched: int) -> float:
    """A threat is a decoy if its draw is below this: the share, or the draw that a count reaches (W2)."""
    if attack.decoy_count < 0:
        return attack.decoy_share
    if attack.decoy_count >= launched:
        return 1.0
    return sorted(uniform(fold(fold(chain, i), DECOY)) for i in range(launched))[attack.decoy_count]


def asset_at(attack: ThreatClass, u: float) -> int:
    """The asset at which cumulative target weights pass u (R3, `allocation: multinomial`)."""
    asset = 0
    while asset < len(attack.target_cut) - 1 and u >= attack.target_cut[asset]:
        asset += 1
    return asset


def planned_assets(attack: ThreatClass, chain: int, launched: int) -> list[int]:
    """The asset of each threat, shares in whole threats, mixed (R3, `allocation: proportional`)."""
    mixed = sorted(range(launched), key=lambda i: uniform(fold(fold(chain, i), PLACE)))
    planned = [len(attack.target_cut) - 1] * launched
    done = 0
    for asset, cut in enumerate(attack.target_cut[:-1]):
        upto = max(done, math.floor(cut * launched + 0.5))
        for i in mixed[done:upto]:
            planned[i] = asset
        done = upto
    return planned


def aim(future: Future, attack: ThreatClass, chain: int, planned: int, limit: float) -> Threat:
    """Make the threat at the end of this chain, with its asset and its location in it (R3, W5)."""
    threat = Threat(
        chain=chain,
        decoy=uniform(fold(chain, DECOY)) < limit,
        asset=planned,
        location=location_in(future, planned, chain),
    )
    if uniform(fold(chain, SHIFT)) < future.shift:
        shift(future, attack, threat)
    return threat


def location_in(future: Future, asset: int, chain: int) -> float:
    """Where in an asset a threat is aimed: a draw in a country, the middle of any other (W5)."""
    return uniform(fold(chain, LOCATION)) if future.assets[asset].is_country else MIDDLE


def shift(future: Future, attack: ThreatClass, threat: Threat) -> None:
    """Move a threat to where the class is not covered, if there is such a place (R3)."""
    covered = [covered_share(future, attack.number, asset) for asset in range(len(future.assets))]
    asset = exposed_asset(attack, covered, uniform(fold(threat.chain, PLACE)))
    if asset is None:
        return
    threat.asset, threat.location = asset, location_in(future, asset, threat.chain)
    if future.assets[asset].is_country:
        threat.location = covered[asset] + (1.0 - covered[asset]) * threat.location


def covered_share(future: Future, c: int, asset: int) -> float:
    """Share of the asset that today's batteries cover against class c, fit or not: nobody tells the attacker (R3)."""
    reach = (b.cover_high[asset][c] for b in future.batteries if b.is_there() and b.may_fire(c))
    return min(1.0, max(reach, default=0.0))


def exposed_asset(attack: ThreatClass, covered: list[float], u: float) -> int | None:
    """An asset by target weight times the share not covered; None where all is covered (R3)."""
    shares = [share * (1.0 - covered[a]) for a, share in enumerate(attack.target_share)]
    exposed = [a for a, share in enumerate(shares) if share > 0.0]
    total, reached = added(shares), 0.0
    for asset in exposed:
        reached += shares[asset]
        if u * total < reached:
            return asset
    return exposed[-1] if exposed else None


def added(shares: list[float]) -> float:
    """Sum from first to last, each step rounded; `sum` does otherwise from Python 3.12 on."""
    total = 0.0
    for share in shares:
        total += share
    return total


def in_order(night: Night, chain: int, threats: list[Threat]) -> list[Threat]:
    """The threats of one class in the order in which they are served (E1)."""
    order, assets = night.future.problem.order, night.future.assets
    if order == BY_WEIGHT:
        return sorted(threats, key=lambda threat: assets[threat.asset].rank)
    if order == RANDOM_ASSET:
        mixed = fold(chain, ASSET_ORDER)
        return sorted(threats, key=lambda threat: uniform(fold(mixed, assets[threat.asset].word)))
    return threats
