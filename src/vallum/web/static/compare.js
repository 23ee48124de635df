// Packages side by side in the same futures: a score card, no rank; whose doing it is, regret, and when each fails.

import { json } from "./api.js";
import { button, el, notice, tableOf } from "./dom.js";
import { about, has, number, outcomeOf, percent, signed, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import { burnt, figure, stamp, table } from "./pictures.js";
import { background, count, ending, field, page, sentences } from "./question.js";

const FUTURES = 500;
const MOST = 8;

page("compare", async ({ view, described, work, out }) => {
  const shelf = (await json("scenarios")).scenarios;
  const boxes = described.fits.filter((name) => !view.b.packages.includes(name)).map((name) => el("label", {}, el("input", { type: "checkbox", value: name, checked: name === "twenty-systems" || name === "licence" }), el("span", { lang: "en" }, shelf[name].title)));
  const futures = count("futures", FUTURES, 100, 20000);
  const together = el("input", { type: "checkbox", id: "together" });
  const start = () => {
    const chosen = boxes.map((one) => one.querySelector("input")).filter((one) => one.checked).map((one) => one.value);
    const beside = [...chosen, ...(together.checked && chosen.length > 1 ? [chosen.join("+")] : [])];
    if (!chosen.length) return notice(t("compare.none"), "bad");
    if (beside.length > MOST) return notice(t("compare.many", { n: MOST }), "bad");
    ask({ ...view.b, kind: "compare", beside, futures: Number(futures.value) });
  };
  work.append(
    el("fieldset.plain", {}, el("legend", {}, t("compare.choose")), el("div.checks", {}, boxes), el("div.checks", {}, el("label", {}, together, el("span", {}, t("compare.together"))))),
    el("div.fields", {}, field(t("futures"), futures)), button(t("compare.go"), start, { class: "main" }));
  const ask = background({ work, out }, "compare", answered);
});

const plain = (value, unit) => (value === null || value === undefined ? "–" : unit === "share" || unit === "probability" ? percent(value) : number(value));
// An outcome as the model names it: leakers[ballistic].
const textOf = (one) => (about(one).length ? `${one.name}[${about(one).join(", ")}]` : one.name);

function answered(made) {
  return [
    el("section.card", {}, el("h2", { lang: "en" }, made.question), sentences(made.answer)),
    scores(made), changes(made), ...made.packages.flatMap((option) => [behind(option)]).filter(Boolean),
    fails(made), criteria(made), regret(made),
    el("section.card", {}, el("h2", {}, t("compare.notModelled")), made.packages.map((option) => (option.not_modelled.length ? [el("h3", {}, option.name), el("ul", { lang: "en" }, option.not_modelled.map((line) => el("li", {}, line)))] : []))),
    ending(made),
  ];
}

// A row for each outcome, a column for each package.
function scores(made) {
  const cards = made.card.map((text) => made.packages.flatMap((option) => option.differences).find((one) => textOf(one) === text)).filter(Boolean);
  const cell = (option, one) => {
    const mine = option.differences.find((other) => textOf(other) === textOf(one));
    if (!mine) return "–";
    const said = has(`verdict.${mine.verdict}`) ? t(`verdict.${mine.verdict}`) : mine.verdict;
    if (mine.mean === 0 && mine.se === 0) return el("span.badge", {}, t("verdict.no change"));
    return [mine.told_apart ? el("b", {}, signed(mine.mean, mine.unit)) : signed(mine.mean, mine.unit), el("br"), el(`span.badge.${mine.told_apart ? tone(mine.verdict) : "open"}`, {}, said), el("br"), el("span.hint", {}, `${signed(mine.p5, mine.unit)} … ${signed(mine.p95, mine.unit)}`)];
  };
  const rows = cards.map((one) => [outcomeOf(one), plain(one.before, one.unit), ...made.packages.map((option) => el("div", {}, cell(option, one)))]);
  return el("section.card", {}, el("h2", {}, t("compare.card")), el("p.hint", {}, t("compare.card.hint")), tableOf([t("outcome"), t("compare.base"), ...made.packages.map((one) => el("span", { lang: "en", title: one.title }, one.name))], rows, t("pair.caption"), [false, true, ...made.packages.map(() => true)]));
}

const tone = (verdict) => ({ better: "good", worse: "wrong" }[verdict] ?? "open");

// The outcome that was asked for, package by package.
function changes(made) {
  const rows = made.packages.map((option) => {
    const one = option.differences.find((other) => textOf(other) === made.outcome);
    const said = one && (one.told_apart ? signed(one.mean, one.unit) : t(one.mean === 0 && one.se === 0 ? "verdict.no change" : "notApart"));
    return one && { ...one, said, key: option.name, title: `${option.name}: ${said}`, value: one.mean, low: one.p5, high: one.p95, solid: one.told_apart };
  }).filter(Boolean);
  if (!rows.length) return null;
  const unit = rows[0].unit;
  return figure({
    name: "compare", title: t("compare.change", { outcome: outcomeOf(rows[0]) }), unit: t("compare.change.unit"), lang: null,
    says: rows.map((one) => `${one.key}: ${one.said} (${t("band")} ${signed(one.p5, unit)} … ${signed(one.p95, unit)})`).join("; "),
    draw: (width, colours) => drawings.ranked(rows, width, colours, { format: (value) => signed(value, unit) }), keys: (colours) => [[colours.b, t("drivers.apart")], ["", t("notApart")]],
    columns: [{ name: "key", heading: t("compare.package") }, ...["before", "after", "mean", "p5", "p95"].map((name) => ({ name, heading: t(`compare.${name}`), shown: (value) => plain(value, unit) }))], rows,
    lines: burnt({ as_of: made.as_of, stamp: stamp({ ...made, scenario: made.base }) }),
  });
}

// What a package changes in the input, whose doing its effect is, its price, and what it would have to be.
function behind(option) {
  return el("details.card", {}, el("summary", {}, el("span", { lang: "en" }, option.title ?? option.name), " ", el("code", {}, option.name)),
    el("h3", {}, t("pair.inputs", { n: option.changes.length })), el("ul.changes", {}, option.changes.map((one) => el("li", {}, el("code", {}, one.path)))),
    attributed(option),
    option.cost?.paid ? el("p", {}, t("compare.paid", { n: number(option.cost.paid), each: option.cost.per_effect === null ? "–" : number(option.cost.per_effect) })) : null);
}

function attributed(option) {
  const first = option.attribution?.[0];
  if (!first || first.shares.length < 2) return option.attribution_note ? el("p.hint", { lang: "en" }, option.attribution_note) : [];
  const rows = first.shares.map((one, k) => ({ part: one.part, ...Object.fromEntries(option.attribution.slice(0, 3).map((of) => [textOf(of), `${signed(of.shares[k].mean, unitOf(option, of))} (± ${plain(of.shares[k].se, unitOf(option, of))})`])) }));
  return [el("h3", {}, t("compare.attribution")), table([{ name: "part", heading: t("compare.part") }, ...option.attribution.slice(0, 3).map((of) => ({ name: textOf(of), heading: outcomeOf(of), shown: String }))], rows, t("compare.attribution.hint"))];
}

// An effect that is taken apart has the unit of its difference.
const unitOf = (option, of) => option.differences.find((one) => textOf(one) === textOf(of))?.unit;

function fails(made) {
  if (!made.failing?.length) return null;
  return el("section.card", {}, el("h2", {}, t("compare.fails")), el("p.hint", {}, t("compare.fails.hint")), el("ul", { lang: "en" }, made.failing.map((line) => el("li", {}, line))));
}

function criteria(made) {
  if (!made.criteria.length) return null;
  const rows = made.criteria.map((one) => [el("span", { lang: "en" }, el("b", {}, one.name), el("span.hint", {}, ` ${one.meaning}`)), el("span", { lang: "en" }, one.picks.join(", ")), number(one.scores[one.picks[0]]), el("span", { lang: "en" }, one.cannot_be_told_apart.join(", ") || "–")]);
  return el("section.card", {}, el("h2", {}, t("compare.criteria")), tableOf([t("compare.criterion"), t("compare.picks"), t("size.value"), t("notApart")], rows, t("compare.criteria.hint"), [false, false, true, false]));
}

function regret(made) {
  if (!made.regret.length) return null;
  return el("section.card", {}, el("h2", {}, t("compare.regret")), table([{ name: "option", heading: t("compare.package") }, { name: "mean", heading: t("compare.mean.of"), shown: number }, { name: "p95", heading: "95 %", shown: number }, { name: "most", heading: t("compare.most"), shown: number }, { name: "best", heading: t("compare.noneBetter"), shown: percent }], made.regret, t("compare.regret.hint")));
}
