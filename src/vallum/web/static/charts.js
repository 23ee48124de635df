// Pictures from tables: each figure is drawn from the rows that its CSV holds. A is dashed, B has the bands. Colour never
// stands alone: lines differ in dash, bars have their order, their gaps and their words.

import { capital, language, money, month, named, number, percent, t } from "./i18n.js";

const THEMES = {
  light: { ink: "#18232f", muted: "#55616e", grid: "#dde2e8", b: "#0b62a8", a: "#8a4b00", paper: "#ffffff", land: "#e3e9ef", edge: "#ffffff", city: "#33414e", mark: "#b3261e",
    reasons: { missed: "#0072b2", dry: "#b3261e", held: "#8a7a00", saturated: "#cc79a7", blind: "#56b4e9", uncovered: "#e69f00" } },
  dark: { ink: "#e8edf2", muted: "#a9b5c1", grid: "#33404d", b: "#6db5f2", a: "#f0a94b", paper: "#151d26", land: "#2a3744", edge: "#151d26", city: "#d5dde5", mark: "#ff8a80",
    reasons: { missed: "#5aa9e6", dry: "#ff8a80", held: "#c9ba4b", saturated: "#e6a3c6", blind: "#9ad4f5", uncovered: "#f0b84b" } },
};
const REASONS = ["missed", "dry", "held", "saturated", "blind", "uncovered"];
// Room for the names of bars, and whose words stand above them.
const LEFT = 12;
// Width of a letter of the words in a bar, pixels.
const LETTER = 6.4;
export const FIGURES = ["stock", "leakers", "first_dry", "stopped_share", "cost"];

// While a page is printed its pictures are those of the light theme.
export const print = { is: false };
export const theme = () => {
  if (print.is) return THEMES.light;
  const chosen = document.documentElement.dataset.theme;
  return THEMES[chosen ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")];
};
export const paper = () => THEMES.light;

function records(figure) {
  const names = figure.columns.map((one) => one.name);
  return figure.rows.map((row) => Object.fromEntries(names.map((name, k) => [name, row[k]])));
}

export function base(colours, width, height, more = {}) {
  return {
    width, height, marginTop: 14, marginRight: 14, marginBottom: 34, marginLeft: 46,
    style: { background: "transparent", color: colours.ink, fontFamily: "system-ui, sans-serif", fontSize: "12px", overflow: "visible" },
    ...more,
  };
}

export const utc = (text) => new Date(`${text}T00:00:00Z`);
const locale = () => (language === "uk" ? "uk-UA" : "en-GB");
const shortMonth = (date) => new Intl.DateTimeFormat(locale(), { month: "short", timeZone: "UTC" }).format(date);
export const monthTick = (date, k) => (k === 0 || date.getUTCMonth() === 0 ? `${shortMonth(date)}\n${date.getUTCFullYear()}` : shortMonth(date));

// name, what is shown now (preview), what is pinned (preview or null) -> SVG
export function draw(name, b, a, width, colours = theme()) {
  if (!b.figures[name]) return null;
  const made = DRAWN[name](b, a?.figures[name] ? a : null, Math.max(280, width), colours);
  return spoken(made, alt(name, b, a));
}

export function alt(name, b, a) {
  const said = b.figures[name].says;
  return a?.figures[name] ? `B: ${said} A: ${a.figures[name].says}` : said;
}

// One picture with one text: roles and labels inside would be read one by one.
export function spoken(made, says) {
  const svg = made.tagName === "svg" ? made : made.querySelector("svg");
  for (const node of svg.querySelectorAll("*")) {
    for (const attribute of [...node.attributes]) if (attribute.name.startsWith("aria-") || attribute.name === "role") node.removeAttribute(attribute.name);
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", says);
  svg.removeAttribute("class");
  return svg;
}

const DRAWN = {
  stock(b, a, width, c) {
    const rows = records(b.figures.stock);
    const before = a ? records(a.figures.stock) : [];
    const kinds = [...new Set(rows.map((row) => row.interceptor))].slice(0, 3);
    const many = kinds.length > 1;
    const dated = (list) => list.filter((row) => kinds.includes(row.interceptor)).map((row) => ({ ...row, at: utc(row.date), kind: named("interceptor", row.interceptor) }));
    const now = dated(rows);
    const first = now.filter((row, k) => row.at.getUTCDate() === 1 || k === 0).map((row) => row.at);
    const ticks = [...new Set(first.map(Number))].map((value) => new Date(value));
    const step = Math.ceil(ticks.length / (width < 480 ? 7 : 12));
    const y = (low, high) => ({ x: "at", y1: low, y2: high, curve: "step-after", fill: c.b, ...(many ? { fy: "kind" } : {}) });
    const line = (value, more) => ({ x: "at", y: value, curve: "step-after", ...(many ? { fy: "kind" } : {}), ...more });
    return Plot.plot(base(c, width, many ? 150 * kinds.length + 60 : width > 370 ? 350 : 260, {
      x: { type: "utc", label: null, ticks: ticks.filter((_, k) => k % step === 0), tickFormat: monthTick, tickSize: 3 },
      y: { label: null, grid: true, ticks: 4, zero: true, nice: true },
      fy: many ? { label: null } : undefined,
      marks: [
        Plot.areaY(now, { ...y("p5", "p95"), fillOpacity: 0.18 }),
        Plot.areaY(now, { ...y("p25", "p75"), fillOpacity: 0.3 }),
        Plot.lineY(now, line("p50", { stroke: c.b, strokeWidth: 2.4 })),
        ...(a ? ["p5", "p95"].map((edge) => Plot.lineY(dated(before), line(edge, { stroke: c.a, strokeWidth: 1, strokeDasharray: "2,3" }))) : []),
        ...(a ? [Plot.lineY(dated(before), line("p50", { stroke: c.a, strokeWidth: 2.4, strokeDasharray: "7,4" }))] : []),
        Plot.ruleY([0], { stroke: c.muted }),
      ],
    }));
  },

  leakers(b, a, width, c) {
    const views = a ? [["A", a], ["B", b]] : [["", b]];
    const bars = [], ends = [];
    for (const [view, shown] of views) {
      const rows = records(shown.figures.leakers);
      for (const kind of [...new Set(rows.map((row) => row.class))]) {
        const mine = rows.filter((row) => row.class === kind);
        const all = mine.find((row) => row.reason === "all");
        if (!all?.share_of_launched) continue;
        let from = 0;
        const y = `${kind} ${view}`;
        for (const reason of REASONS) {
          const share = mine.find((row) => row.reason === reason)?.share_of_launched ?? 0;
          if (share > 0) bars.push({ y, view, kind, reason, x1: from, x2: from + share, share });
          from += share;
        }
        ends.push({ y, view, kind, x: from, all });
      }
    }
    const left = LEFT;
    const bar = { x1: "x1", x2: "x2", y: "y", fill: (one) => c.reasons[one.reason], insetLeft: 0.5, insetRight: 0.5 };
    const names = ends.map((one) => one.y);
    const words = (y) => {
      const one = ends.find((end) => end.y === y);
      return `${named("class", one.kind)}${one.view ? ` · ${one.view}` : ""}`;
    };
    const room = width - left - 20;
    const inside = (one) => `${named("reason", one.reason)} ${percent(one.share)}`;
    return Plot.plot(base(c, width, ends.length * 50 + 40, {
      marginLeft: left, marginRight: 20,
      x: { domain: [0, 1], label: null, ticks: [0, 0.25, 0.5, 0.75, 1], tickSize: 0, tickFormat: (value) => percent(value), grid: true },
      y: { domain: order(names), axis: null, padding: 0.56 },
      marks: [
        Plot.barX(bars.filter((one) => one.view === "A"), { ...bar, fillOpacity: 0.5 }),
        Plot.barX(ends.filter((one) => one.view === "A"), { x1: 0, x2: "x", y: "y", fill: "none", stroke: c.a, strokeWidth: 1.5, strokeDasharray: "6,3" }),
        Plot.barX(bars.filter((one) => one.view !== "A"), bar),
        Plot.text(bars.filter((one) => one.share * room > LETTER * inside(one).length + 8), { x: (one) => (one.x1 + one.x2) / 2, y: "y", text: inside, fill: (one) => (c === THEMES.light && ["missed", "dry"].includes(one.reason) ? "#ffffff" : "#10161c"), fontSize: 10.5, fontWeight: 600 }),
        Plot.text(ends, { x: 0, y: "y", dy: -19, textAnchor: "start", fill: c.ink, fontSize: 11.5, text: (one) => `${capital(words(one.y))}: ` + t("ofLaunched", { mean: number(one.all.mean), low: number(one.all.p5), high: number(one.all.p95), launched: number(one.all.mean / one.all.share_of_launched) }) }),
        Plot.ruleX([0], { stroke: c.muted }),
      ],
    }));
  },

  first_dry(b, a, width, c) {
    const wanted = (shown, view) => records(shown.figures.first_dry).filter((row) => row.month !== "never" && row.outcome === "first_empty_battery").map((row) => ({ ...row, view }));
    let rows = [...(a ? wanted(a, "A") : []), ...wanted(b, "B")];
    if (!rows.length) return Plot.plot(base(c, width, 60, { marks: [Plot.text([t("nothingRunsOut")], { frameAnchor: "middle" })] }));
    const months = [...new Set(rows.map((row) => row.month))];
    const step = Math.ceil(months.length / (width < 480 ? 6 : 12));
    return Plot.plot(base(c, width, Math.min(330, Math.max(220, Math.round(0.66 * width))), {
      x: { type: "band", domain: months, label: null, ticks: months.filter((_, k) => k % step === 0), tickFormat: (name) => monthTick(utc(`${name}-01`), months.indexOf(name)), padding: 0.25 },
      y: { domain: [0, 1], label: null, grid: true, ticks: [0, 0.25, 0.5, 0.75, 1], tickSize: 0, tickFormat: (value) => percent(value) },
      marks: [
        Plot.barY(rows.filter((row) => row.view === "B"), { x: "month", y: "by_end_of_month", fill: c.b, fillOpacity: 0.75 }),
        ...(a ? [Plot.tickY(rows.filter((row) => row.view === "A"), { x: "month", y: "by_end_of_month", stroke: c.a, strokeWidth: 3, strokeDasharray: "7,4" })] : []),
        ...(months.length <= 12 && width > 300 ? [Plot.text(rows.filter((row) => row.view === "B"), { x: "month", y: "by_end_of_month", dy: -8, fill: c.ink, fontSize: 11, text: (row) => percent(row.by_end_of_month) })] : []),
        Plot.ruleY([0], { stroke: c.muted }),
      ],
    }));
  },

  stopped_share(b, a, width, c) {
    const kind = b.headline.class;
    const mine = (shown) => records(shown.figures.stopped_share).filter((row) => row.class === kind && row.median !== null);
    const rows = mine(b);
    const months = rows.map((row) => row.month);
    const step = Math.ceil(months.length / (width < 480 ? 6 : 12));
    const told = rows.filter((row) => row.reported !== null);
    return Plot.plot(base(c, width, 220, {
      x: { type: "point", domain: months, label: null, ticks: months.filter((_, k) => k % step === 0), tickFormat: (name) => monthTick(utc(`${name}-01`), months.indexOf(name)), padding: 0.5 },
      y: { domain: [0, 1], label: null, grid: true, ticks: [0, 0.25, 0.5, 0.75, 1], tickSize: 0, tickFormat: (value) => percent(value) },
      marks: [
        ...(a ? [Plot.ruleX(mine(a), { x: "month", y1: "p5", y2: "p95", stroke: c.a, strokeWidth: 2, strokeDasharray: "3,3", dx: -9 }), Plot.dot(mine(a), { x: "month", y: "median", stroke: c.a, symbol: "square", dx: -9, r: 4, fill: c.paper })] : []),
        Plot.ruleX(rows, { x: "month", y1: "p5", y2: "p95", stroke: c.b, strokeWidth: 7, strokeOpacity: 0.3 }),
        Plot.dot(rows, { x: "month", y: "median", fill: c.b, r: 4.5 }),
        Plot.dot(told, { x: "month", y: "reported", symbol: "times", stroke: c.mark, strokeWidth: 2.4, r: 5, dx: 9 }),
        Plot.ruleY([0], { stroke: c.muted }),
      ],
    }));
  },

  cost(b, a, width, c) {
    const rows = [...(a ? records(a.figures.cost).map((row) => ({ ...row, view: "A" })) : []), ...records(b.figures.cost).map((row) => ({ ...row, view: "B" }))];
    const named_ = (row) => `${t(`cost.${row.what}`)}${a ? ` · ${row.view}` : ""}`;
    const kinds = ["fired", "systems"].filter((what) => rows.some((row) => row.what === what));
    const names = kinds.flatMap((what) => rows.filter((row) => row.what === what).map(named_));
    return Plot.plot(base(c, width, names.length * 52 + 40, {
      marginLeft: LEFT, marginRight: 26,
      x: { label: null, zero: true, grid: true, ticks: 4, nice: true, tickFormat: (value) => number(value / 1000) },
      y: { domain: names, axis: null, padding: 0.56 },
      marks: [
        Plot.barX(rows, { x: "median", y: named_, fill: (row) => (row.view === "A" ? c.a : c.b), fillOpacity: 0.7 }),
        Plot.ruleY(rows, { x1: "p5", x2: "p95", y: named_, stroke: c.ink, strokeWidth: 1.6 }),
        Plot.tickX(rows.flatMap((row) => [{ ...row, end: row.p5 }, { ...row, end: row.p95 }]), { x: "end", y: named_, stroke: c.ink, inset: 5 }),
        Plot.text(rows, { x: 0, y: named_, dy: -19, textAnchor: "start", fill: c.ink, fontSize: 11.5, text: (row) => `${capital(named_(row))}: ${money(row.median)} (${t("band")} ${number(row.p5)}–${number(row.p95)})` }),
        Plot.ruleX([0], { stroke: c.muted }),
      ],
    }));
  },
};

function order(names) {
  const kinds = [...new Set(names.map((name) => name.split(" ")[0]))];
  return kinds.flatMap((kind) => names.filter((name) => name.split(" ")[0] === kind));
}

// What the marks of a figure mean, as [sign, words]; a sign is a class of the style sheet, or a reason.
export function legend(name, b, a) {
  const second = a ? [["line-a", t("legend.a")]] : [];
  if (name === "stock") return [["line-b", t("legend.median")], ["half", t("legend.half")], ["nine", t("legend.nine")], ...second];
  if (name === "leakers") {
    const seen = new Set(records(b.figures.leakers).filter((row) => row.mean > 0).map((row) => row.reason));
    return REASONS.filter((reason) => seen.has(reason)).map((reason) => [`reason-${reason}`, named("reason", reason)]);
  }
  if (name === "first_dry") return [["bar-b", a ? "B" : t("legend.bar")], ...second];
  if (name === "stopped_share") return [["dot-b", t("legend.simulated")], ...(a ? [["dot-a", t("legend.aBand")]] : []), ...(records(b.figures.stopped_share).some((row) => row.reported !== null && row.class === b.headline.class) ? [["cross", t("legend.reported")]] : [])];
  return [["bar-b", a ? "B" : t("legend.medianBar")], ...(a ? [["bar-a", "A"]] : [])];
}

export const colourOf = (reason, colours = theme()) => colours.reasons[reason];
export { month, records };
