// All that is claimed: claims, parameters, sources and conflicts, to search.

import { json, Refused } from "./api.js";
import { $, el, notice, tableOf } from "./dom.js";
import { load, number, quantity, range, t } from "./i18n.js";
import { claimCard, conflictCard } from "./evidence.js";
import * as states from "./state.js";
import * as top from "./top.js";

const KINDS = ["claims", "parameters", "sources", "conflicts"];
const MOST = 60;
const REST = 250;
let waiting = 0;

const SHOWN = {
  claims: (rows) => rows.map(claimCard),
  conflicts: (rows) => rows.map(conflictCard),
  parameters: (rows) => [tableOf([t("name"), t("evidence.parameters"), t("best"), t("size.range"), t("sources")], rows.map((one) => [el("code", {}, one.name), el("span", { lang: "en" }, one.title), quantity(one.best, one.unit), range(one.low, one.high, one.unit), one.assumption ? el("span.badge.assumed", {}, t("assumption")) : one.claims.join(" ")]), t("evidence.parameters"), [false, false, true, true, false])],
  sources: (rows) => [el("ul", {}, rows.map((one) => el("li", {}, `${one.publisher}: `, /^https?:\/\//.test(one.address) ? el("a", { href: one.address, rel: "noreferrer noopener", target: "_blank" }, one.title) : one.title)))],
};

async function show(kind, text) {
  const made = kind === "conflicts" ? await json("conflicts") : await json(`evidence?what=${kind}&q=${encodeURIComponent(text)}`);
  const all = made.rows ?? made.conflicts;
  const rows = kind === "conflicts" && text ? all.filter((one) => JSON.stringify(one).toLowerCase().includes(text.toLowerCase())) : all;
  const more = rows.length > MOST ? ` ${t("evidence.first", { n: MOST })}` : "";
  $("found").replaceChildren(el("p.hint", { role: "status" }, t("evidence.n", { n: number(rows.length) }) + more), ...SHOWN[kind](rows.slice(0, MOST)));
}

async function begin() {
  await load();
  top.build();
  document.title = `${t("evidence.title")} · vallum`;
  const given = new URLSearchParams(location.search);
  const { view } = states.read(location.search);
  const kind = el("select", { id: "kind" }, KINDS.map((name) => el("option", { value: name, selected: given.get("what") === name }, t(`evidence.${name}`))));
  const search = el("input", { id: "search", type: "search", maxlength: 80, value: given.get("q") ?? "" });
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      history.replaceState(null, "", `?${states.written(view)}&what=${kind.value}&q=${encodeURIComponent(search.value)}`);
      show(kind.value, search.value).catch((error) => notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad"));
    }, REST);
  };
  kind.addEventListener("change", again);
  search.addEventListener("input", again);
  $("answer").append(el("h1", {}, t("evidence.title")), el("div.fields", {}, el("div", {}, el("label", { for: "kind" }, t("evidence.kind")), kind), el("div", {}, el("label", { for: "search" }, t("evidence.search")), search)), el("div", { id: "found" }));
  again();
}

begin();
