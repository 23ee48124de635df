// Pictures of the longer questions, drawn from the rows of their answers.

import { base, monthTick, utc } from "./charts.js";
import { number, percent, t } from "./i18n.js";

const TALL = 270;
const ROW = 44;
const PANEL = 195;
const share = { domain: [0, 1], label: null, grid: true, ticks: [0, 0.25, 0.5, 0.75, 1], tickSize: 0, tickFormat: (value) => percent(value) };
const dated = (value) => (typeof value === "string" ? utc(value) : value);

// Share of futures that meet a standard, by value, with its 95 % interval; the share that is wanted, and the answer.
export function meeting(size, width, c) {
  const points = size.curve.map((one) => ({ ...one, at: dated(one.value) }));
  const marked = size.interval.filter((one) => one !== null).map(dated);
  return Plot.plot(base(c, width, TALL, {
    x: { label: null, nice: true, ticks: Math.min(8, points.length), tickFormat: points[0]?.at instanceof Date ? undefined : (value) => number(value) },
    y: share,
    marks: [
      Plot.areaY(points, { x: "at", y1: "low", y2: "high", fill: c.b, fillOpacity: 0.2 }),
      Plot.lineY(points, { x: "at", y: "share", stroke: c.b, strokeWidth: 2.2 }),
      Plot.dot(points, { x: "at", y: "share", fill: c.b, r: 3.4 }),
      Plot.ruleY([size.confidence], { stroke: c.ink, strokeDasharray: "6,4" }),
      Plot.ruleX(marked, { stroke: c.a, strokeWidth: 2, strokeDasharray: "2,3" }),
      Plot.ruleY([0], { stroke: c.muted }),
    ],
  }));
}

// What the N-th system adds, by the covering model.
export function adding(steps, width, c) {
  return Plot.plot(base(c, width, TALL, {
    x: { type: "band", label: null, padding: 0.2, ticks: steps.map((one) => one.number).filter((n) => steps.length < 16 || n % 5 === 0 || n === 1) },
    y: { label: null, grid: true, ticks: 4, tickSize: 0, tickFormat: (value) => percent(value), zero: true },
    marks: [
      Plot.barY(steps, { x: "number", y: "cover", fill: c.b, fillOpacity: 0.28 }),
      Plot.barY(steps, { x: "number", y: "adds", fill: c.b }),
      Plot.ruleY([0], { stroke: c.muted }),
    ],
  }));
}

// A number with its interval to each name, the names above the bars; of: {value, low, high, title, solid}
export function ranked(rows, width, c, { whole = false, format = number } = {}) {
  const names = rows.map((one) => one.key);
  const lows = Math.min(0, ...rows.map((one) => one.low)), highs = Math.max(0, ...rows.map((one) => one.high));
  return Plot.plot(base(c, width, rows.length * ROW + 40, {
    marginLeft: 12, marginRight: 26,
    x: { label: null, grid: true, ticks: 5, tickSize: 0, tickFormat: (value) => format(value), domain: whole ? [0, Math.max(1, highs)] : [lows, highs], nice: !whole },
    y: { domain: names, axis: null, padding: 0.58 },
    marks: [
      Plot.barX(rows, { x1: 0, x2: "value", y: "key", fill: (one) => (one.solid ? c.b : "none"), stroke: (one) => (one.solid ? "none" : c.muted), fillOpacity: 0.75, strokeDasharray: "4,3" }),
      Plot.ruleY(rows, { x1: "low", x2: "high", y: "key", stroke: c.ink, strokeWidth: 1.6 }),
      Plot.tickX(rows.flatMap((one) => [{ ...one, end: one.low }, { ...one, end: one.high }]), { x: "end", y: "key", stroke: c.ink, inset: 4 }),
      Plot.text(rows, { x: whole ? 0 : lows, y: "key", dy: -16, textAnchor: "start", fill: c.ink, stroke: c.paper, strokeWidth: 3, fontSize: 11.5, text: (one) => cut(one.title, width) }),
      Plot.ruleX([0], { stroke: c.muted }),
    ],
  }));
}

const cut = (text, width) => { const most = Math.floor((width - 40) / 6.1); return text.length > most ? `${text.slice(0, most - 1)}…` : text; };

// One future: what came and what got through each night; below it the rounds that were left.
export function nights(rows, types, dry, width, c) {
  const at = (row) => utc(row.date);
  const months = rows.filter((row, k) => row.date.endsWith("-01") || k === 0).map(at);
  const x = { type: "utc", label: null, ticks: months, tickFormat: monthTick, tickSize: 3, domain: [at(rows[0]), at(rows.at(-1))] };
  const left = rows.flatMap((row) => types.map((type) => ({ at: at(row), type, stock: row[`stock_${type}`] })));
  const thick = bar(width, rows);
  const turn = dry ? [Plot.ruleX([utc(dry)], { stroke: c.mark, strokeDasharray: "5,4" })] : [];
  const panel = (words, marks) => Plot.plot(base(c, width, PANEL, { marginTop: 26, x, y: { label: null, grid: true, ticks: 4, tickSize: 0, zero: true, nice: true }, marks: [
    Plot.text([words], { frameAnchor: "top-left", dx: 4, dy: -18, fill: c.muted, fontSize: 11 }), ...marks, ...turn, Plot.ruleY([0], { stroke: c.muted })] }));
  const stood = (name, colour, more = {}) => Plot.ruleX(rows.filter((row) => row[name]), { x: at, y1: 0, y2: name, stroke: colour, strokeWidth: thick, ...more });
  return stacked([
    panel(t("explain.came"), [stood("launched", c.muted, { strokeOpacity: 0.5 }), stood("leaked", c.b), stood("dry", c.mark)]),
    panel(t("explain.left"), [Plot.lineY(left, { x: "at", y: "stock", z: "type", stroke: c.b, strokeWidth: 2, curve: "step-after" })]),
  ], width);
}

// Pictures under each other, each with its own scale, as one.
function stacked(panels, width) {
  const outer = d3.create("svg").attr("viewBox", `0 0 ${width} ${PANEL * panels.length}`).attr("width", width).attr("height", PANEL * panels.length).node();
  panels.forEach((one, k) => { one.setAttribute("y", PANEL * k); outer.append(one); });
  return outer;
}

const bar = (width, rows) => Math.max(1.5, Math.min(7, (0.7 * width) / rows.length));

// Reported launches of a month, and those of them that were reported stopped.
export function sums(rows, width, c) {
  const months = rows.map((row) => row.month);
  const step = Math.ceil(months.length / (width < 480 ? 5 : 10));
  return Plot.plot(base(c, width, TALL, {
    x: { type: "band", domain: months, label: null, padding: 0.2, ticks: months.filter((_, k) => k % step === 0), tickFormat: (name) => monthTick(utc(`${name}-01`), months.indexOf(name) ? 1 : 0) },
    y: { label: null, grid: true, ticks: 4, tickSize: 0, tickFormat: (value) => number(value) },
    marks: [
      Plot.barY(rows, { x: "month", y: "launched", fill: c.muted, fillOpacity: 0.45 }),
      Plot.barY(rows, { x: "month", y: "stopped", fill: c.b }),
      Plot.ruleY([0], { stroke: c.muted }),
    ],
  }));
}

// Frozen quantiles, a month each: nine in ten, half, and the median.
export function quantiles(rows, width, c, asShare) {
  const q = (level) => (row) => row.quantiles[level];
  return Plot.plot(base(c, width, TALL, {
    x: { type: "point", domain: rows.map((row) => row.from), label: null, padding: 0.5, tickFormat: (day) => monthTick(utc(day), rows.findIndex((row) => row.from === day)) },
    y: asShare ? share : { label: null, grid: true, ticks: 4, tickSize: 0, zero: true, nice: true, tickFormat: (value) => number(value) },
    marks: [
      Plot.ruleX(rows, { x: "from", y1: q("0.05"), y2: q("0.95"), stroke: c.b, strokeWidth: 8, strokeOpacity: 0.25 }),
      Plot.ruleX(rows, { x: "from", y1: q("0.25"), y2: q("0.75"), stroke: c.b, strokeWidth: 8, strokeOpacity: 0.5 }),
      Plot.dot(rows, { x: "from", y: q("0.50"), fill: c.b, stroke: c.paper, r: 4.5 }),
      ...(rows.some((row) => row.seen !== undefined) ? [Plot.dot(rows.filter((row) => row.seen !== undefined), { x: "from", y: "seen", symbol: "times", stroke: c.mark, strokeWidth: 2.4, r: 5 })] : []),
      Plot.ruleY([0], { stroke: c.muted }),
    ],
  }));
}

