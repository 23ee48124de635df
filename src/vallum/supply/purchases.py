"""Purchases: dated orders that draw on funds, wait or fail, and arrive after their lead time (S1, S3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum.scenario import schema
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.supply.clock import Clock
from vallum.terms import NEVER

Flags = npt.NDArray[np.bool_]

#: Part of a price by which a sum of daily income may fall short of it by rounding.
PRICE_SLACK: Final = 1e-9


@dataclass(frozen=True)
class Bought:
    """One order in each future: the day on which it is paid (NEVER if it is not), rounds, price. (F,)

    An order dated before the campaign was paid before it, and costs nothing here.
    """

    line: str
    ordered: I64
    quantity: I64
    cost: F64
    fails: bool
    until: I64
    paid: I64

    @property
    def spent(self) -> F64:
        """USD million that the order costs in the campaign. (F,)"""
        return np.where((self.paid != NEVER) & (self.ordered >= 0), self.cost, 0.0)


def bought(
    clock: Clock,
    worlds: Worlds,
    lines: Mapping[str, schema.Line],
    funds: Mapping[str, schema.Fund],
    stopped: Mapping[str, I64],
) -> list[Bought]:
    """Pay the orders of all purchases, fund by fund.

    stopped : day on which the giver of each line stops for good; from then on nothing is ordered of it
    """
    paid: list[Bought] = []
    for name in sorted({line.fund for line in lines.values() if line.fund is not None}):
        orders = [
            order
            for line_name, line in sorted(lines.items())
            if line.fund == name
            for order in _orders(worlds, line_name, line, stopped[line_name])
        ]
        paid += _paid(clock, worlds, funds[name], orders)
    return paid


def _orders(worlds: Worlds, name: str, line: schema.Line, stopped: I64) -> list[Bought]:
    price = worlds.value(line.unit_price, 0.0)
    orders = []
    for order in line.orders:
        ordered = np.broadcast_to(worlds.day(order.on, 0), stopped.shape)
        quantity = np.broadcast_to(worlds.count(order.quantity, 0), stopped.shape)
        cost = quantity * price
        orders.append(Bought(name, ordered, quantity, cost, line.unpaid == "fails", stopped, ordered))
    return orders


def _paid(clock: Clock, worlds: Worlds, fund: schema.Fund, orders: Sequence[Bought]) -> list[Bought]:
    """Pay orders in the order of their dates, ties by name: one that waits is paid before any later one."""
    ordered = np.stack([order.ordered for order in orders], axis=1)
    turn = np.argsort(ordered, axis=1, kind="stable")
    ledger = _Ledger(
        ordered=np.take_along_axis(ordered, turn, 1),
        cost=np.take_along_axis(np.stack([order.cost for order in orders], axis=1), turn, 1),
        fails=np.array([order.fails for order in orders])[turn],
        until=np.take_along_axis(np.stack([order.until for order in orders], axis=1), turn, 1),
    )
    opens, closes = worlds.day(fund.start, 0), np.minimum(worlds.day(fund.to, NEVER), clock.days)
    paid = np.empty_like(ordered)
    np.put_along_axis(paid, turn, ledger.settle(_income(clock, worlds, fund), opens, closes), 1)
    return [replace(order, paid=paid[:, k]) for k, order in enumerate(orders)]


@dataclass(frozen=True)
class _Ledger:
    """The orders on one fund, in each future in the order of their dates. (F, orders)"""

    ordered: I64
    cost: F64
    fails: Flags
    until: I64

    def settle(self, income: F64, opens: I64, closes: I64) -> I64:
        """Day on which each order is paid; NEVER if it is not. (F, orders)

        income : money that the fund has had by the end of each day (W, D), never falling
        opens, closes : the fund pays on days of [opens, closes) (W,)
        """
        paid = np.where(self.ordered < 0, self.ordered, NEVER)
        spent, free = np.zeros(len(paid)), np.broadcast_to(opens, (len(paid),))
        for k in range(paid.shape[1]):
            due = self.ordered[:, k] >= 0
            needed = (spent + self.cost[:, k]) * (1.0 - PRICE_SLACK)
            day = (income < needed[:, None]).sum(axis=1)
            day = np.where(day < income.shape[1], np.maximum(np.maximum(day, self.ordered[:, k]), free), NEVER)
            day = np.where(day < closes, day, NEVER)
            waits = due & ~(self.fails[:, k] & (day > self.ordered[:, k]))
            pays = waits & (day < self.until[:, k]) & (day < NEVER)
            paid[pays, k] = day[pays]
            spent = spent + np.where(pays, self.cost[:, k], 0.0)
            # the next in line is free when this one is paid, or when its giver has stopped
            free = np.where(waits, np.maximum(free, np.minimum(day, self.until[:, k])), free)
        return paid


def _income(clock: Clock, worlds: Worlds, fund: schema.Fund) -> F64:
    """Money that a fund has had by the end of each day: its balance and its income so far. (W, D)"""
    start, end = worlds.day(fund.start, 0), worlds.day(fund.to, NEVER)
    usual = worlds.value(fund.per_month, 0.0)[:, None]
    money = worlds.value(fund.balance, 0.0)[:, None] + usual * clock.elapsed(start, end)
    for month, stated in sorted(fund.monthly.items()):
        first = np.array([(np.datetime64(month, "D") - np.datetime64(clock.start, "D")).astype(np.int64)])
        following = np.datetime64(month, "M") + np.timedelta64(1, "M")
        last = np.array([(following.astype("datetime64[D]") - np.datetime64(clock.start, "D")).astype(np.int64)])
        gone = clock.elapsed(np.maximum(start, first), np.minimum(end, last))
        money = money + (worlds.value(stated, 0.0)[:, None] - usual) * gone
    return np.asarray(money[:, 1:])
