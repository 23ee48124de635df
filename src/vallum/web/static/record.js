// The record and the forecasts: monthly sums that are shipped, the reader's own copy if one was imported, its back-test, and
// frozen forecasts. No row of the record is shown.

import { json } from "./api.js";
import { $, button, el, notice } from "./dom.js";
import { capital, day, has, load, month, named, number, percent, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import * as jobs from "./jobs.js";
import { figure, table } from "./pictures.js";
import { select, told } from "./question.js";
import * as states from "./state.js";
import * as top from "./top.js";

const MAIN = ["ballistic", "cruise", "drone", "aeroballistic"];
const OURS = "vallum";
const counted = (name, heading) => ({ name, heading, shown: number });
const worded = (name, heading, shown = (text) => String(text).replaceAll("_", " ")) => ({ name, heading, shown, numeric: false });
const family = (name) => (has(`class.${name}`) ? named("class", name) : has(`family.${name}`) ? t(`family.${name}`) : name.replaceAll("_", " "));
const lines = (says) => [t("record.source"), `${t("burnt.standard")} · ${says}`];

async function begin() {
  await load(new URLSearchParams(location.search).get("lang"));
  top.build();
  document.title = `${t("record.title")} · vallum`;
  const [sums, kept, frozen] = await Promise.all([json("monthly"), json("records").catch(() => ({ records: [] })), json("forecasts").catch(() => ({ names: [] }))]);
  $("answer").append(el("h1", {}, t("record.title")), el("p", {}, t("record.hint")), monthly(sums), await own(kept.records), await forecasts(frozen, kept.records));
}

// A choice above a box that is filled anew with each choice.
function chosen(id, label, options, fill) {
  const box = el("div", { "aria-live": "polite" });
  const input = select(id, options, { onchange: () => show() });
  const show = async () => {
    try {
      box.replaceChildren(...[await fill(input.value)].flat().filter(Boolean));
    } catch (error) {
      told(error);
    }
  };
  show();
  return [el("p", {}, el("label", { for: id }, `${label} `), input), box];
}

// ---- what is shipped ----

function monthly({ columns, rows }) {
  const all = rows.map((row) => Object.fromEntries(columns.map((name, k) => [name, row[k]])));
  const names = [...new Set(all.map((row) => row.class))];
  const ordered = [...MAIN.filter((name) => names.includes(name)), ...names.filter((name) => !MAIN.includes(name))];
  return el("section", { "aria-label": t("record.monthly") }, chosen("class", t("record.class"), ordered.map((name) => [name, named("class", name)]), (name) => {
    const mine = all.filter((row) => row.class === name);
    const most = mine.reduce((one, other) => (other.launched > one.launched ? other : one));
    return figure({
      name: `record-${name}`, title: t("record.monthly"), unit: named("class", name), lang: null,
      says: t("record.monthly.says", { class: capital(named("class", name)), most: number(most.launched), month: month(most.month), from: month(mine[0].month), to: month(mine.at(-1).month) }),
      draw: (width, colours) => drawings.sums(mine, width, colours), keys: (colours) => [[colours.muted, t("record.launched")], [colours.b, t("record.stopped")]],
      columns: [worded("month", t("record.month"), month), counted("launched", t("record.launched")), counted("stopped", t("record.stopped")), counted("reports", t("record.reports")), counted("no_outcome", t("record.noOutcome")), worded("complete", t("record.complete"))], rows: mine, lines: lines(t("record.claim")),
    });
  }));
}

// ---- the reader's own copy ----

async function own(records) {
  const box = el("section.card", {}, el("h2", {}, t("record.own")));
  if (!records.length) {
    box.append(el("p", {}, t("record.none")), el("ol", {}, [t("record.step.get"), [t("record.step.import"), el("pre", { tabindex: "0" }, "vallum record import missile_attacks_daily.csv")], t("record.step.reload")].map((one) => el("li", {}, one))), el("p.hint", {}, t("record.licence")));
    return box;
  }
  box.append(...chosen("record", t("record.which"), records.map((one) => [one.name, one.name]), async (name) => summary(await json(`records/${name}`))));
  box.append(backtest(records));
  return box;
}

function summary(made) {
  const share = { name: "stopped_share", heading: t("record.share"), shown: percent };
  const shares = made.years.filter((row) => row.launched && row.share !== null);
  const folded = (title, columns, rows, open = false) => (rows.length ? el("details", { open }, el("summary", {}, title), el("div.tall", {}, table(columns, rows, title))) : null);
  return [
    el("p", {}, t("record.about", { first: day(made.first), last: day(made.last), nights: number(made.nights), reported: number(made.nights_reported) })),
    el("ul", { lang: "en" }, made.caveats.map((line) => el("li", {}, line))),
    folded(t("record.years"), [worded("period", t("record.year")), worded("family", t("record.class"), family), counted("launched", t("record.launched")), share, { name: "stopped_share_low", heading: "5 %", shown: percent }, { name: "stopped_share_high", heading: "95 %", shown: percent }, worded("regime", t("record.regime"))], shares, true),
    folded(t("record.sizes"), [worded("year", t("record.year")), worded("family", t("record.class"), family), counted("dates", t("record.nights")), counted("mean", t("record.mean")), counted("p90", "90 %"), counted("largest", t("record.largest"))], made.raid_sizes),
    folded(t("record.lulls"), [worded("family", t("record.class"), family), worded("from", t("explain.from"), day), worded("to", t("explain.to"), day), counted("nights", t("record.nights"))], made.lulls),
    folded(t("record.regimes"), [worded("from", t("explain.from"), day), worded("to", t("explain.to"), (text) => (text ? day(text) : "–")), worded("name", t("record.regime")), worded("what", t("record.what"))], made.regimes),
    el("p.hint", { lang: "en" }, made.licence),
  ];
}

function backtest(records) {
  const box = el("section", {}, el("h3", {}, t("backtest.title")), el("p", {}, t("backtest.hint")));
  const out = el("div", { "aria-live": "polite" });
  const { view } = states.read(location.search);
  box.append(button(t("backtest.go"), () => ask({ ...view.b, kind: "backtest", record: $("record").value || records[0].name, futures: 8 }), { class: "main" }));
  const ask = jobs.desk(box, ["backtest"], (job, made) => out.replaceChildren(...tested(made)));
  box.append(out);
  return box;
}

function tested(made) {
  const skill = made.skill.map((row) => ({ ...row, better: row.best === null || row[OURS] === null ? null : row[OURS] < row.best }));
  const mains = skill.filter((row) => row.quantity === "launched" || row.quantity === "stopped");
  const won = mains.filter((row) => row.better).length;
  const covered = made.coverage.filter((row) => row.family === "all");
  return [
    el("p", {}, t("backtest.says", { from: month(made.from), to: month(made.to), horizon: made.horizon, won, of: mains.length })),
    el("details", { open: true }, el("summary", {}, t("backtest.bands")), table([worded("quantity", t("backtest.quantity")), { name: "band", heading: t("backtest.band"), shown: percent }, { name: "inside", heading: t("backtest.inside"), shown: percent }, { name: "low", heading: "95 %", shown: percent }, { name: "high", heading: "", shown: percent }, counted("pairs", t("backtest.pairs"))], covered, t("backtest.bands"))),
    el("details", {}, el("summary", {}, t("backtest.skill")), table([worded("quantity", t("backtest.quantity")), worded("family", t("record.class"), family), counted(OURS, "vallum"), counted("best", t("backtest.best")), counted("ratio", t("backtest.ratio")), counted("months", t("backtest.months"))], skill, t("backtest.skill.hint"))),
  ];
}

// ---- frozen forecasts ----

async function forecasts({ names, folder }, records) {
  const box = el("section.card", {}, el("h2", {}, t("forecast.title")), el("p", {}, t("forecast.hint")));
  if (names.length) box.append(...chosen("forecast", t("forecast.which"), names.map((one) => [one, one]), async (name) => frozen(await json(`forecasts/${name}`), records)));
  else box.append(el("p", {}, t("forecast.none")));
  box.append(el("p.hint", {}, t("forecast.own"), " ", el("code", {}, folder ?? "VALLUM_HOME/forecasts")));
  return box;
}

function frozen(made, records) {
  const kinds = [...new Set(made.targets.map((one) => `${one.quantity}|${one.family}`))];
  const first = kinds.includes("launched|ballistic") ? "launched|ballistic" : kinds[0];
  const sorted = [first, ...kinds.filter((one) => one !== first)];
  const words = (kind) => { const [quantity, name] = kind.split("|"); return `${has(`quantity.${quantity}`) ? t(`quantity.${quantity}`) : quantity.replaceAll("_", " ")}: ${family(name)}`; };
  return [
    el("p", {}, el("span.badge.good", {}, t("forecast.proven")), ` ${t("forecast.about", { day: day(made.cutoff), n: number(made.targets.length) })} `, el("span", { lang: "en" }, made.question)),
    ...chosen("target", t("forecast.target"), sorted.map((kind) => [kind, words(kind)]), (kind) => {
      const rows = made.targets.filter((one) => `${one.quantity}|${one.family}` === kind).map((one) => ({ ...one, ...one.quantiles, day: one.from }));
      return picture(made, kind, words(kind), rows);
    }),
    ...(records.length ? [button(t("forecast.score"), () => score(made.name, records), { id: "score" }), el("div", { id: "scored", "aria-live": "polite" })] : []),
    el("p.hint", { lang: "en" }, made.made_from.licence ?? ""),
  ];
}

function picture(made, kind, title, rows) {
  const asShare = kind.startsWith("share|") || rows.every((one) => one.quantiles["0.95"] !== null && one.quantiles["0.95"] <= 1);
  const shown = asShare ? percent : number;
  const q = (level) => ({ name: level, heading: percent(Number(level)), shown });
  return figure({
    name: "forecast", title, unit: t("forecast.unit", { day: day(made.cutoff) }), lang: null,
    says: t("forecast.says", { from: day(rows[0].from), to: day(rows[0].to), median: shown(rows[0].quantiles["0.50"]), low: shown(rows[0].quantiles["0.05"]), high: shown(rows[0].quantiles["0.95"]) }),
    draw: (width, colours) => drawings.quantiles(rows, width, colours, asShare), keys: (colours) => [[colours.b, t("legend.median")], [`color-mix(in srgb, ${colours.b} 55%, transparent)`, t("forecast.half")], [`color-mix(in srgb, ${colours.b} 25%, transparent)`, t("forecast.nine")]],
    columns: [worded("from", t("explain.from"), day), worded("to", t("explain.to"), day), ...["0.05", "0.25", "0.50", "0.75", "0.95"].map(q)], rows, lines: [`${t("forecast.frozen", { day: day(made.cutoff) })} · ${t("forecast.band")}`, t("record.source")],
  });
}

async function score(name, records) {
  try {
    const made = await json(`forecasts/${name}/score?record=${$("record")?.value || records[0].name}`);
    $("scored").replaceChildren(
      el("p", {}, t("forecast.scored", { n: number(made.targets.length), open: number(made.open.length), last: day(made.last_night) })),
      made.skill.length ? table([worded("quantity", t("backtest.quantity")), worded("family", t("record.class"), family), counted("targets", t("backtest.pairs")), counted(OURS, "vallum"), { name: "inside_80", heading: "80 %", shown: percent }], made.skill, t("backtest.skill.hint")) : "");
  } catch (error) {
    told(error);
  }
}

begin().catch((error) => notice(error.message, "bad"));
