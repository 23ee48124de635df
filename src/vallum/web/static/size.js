// How many are enough: the least of the defence that meets a standard, with its curve. Runs in the background.

import { json, Refused } from "./api.js";
import { $, button, el, notice } from "./dom.js";
import { load, percent, t } from "./i18n.js";
import { theme } from "./charts.js";
import * as jobs from "./jobs.js";
import * as states from "./state.js";
import * as top from "./top.js";

const STANDARDS = ["stopped_share[ballistic] >= 0.3", "first_empty_battery never", "stopped_share[ballistic] >= 0.5", "first_empty_country never"];

function curve(made, width) {
  const c = theme();
  const sizes = made.sizes ?? [];
  const points = sizes.flatMap((one) => (one.curve ?? one.points ?? []).map((at) => ({ standard: one.standard?.text ?? one.standard, ...at })));
  if (!points.length) return "";
  const svg = Plot.plot({ width, height: 260, style: { background: "transparent", color: c.ink, fontSize: "12px" }, y: { domain: [0, 1], grid: true, label: null, tickFormat: (value) => percent(value) }, x: { label: t("size.value") }, marks: [Plot.lineY(points, { x: "value", y: "share", stroke: c.b, strokeWidth: 2, z: "standard" }), Plot.dot(points, { x: "value", y: "share", fill: c.b })] });
  for (const node of svg.querySelectorAll("[aria-label], [role]")) { node.removeAttribute("aria-label"); node.removeAttribute("role"); }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${t("size.curve")}. ${made.answer}`);
  return svg;
}

function answer(made) {
  return [el("h2", {}, made.question ?? t("size.title")), ...String(made.answer).split("\n").map((line) => el("p", { lang: "en" }, line)), curve(made, Math.min(760, $("answer").clientWidth - 40)), el("pre", { tabindex: "0" }, made.reproduce)];
}

async function begin() {
  await load();
  top.build();
  document.title = `${t("size.title")} · vallum`;
  const { view } = states.read(location.search);
  const described = await json("scenario", view.b);
  const mine = described.controls.filter((one) => one.group === "choices" && !one.threat);
  const vary = el("select", { id: "vary" }, mine.map((one) => el("option", { value: one.path }, one.label)), el("option", { value: "interceptors_a_month" }, t("unit.interceptors a month")));
  const between = el("input", { id: "between", value: "4:40", pattern: "[^:]+:[^:]+" });
  const standard = el("input", { id: "standard", list: "standards", value: STANDARDS[0] });
  vary.addEventListener("change", () => { const one = mine.find((control) => control.path === vary.value); between.value = one ? `${one.low || 1}:${2 * one.high}` : "0:400"; });
  const work = el("section.card", {});
  const out = el("div", { id: "result", "aria-live": "polite" });
  $("answer").append(el("h1", {}, t("size.title")), el("p", {}, t("size.hint")), el("p.hint", { lang: "en" }, described.title), work, out);
  work.append(el("div.fields", {}, el("div", {}, el("label", { for: "vary" }, t("size.vary")), vary), el("div", {}, el("label", { for: "between" }, t("size.range")), between), el("div", {}, el("label", { for: "standard" }, t("size.standard")), standard, el("datalist", { id: "standards" }, STANDARDS.map((one) => el("option", { value: one }))))), button(t("size.go"), () => ask({ ...view.b, kind: "size", vary: vary.value, between: between.value, standard: [standard.value] })));
  const ask = jobs.desk(work, ["size"], (job, made) => out.replaceChildren(...answer(made)));
}

begin().catch((error) => notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad"));
