// One card for each figure: picture, legend, what it says, its numbers, and what can be taken away.

import { ask, Refused } from "./api.js";
import { $, button, copyText, el, notice, open, save, tableOf } from "./dom.js";
import { day, language, named, number, percent, quantity, t } from "./i18n.js";
import * as charts from "./charts.js";
import * as evidence from "./evidence.js";
import * as map from "./map.js";

const EXPORT_WIDTH = 760;
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
  node.querySelector(".legend").replaceChildren(...[["count", t("legend.count")], ["ring", t("legend.ring")], ["people", t("legend.people")]].map(([sign, words]) => el("li", {}, el(`i.${sign}`, { "aria-hidden": "true" }), words)));
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

// What a picture carries wherever it is copied to: sites are assumed, the band, the date of the knowledge, the standard.
export function burnt(b, a) {
  return [
    `${t("burnt.sites")} · ${t("burnt.band")} · ${t("burnt.asOf", { day: day(b.as_of) })}`,
    `${t("burnt.standard")} · vallum ${b.version}, ${b.title}, ${b.fingerprint.slice(0, 12)}, ${t("futuresSeed", { n: number(b.futures), seed: b.seed })}${a ? ` · A: ${a.fingerprint.slice(0, 12)}` : ""}`,
  ];
}

// A whole picture as SVG: title, what is drawn, legend in words, and what is burnt in; on white paper.
export function whole(name, { b, a, map: drawn }) {
  const colours = charts.paper();
  const inner = name === "map" ? map.drawn(drawn.geo, drawn.made, EXPORT_WIDTH, colours) : charts.draw(name, b, a, EXPORT_WIDTH, colours);
  const height = Number(inner.getAttribute("height"));
  const lines = [...burnt(b, a)];
  const keys = name === "map" ? [t("legend.count"), t("legend.ring"), t("legend.people")] : charts.legend(name, b, a).map(([sign, words]) => [sign, words]);
  const outer = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("viewBox", `0 0 ${EXPORT_WIDTH} ${height + 112}`).attr("width", EXPORT_WIDTH).attr("height", height + 112).attr("font-family", "system-ui, sans-serif").attr("role", "img").attr("aria-label", inner.getAttribute("aria-label"));
  outer.append("rect").attr("width", "100%").attr("height", "100%").attr("fill", colours.paper);
  outer.append("text").attr("x", 14).attr("y", 26).attr("font-size", 17).attr("font-weight", 700).attr("fill", colours.ink).text(t(`figure.${name}`));
  const key = outer.append("text").attr("x", 14).attr("y", 48).attr("font-size", 12).attr("fill", colours.muted);
  keys.forEach((one, k) => {
    const [sign, words] = Array.isArray(one) ? one : ["", one];
    if (sign.startsWith("reason-")) key.append("tspan").attr("fill", charts.colourOf(sign.slice(7), colours)).text(`${k ? "   " : ""}■ `);
    else key.append("tspan").text(k ? " · " : "");
    key.append("tspan").attr("fill", colours.muted).text(words);
  });
  inner.setAttribute("y", 58);
  inner.setAttribute("overflow", "visible");
  for (const style of inner.querySelectorAll("style")) style.remove();
  inner.setAttribute("font-size", 12);
  inner.setAttribute("fill", name === "map" ? "currentColor" : colours.ink);
  outer.node().append(inner);
  lines.forEach((line, k) => outer.append("text").attr("x", 14).attr("y", height + 82 + 17 * k).attr("font-size", 10.5).attr("fill", colours.muted).text(line));
  return outer.node();
}

export async function picture(name, view, form) {
  const svg = whole(name, view);
  const text = new XMLSerializer().serializeToString(svg);
  const file = `vallum-${view.state.scenario}-${name}.${form}`;
  const drawn = new Blob([text], { type: "image/svg+xml" });
  if (form === "svg") return save(file, drawn);
  save(file, await raster(drawn, svg.width.baseVal.value || Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))));
}

async function raster(drawn, width, height) {
  const address = URL.createObjectURL(drawn);
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(address);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function embed(name, { address }) {
  const source = `${location.origin}/embed?figure=${name}&${address}&lang=${language}`;
  const code = `<iframe src="${source}" title="${t(`figure.${name}`)}" width="760" height="460" style="border:0" loading="lazy"></iframe>`;
  open(t("embedTitle"), el("p", {}, t("embedHint")), el("pre", { tabindex: "0" }, code), el("p", {}, button(t("copy"), () => copyText(code)), " ", el("a", { href: source, target: "_blank" }, t("openIt"))));
}

export { percent };
