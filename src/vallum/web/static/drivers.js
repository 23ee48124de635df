// What drives an outcome: what is not known by its share of the variance, each source believed alone, and the fact worth
// learning. Runs in the background.

import { json } from "./api.js";
import { button, el } from "./dom.js";
import { number, outcomeOf, percent, signed, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import { burnt, figure, stamp, table } from "./pictures.js";
import { background, count, ending, field, page, select, sentences } from "./question.js";

const FUTURES = 500;
const POINTS = [32, 64, 128, 256, 512];
const SHOWN = 12;

page("drivers", async ({ view, described, work, out }) => {
  const shelf = (await json("scenarios")).scenarios;
  const outcomes = ["", ...["ballistic", "cruise", "drone"].flatMap((kind) => [`leakers[${kind}]`, `stopped_share[${kind}]`]), "first_empty_battery", "cost_fired"];
  const outcome = el("input", { id: "outcome", list: "outcomes", placeholder: "leakers[ballistic]", maxlength: 100 });
  const points = select("points", POINTS.map((one) => [one, number(one)]));
  points.value = 64;
  const futures = count("futures", FUTURES, 100, 20000);
  const package_ = select("choice", [["", t("drivers.noChoice")], ...described.fits.filter((name) => !view.b.packages.includes(name)).map((name) => [name, shelf[name].title, "en"])]);
  work.append(
    el("div.fields", {},
      field(t("outcome"), outcome, t("drivers.outcome.hint")), field(t("drivers.points"), points, t("drivers.points.hint")),
      field(t("drivers.choice"), package_, t("drivers.choice.hint")), field(t("futures"), futures)),
    el("datalist", { id: "outcomes" }, outcomes.map((value) => el("option", { value }))),
    button(t("drivers.go"), () => ask({ ...view.b, kind: "sensitivity", outcome: outcome.value, points: Number(points.value), choice: package_.value ? [package_.value] : [], futures: Number(futures.value) }), { class: "main" }));
  const ask = background({ work, out }, "sensitivity", answered);
});

function answered(made) {
  return [
    el("section.card", {}, el("h2", { lang: "en" }, made.question), sentences(made.answer)),
    ranking(made), made.beliefs.length ? believed(made) : null, made.choice ? choice(made) : null,
    el("p.hint", {}, t("drivers.how", { points: number(made.points), lucks: number(made.lucks), noise: percent(made.noise) })),
    ending(made),
  ];
}

const lines = (made) => burnt({ as_of: made.as_of, stamp: stamp(made), band: t("drivers.band") });

function ranking(made) {
  const kept = made.drivers.filter((one) => one.total !== null).sort((one, other) => other.total - one.total);
  const rows = kept.map((one) => ({ ...one, key: one.name, value: Math.max(0, one.total), low: Math.max(0, one.total - one.total_error), high: Math.min(1, one.total + one.total_error), solid: !one.attacker, title: `${one.attacker ? "* " : ""}${one.title}` }));
  const whose = (one) => [one.attacker ? t("attacker") : t("drivers.defence"), one.published ? null : t("unpublished")].filter(Boolean).join(", ");
  const columns = [{ name: "title", heading: t("drivers.what") }, { name: "first", heading: t("drivers.first"), shown: percent }, { name: "total", heading: t("drivers.total"), shown: percent },
    { name: "total_error", heading: "±", shown: percent }, { name: "effect", heading: t("drivers.effect"), shown: number }, { name: "attacker", heading: t("drivers.whose"), shown: (_, row) => whose(row), numeric: false }];
  return [
    figure({
      name: "drivers", title: t("drivers.ranked", { outcome: outcomeOf(made.outcome) }), unit: t("drivers.unit"), lang: null,
      says: t("drivers.says", { what: rows[0].title, share: percent(rows[0].total), error: percent(rows[0].total_error), n: number(rows.length) }),
      draw: (width, colours) => drawings.ranked(rows.slice(0, SHOWN), width, colours, { whole: true, format: percent }),
      keys: (colours) => [[colours.b, t("drivers.ours")], ["", t("drivers.theirs")]], columns, rows: kept, lines: lines(made),
    }),
    el("details.card", {}, el("summary", {}, t("drivers.all", { n: made.drivers.length })), table(columns, made.drivers, t("drivers.all.hint"))),
  ];
}

function believed(made) {
  const rows = made.beliefs.slice(0, SHOWN).map((one, k) => ({ ...one, key: `${one.name} ${one.source} ${k}`, value: one.change, low: one.change - 2 * one.se, high: one.change + 2 * one.se, solid: one.told_apart, title: `${one.source.replaceAll("_", " ")}: ${titleOf(made, one.name)}` }));
  const most = rows[0];
  return figure({
    name: "believed", title: t("drivers.believed"), unit: t("drivers.believed.unit"), lang: null,
    says: t("drivers.believed.says", { what: most.title, change: signed(most.change, made.outcome.unit), mean: number(made.mean) }),
    draw: (width, colours) => drawings.ranked(rows, width, colours), keys: (colours) => [[colours.b, t("drivers.apart")], ["", t("notApart")]],
    columns: [{ name: "name", heading: t("drivers.what") }, { name: "source", heading: t("sources") }, { name: "best", heading: t("best"), shown: number }, { name: "mean", heading: outcomeOf(made.outcome), shown: number }, { name: "change", heading: t("compare.difference"), shown: number }, { name: "se", heading: "±", shown: number }],
    rows: made.beliefs, lines: lines(made),
  });
}

const titleOf = (made, name) => made.drivers.find((one) => one.name === name)?.title ?? name;

function choice(made) {
  const telling = made.choice.facts.filter((one) => one.changes);
  return el("section.card", {}, el("h2", {}, t("drivers.choice.title", { one: made.choice.options[0], other: made.choice.options[1] })),
    el("p", {}, made.choice.told_apart ? t("drivers.chosen", { chosen: made.choice.chosen, gain: number(made.choice.gain), se: number(made.choice.se) }) : t("notApart")),
    telling.length ? table([{ name: "name", heading: t("drivers.what"), shown: (name) => titleOf(made, name), numeric: false }, { name: "value", heading: t("drivers.worth"), shown: number }, { name: "se", heading: "±", shown: number }, { name: "turns", heading: t("drivers.turns"), shown: (turns) => turns.map((one) => one.range).join("; "), numeric: false }], telling, t("drivers.facts")) : el("p.hint", {}, t("drivers.noFact")));
}
