// Packages side by side in the same futures: a score card, no rank. Runs in the background; survives a reload.

import { json, Refused } from "./api.js";
import { $, button, el, notice, tableOf } from "./dom.js";
import { load, number, percent, t } from "./i18n.js";
import * as jobs from "./jobs.js";
import * as states from "./state.js";
import * as top from "./top.js";

const FUTURES = 500;

function told(value, unit) {
  if (value === null || value === undefined) return "–";
  return unit === "share" || unit === "probability" ? percent(value) : number(value);
}

function signed(value, unit) {
  const text = told(Math.abs(value), unit);
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${text}`;
}

function label(one) {
  return [one.name, one.class ?? one.type].filter(Boolean).join(" ").replaceAll("_", " ");
}

function card(made) {
  const parts = [el("h2", {}, made.question), ...made.answer.split("\n").map((line) => el("p", { lang: "en" }, line))];
  for (const option of made.packages) {
    const rows = option.differences.map((one) => [el("span", { lang: "en" }, label(one)), told(one.before, one.unit), told(one.after, one.unit), one.told_apart ? el("b", {}, signed(one.mean, one.unit)) : "–", `${signed(one.p5, one.unit)} … ${signed(one.p95, one.unit)}`, el("span.badge", {}, one.told_apart ? one.verdict : t("notApart"))]);
    parts.push(el("section.card", {},
      el("h3", {}, option.title ?? option.name, " ", el("code", {}, option.name)),
      tableOf([t("outcome"), "A", "B", t("compare.difference"), t("band"), t("compare.verdict")], rows, `${option.name}: ${t("pair.caption")}`, [false, true, true, true, true, false]),
      attributed(option), failing(option),
      el("h4", {}, t("compare.notModelled")), el("ul", { lang: "en" }, (option.not_modelled.length ? option.not_modelled : made.not_modelled).map((line) => el("li", {}, line)))));
  }
  parts.push(el("pre", { tabindex: "0" }, made.reproduce));
  return parts;
}

// Whose doing: parts of a package, for the first outcome of the card.
function attributed(option) {
  const first = option.attribution?.[0];
  if (!first || first.shares.length < 2) return option.attribution_note ? el("p.hint", { lang: "en" }, option.attribution_note) : [];
  return [el("h4", {}, t("compare.attribution")), el("ul", {}, first.shares.map((one) => el("li", {}, el("code", {}, one.part), `: ${signed(one.mean, "")} (± ${number(one.se)})`)))];
}

// Conditions under which a standard is missed, or held where missing is the rule.
function failing(option) {
  const told = option.fails.filter((one) => one.share > 0);
  if (!told.length) return [];
  const words = (one) => `${one.title} ${one.side === "above" ? ">" : "<"} ${number(one.value)}`;
  return [el("h4", {}, t("compare.fails")), el("ul", {}, told.map((one) => el("li", { lang: "en" }, el("code", {}, one.standard), `: ${t("compare.missed", { share: percent(one.share) })}`, one.conditions.length ? `; ${t(one.tells_when_it === "holds" ? "compare.holds" : "compare.fails.fails")} ${one.conditions.map(words).join(", ")}` : "")))];
}

async function begin() {
  await load();
  top.build();
  document.title = `${t("compare.title")} · vallum`;
  const { view } = states.read(location.search);
  const [shelf, described] = await Promise.all([json("scenarios"), json("scenario", view.b)]);
  const boxes = described.fits.filter((name) => !view.b.packages.includes(name)).map((name) => el("label", {}, el("input", { type: "checkbox", value: name, checked: name === "twenty-systems" || name === "licence" }), el("span", { lang: "en" }, shelf.scenarios[name].title)));
  const futures = el("input", { id: "futures", type: "number", min: 100, max: 20000, value: FUTURES });
  const work = el("section.card", {});
  const out = el("div", { id: "result", "aria-live": "polite" });
  const start = () => {
    const beside = boxes.map((one) => one.querySelector("input")).filter((one) => one.checked).map((one) => one.value);
    if (!beside.length) return notice(t("compare.none"), "bad");
    ask({ ...view.b, kind: "compare", beside: beside.slice(0, 8), futures: Number(futures.value) });
  };
  $("answer").append(el("h1", {}, t("compare.title")), el("p", {}, t("compare.hint")), el("p.hint", { lang: "en" }, `${described.title}${view.b.packages.length ? ` + ${view.b.packages.join(" + ")}` : ""}`), work, out);
  work.append(el("fieldset.plain", {}, el("legend", {}, t("compare.choose")), el("div.checks", {}, boxes)), el("div.fields", {}, el("div", {}, el("label", { for: "futures" }, t("futures")), futures)), button(t("compare.go"), start));
  const ask = jobs.desk(work, ["compare"], (job, made) => out.replaceChildren(...card(made)));
}

begin().catch((error) => notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad"));
