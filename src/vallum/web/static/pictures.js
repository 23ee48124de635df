// A picture on its way out of the page: framed with its title, its legend and what is burnt in, as SVG or PNG; and a card
// for a figure of any page: picture, what it says, its numbers, and what can be taken away.

import { $, button, el, open, save, tableOf } from "./dom.js";
import { day, number, t } from "./i18n.js";
import { paper, spoken, theme } from "./charts.js";

const WIDTH = 760;
const NARROW = 280;

// What a picture carries wherever it is copied to: sites are assumed, the band, the date of the knowledge, the standard.
export function burnt(made) {
  return [
    `${t("burnt.sites")} · ${made.band ?? t("burnt.band")}${made.as_of ? ` · ${t("burnt.asOf", { day: day(made.as_of) })}` : ""}`,
    `${made.standard ? t("burnt.standardOf", { what: made.standard }) : t("burnt.standard")} · ${made.stamp}`,
  ];
}

export const stamp = (made) => `vallum ${made.version}, ${made.scenario.name}${(made.scenario.packages ?? []).map((name) => ` + ${name}`).join("")}, ${made.scenario.fingerprint.slice(0, 12)}, ${made.futures ? t("futuresSeed", { n: number(made.futures), seed: made.seed }) : t("seedOnly", { seed: made.seed })}`;

// inner: an SVG; keys: what its marks mean, as [colour or "", words]; lines: what is burnt in
export function framed(inner, title, keys, lines) {
  const colours = paper();
  const height = Number(inner.getAttribute("height"));
  const outer = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("viewBox", `0 0 ${WIDTH} ${height + 112}`).attr("width", WIDTH).attr("height", height + 112).attr("font-family", "system-ui, sans-serif").attr("role", "img").attr("aria-label", inner.getAttribute("aria-label"));
  outer.append("rect").attr("width", "100%").attr("height", "100%").attr("fill", colours.paper);
  outer.append("text").attr("x", 14).attr("y", 26).attr("font-size", 17).attr("font-weight", 700).attr("fill", colours.ink).text(title);
  const key = outer.append("text").attr("x", 14).attr("y", 48).attr("font-size", 12).attr("fill", colours.muted);
  keys.forEach(([colour, words], k) => {
    if (colour) key.append("tspan").attr("fill", colour).text(`${k ? "   " : ""}■ `);
    else key.append("tspan").text(k ? " · " : "");
    key.append("tspan").attr("fill", colours.muted).text(words);
  });
  inner.setAttribute("y", 58);
  inner.setAttribute("overflow", "visible");
  for (const style of inner.querySelectorAll("style")) style.remove();
  inner.setAttribute("font-size", 12);
  if (!inner.hasAttribute("fill")) inner.setAttribute("fill", colours.ink);
  outer.node().append(inner);
  lines.forEach((line, k) => outer.append("text").attr("x", 14).attr("y", height + 82 + 17 * k).attr("font-size", 10.5).attr("fill", colours.muted).text(line));
  return outer.node();
}

export async function take(svg, name, form) {
  const drawn = new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });
  if (form === "svg") return save(`${name}.svg`, drawn);
  save(`${name}.png`, await raster(drawn, Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))));
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

// ---- a card for a figure ----

const drawnAgain = new Map();

// name: of its files; draw(width, colours) -> SVG; says: its finding; keys(colours): [colour, words];
// columns: [{name, heading, shown}], rows: objects by those names; lines: burnt in
export function figure({ name, title, unit = "", says, lang = "en", draw, keys = () => [], columns, rows, lines }) {
  const id = `figure-${name}`;
  const plot = el("div.plot", {});
  const legend = el("ul.legend", {});
  const again = () => {
    plot.replaceChildren(spoken(draw(Math.max(NARROW, plot.clientWidth || NARROW), theme()), says));
    legend.replaceChildren(...keys(theme()).map(([colour, words]) => el("li", {}, swatch(colour), words)));
  };
  const whole = () => framed(spoken(draw(WIDTH, paper()), says), title, keys(paper()), lines);
  drawnAgain.set(id, again);
  requestAnimationFrame(again);
  return el("section.card.figure", { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title, " ", el("span.hint", {}, unit)), legend, plot, el("p.says", { lang }, says),
    el("div.tools", { role: "group", "aria-label": t("takeFigure", { what: title }) },
      button(t("numbersTable"), () => open(title, table(columns, rows, says))),
      button("CSV", () => save(`vallum-${name}.csv`, new Blob([separated(columns, rows)], { type: "text/csv" }))),
      button("SVG", () => take(whole(), `vallum-${name}`, "svg")), button("PNG", () => take(whole(), `vallum-${name}`, "png"))));
}

function swatch(colour) {
  const made = el(colour ? "i" : "i.outlined", { "aria-hidden": "true" });
  made.style.background = colour || "transparent";
  return made;
}

export function table(columns, rows, caption) {
  const cell = (column, row) => (row[column.name] === null || row[column.name] === undefined ? "–" : column.shown ? (column.shown.length > 1 ? column.shown(row[column.name], row) : column.shown(row[column.name])) : String(row[column.name]));
  return tableOf(columns.map((one) => one.heading), rows.map((row) => columns.map((one) => cell(one, row))), caption, columns.map((one) => one.numeric ?? Boolean(one.shown)));
}

function separated(columns, rows) {
  const quoted = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const line = (cells) => cells.map((one) => quoted(one === null || one === undefined ? "" : String(one))).join(",");
  return `${[line(columns.map((one) => one.name)), ...rows.map((row) => line(columns.map((one) => row[one.name])))].join("\n")}\n`;
}

function redraw() {
  for (const [id, again] of drawnAgain) {
    if ($(id)) again();
    else drawnAgain.delete(id);
  }
}

let wide = innerWidth, sizing = 0;
document.addEventListener("vallum-theme", redraw);
addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; clearTimeout(sizing); sizing = setTimeout(redraw, 120); } });
