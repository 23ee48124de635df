// Where N systems would stand: assumed sites by region, the proof of the plan, simpler plans beside it, and what the next
// system adds. Runs in the background.

import { json } from "./api.js";
import { button, el, tableOf } from "./dom.js";
import { named, number, percent, signed, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import * as map from "./map.js";
import { burnt, figure, stamp } from "./pictures.js";
import { background, count, ending, field, page, select, sentences } from "./question.js";

const FUTURES = 200;
const HELD = "choices.batteries.";
const MOST = 60;

page("place", async ({ view, described, work, out }) => {
  const held = described.controls.filter((one) => one.path.startsWith(HELD));
  const sites = await json("hypothetical", view.b);
  const known = new Set(sites.systems.map((one) => one.system));
  const systems = held.map((one) => one.path.slice(HELD.length)).filter((name) => !known.size || known.has(name));
  if (!systems.length) return out.append(el("p", {}, t("place.none")));
  const of = (name) => held.find((one) => one.path === HELD + name);
  const system = select("system", systems.map((name) => [name, named("system", name)]));
  const many = count("count", Math.round(of(systems[0]).best), 1, MOST);
  const perSite = count("per-site", "", 1, MOST);
  const fixed = el("input", { id: "fixed", maxlength: 600 });
  const forbid = el("input", { id: "forbid", maxlength: 600 });
  const futures = count("futures", FUTURES, 50, 20000);
  system.addEventListener("change", () => { many.value = Math.round(of(system.value).best); });
  const names = (input) => input.value.split(",").map((one) => one.trim()).filter(Boolean);
  work.append(
    el("div.fields", {}, field(t("system"), system), field(t("place.count"), many), field(t("place.perSite"), perSite, t("place.perSite.hint")), field(t("futures"), futures)),
    el("details", {}, el("summary", {}, t("place.more")), el("div.fields", {}, field(t("place.fixed"), fixed, t("place.cities")), field(t("place.forbid"), forbid, t("place.cities")))),
    button(t("place.go"), () => ask({ ...view.b, kind: "place", system: system.value, count: Number(many.value), per_site: perSite.value ? Number(perSite.value) : null, fixed: names(fixed), forbid: names(forbid), futures: Number(futures.value) }), { class: "main" }));
  const geo = sites.table ? await map.geography(sites.table) : null;
  const ask = background({ work, out }, "place", (made) => answered(made, geo));
});

function answered(made, geo) {
  return [
    el("section.card", {}, el("h2", { lang: "en" }, made.question), sentences(made.answer), proof(made)),
    el("div.charts", {}, geo && made.regions.length ? maps(made, geo) : null, curve(made)),
    plans(made), regions(made, "regions", t("region")), regions(made, "sizes", t("place.size")), made.sites.length ? regions(made, "sites", t("place.site")) : null,
    ending(made),
  ];
}

const proof = (made) => el("p", {}, el("span.badge.good", {}, made.proof.gap === 0 ? t("place.proven") : t("place.within", { gap: percent(made.proof.gap) })), " ", el("span.hint", {}, t("place.proof.hint")));
const lines = (made) => burnt({ as_of: made.as_of, stamp: stamp(made), band: t("place.noBand") });

// The map of one plan; the others by a switch.
function maps(made, geo) {
  const box = el("div", {});
  const chosen = select("plan", made.plans.map((one) => [one.name, one.name, "en"]), { onchange: () => show(chosen.value) });
  const middle = Object.fromEntries(geo.regions.features.map((one) => [one.properties.name, one.properties]));
  const show = (plan) => {
    const systems = made.systems.map((one) => ({ system: one.system, count: one.count, radius_km: null,
      regions: made.regions.map((row) => ({ region: row.name, count: row.systems[plan][one.system], lat: middle[row.name]?.label_lat, lon: middle[row.name]?.label_lon })).filter((row) => row.count && row.lat !== undefined) }));
    const words = systems.flatMap((one) => one.regions.map((row) => `${named("region", row.region)} ${row.count}`)).join(", ");
    box.replaceChildren(figure({
      name: "place-map", title: t("place.map"), unit: t("figure.map.unit"), lang: null, says: `${t("place.plan")} “${plan}”: ${words}. ${t("map.caution")}`,
      draw: (width, colours) => map.drawn(geo, { systems }, width, colours), keys: (colours) => [[colours.b, t("legend.count")], [colours.city, t("legend.people")]],
      columns: [{ name: "region", heading: t("region") }, { name: "count", heading: t("count"), shown: number }], rows: systems.flatMap((one) => one.regions), lines: lines(made),
    }));
  };
  show(made.plans[0].name);
  return el("div", {}, el("p", {}, el("label", { for: "plan" }, `${t("place.plan")} `), chosen), box);
}

function curve(made) {
  const from = made.systems[0].count - made.curve.length + 1;
  const steps = made.curve.slice(1).map((cover, k) => ({ number: from + k + 1, cover, before: made.curve[k], adds: cover - made.curve[k] }));
  if (!steps.length) return null;
  const last = steps.at(-1);
  return figure({
    name: "place-curve", title: t("place.curve"), unit: t("place.curve.unit"), lang: null,
    says: t("place.curve.says", { n: last.number, adds: percent(last.adds), first: percent(steps[0].adds), cover: percent(last.cover) }),
    draw: (width, colours) => drawings.adding(steps, width, colours), keys: (colours) => [[colours.b, t("place.adds")], [`color-mix(in srgb, ${colours.b} 28%, transparent)`, t("place.cover")]],
    columns: [{ name: "number", heading: t("place.number"), shown: number }, { name: "adds", heading: t("place.adds"), shown: percent }, { name: "cover", heading: t("place.cover"), shown: percent }], rows: steps, lines: lines(made),
  });
}

function plans(made) {
  const best = made.plans.flatMap((one) => one.differences).find((one) => one.name === "leakers")?.before;
  const rows = made.plans.map((one) => {
    const change = one.differences.find((two) => two.name === "leakers");
    return [el("span", { lang: "en" }, el("b", {}, one.name), el("span.hint", {}, ` ${one.meaning}`)), percent(one.expected_cover), number(change ? change.after : best),
      change ? (change.told_apart ? el("b", {}, signed(change.mean)) : el("span.badge", {}, t("notApart"))) : "–", change ? `${signed(change.p5)} … ${signed(change.p95)}` : "–"];
  });
  return el("section.card", {}, el("h2", {}, t("place.plans")), tableOf([t("place.plan"), t("place.cover"), t("place.through"), t("place.against"), t("band")], rows, t("place.plans.hint"), [false, true, true, true, true]));
}

function regions(made, key, title) {
  const names = made.plans.map((one) => one.name);
  const many = (row, plan) => Object.values(row.systems[plan]).join(" + ");
  const rows = made[key].map((row) => [key === "regions" ? named("region", row.name) : row.name, number(row.people), number(row.expected_threats), percent(row.expected_cover), ...names.map((plan) => many(row, plan))]);
  return el("details.card", { open: key === "sizes" }, el("summary", {}, title), tableOf([title, t("place.people"), t("place.threats"), t("place.cover"), ...names.map((name) => el("span", { lang: "en" }, name))], rows, `${title}. ${t("map.caution")}`, [false, true, true, true, ...names.map(() => true)]));
}
