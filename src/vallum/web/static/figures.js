// One card for each figure: picture, legend, what it says, its numbers, and what can be taken away.

import { ask, Refused } from "./api.js";
import { $, button, copyText, el, notice, open, save, tableOf } from "./dom.js";
import { language, named, quantity, t } from "./i18n.js";
import * as charts from "./charts.js";
import * as evidence from "./evidence.js";
import * as map from "./map.js";
import * as pictures from "./pictures.js";

const EXPORT_WIDTH = 760;
const MAP_KEYS = [["count", "legend.count"], ["ring", "legend.ring"], ["people", "legend.people"]];
const cards = new Map();

export function build(names, view) {
  const box = $("charts");
  for (const [name, node] of cards) if (!names.includes(name)) { node.remove(); cards.delete(name); }
  for (const name of names) {
    if (!cards.has(name)) cards.set(name, card(name, view));
    box.append(cards.get(name));
  }
}

function card(name, view) {
  const id = `figure-${name}`;
  const tools = [
    button(t("numbersTable"), () => numbers(name, view())),
    ...(name === "map" ? [] : [button("CSV", () => download(name, "csv", view())), button("Excel", () => download(name, "xlsx", view()))]),
    button("SVG", () => picture(name, view(), "svg")),
    button("PNG", () => picture(name, view(), "png")),
    ...(name === "map" ? [] : [button(t("embed"), () => embed(name, view()))]),
    evidence.link(() => view().described, t("sourcesOf", { what: t(`figure.${name}`) })),
  ];
  return el("section.card.figure", { id, "aria-labelledby": `${id}-title`, "data-figure": name },
    el("h2", { id: `${id}-title` }, t(`figure.${name}`), " ", el("span.hint.figure-unit", {}, unit(name))),
    el("ul.legend", {}), el("div.plot", {}), el("p.says", { lang: name === "map" ? language : "en" }),
    el("div.tools", { role: "group", "aria-label": t("takeFigure", { what: t(`figure.${name}`) }) }, tools));
}

const unit = (name) => (t(`figure.${name}.unit`) === `figure.${name}.unit` ? "" : t(`figure.${name}.unit`));

export function show(name, b, a) {
  const node = cards.get(name);
  if (!node) return;
  const plot = node.querySelector(".plot");
  const made = charts.draw(name, b, a, plot.clientWidth || 480);
  node.hidden = !made;
  if (!made) return;
  plot.replaceChildren(made);
  node.querySelector(".says").textContent = charts.alt(name, b, a);
  const items = charts.legend(name, b, a);
  const list = node.querySelector(".legend");
  const spelt = JSON.stringify([items, charts.theme().paper]);
  if (list.dataset.spelt !== spelt) {
    list.dataset.spelt = spelt;
    list.replaceChildren(...items.map(([sign, words]) => el("li", {}, sample(sign), words)));
  }
}

// A sign of the legend; the colour of a reason is that of its bar, in either theme.
function sample(sign) {
  const made = el(`i.${sign}`, { "aria-hidden": "true" });
  if (sign.startsWith("reason-")) made.style.background = charts.colourOf(sign.slice(7));
  return made;
}

export async function showMap(made, view) {
  const node = cards.get("map");
  const geo = made.table ? await map.geography(made.table) : null;
  if (!node) return;
  node.hidden = !geo;
  if (!geo) return;
  const plot = node.querySelector(".plot");
  plot.replaceChildren(map.drawn(geo, made, plot.clientWidth || 480));
  node.querySelector(".says").textContent = map.says(made);
  node.querySelector(".legend").replaceChildren(...MAP_KEYS.map(([sign, words]) => el("li", {}, el(`i.${sign}`, { "aria-hidden": "true" }), t(words))));
  view().map = { made, geo };
}

// ---- numbers ----

function numbers(name, { b, a, map: drawn }) {
  if (name === "map") {
    const rows = drawn.made.systems.flatMap((one) => one.regions.map((row) => [named("system", one.system), named("region", row.region), row.count]));
    return open(t("figure.map"), tableOf([t("system"), t("region"), t("count")], rows, map.says(drawn.made), [false, false, true]));
  }
  open(t(`figure.${name}`), ...[["A", a], ["B", b]].filter(([, one]) => one?.figures[name]).map(([view, one]) => table(one.figures[name], a ? view : "")));
}

function table(figure, view) {
  const numeric = figure.columns.map((one) => !["text", "month", "date", "class", "reason", "type"].includes(one.unit));
  const rows = figure.rows.map((row) => row.map((cell, k) => (cell === null ? "–" : numeric[k] ? quantity(cell, figure.columns[k].unit) : named(figure.columns[k].unit, cell))));
  return tableOf(figure.columns.map((one) => one.heading), rows, `${view ? `${view}: ` : ""}${figure.title}. ${figure.says}`, numeric);
}

// ---- taking away ----

async function download(name, form, { state, b }) {
  try {
    const answer = await ask("table", { ...state, futures: b.futures, table: name, form });
    save(`vallum-${state.scenario}-${name}.${form}`, await answer.blob());
  } catch (error) {
    notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad");
  }
}

// What a picture carries wherever it is copied to.
function lines(b, a) {
  const made = { version: b.version, scenario: { name: b.title, fingerprint: b.fingerprint }, futures: b.futures, seed: b.seed };
  return pictures.burnt({ as_of: b.as_of, stamp: `${pictures.stamp(made)}${a ? ` · A: ${a.fingerprint.slice(0, 12)}` : ""}` });
}

// A whole picture as SVG: title, what is drawn, legend in words, and what is burnt in; on white paper.
export function whole(name, { b, a, map: drawn }) {
  const colours = charts.paper();
  const inner = name === "map" ? map.drawn(drawn.geo, drawn.made, EXPORT_WIDTH, colours) : charts.draw(name, b, a, EXPORT_WIDTH, colours);
  const keys = name === "map" ? MAP_KEYS.map(([, words]) => ["", t(words)]) : charts.legend(name, b, a).map(([sign, words]) => [sign.startsWith("reason-") ? charts.colourOf(sign.slice(7), colours) : "", words]);
  return pictures.framed(inner, t(`figure.${name}`), keys, lines(b, a));
}

export const picture = (name, view, form) => pictures.take(whole(name, view), `vallum-${view.state.scenario}-${name}`, form);

function embed(name, { address }) {
  const source = `${location.origin}/embed?figure=${name}&${address}&lang=${language}`;
  const code = `<iframe src="${source}" title="${t(`figure.${name}`)}" width="760" height="460" style="border:0" loading="lazy"></iframe>`;
  open(t("embedTitle"), el("p", {}, t("embedHint")), el("pre", { tabindex: "0" }, code), el("p", {}, button(t("copy"), () => copyText(code)), " ", el("a", { href: source, target: "_blank" }, t("openIt"))));
}
