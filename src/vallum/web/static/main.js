// The first page: question, answer, pictures, sliders. State in, questions out, pictures in.

import { json, Newest, Refused } from "./api.js";
import { $, button, copyText, el, notice, open, tableOf } from "./dom.js";
import { capital, day, has, language, load, money, month, named, number, percent, range, t } from "./i18n.js";
import * as beside from "./beside.js";
import * as charts from "./charts.js";
import * as controls from "./controls.js";
import * as evidence from "./evidence.js";
import * as figures from "./figures.js";
import * as jobs from "./jobs.js";
import * as states from "./state.js";
import * as top from "./top.js";

// Futures of a preview, and of what follows when the hand rests; the rests in milliseconds.
const PREVIEW = 20;
const REFINED = [500, 2000];
const REST = 350;
const MAP_REST = 250;
// Moves of one slider that follow each other so soon are one step of the history, milliseconds.
const ONE_STEP = 800;
const stepped = { path: null, when: 0 };

const view = { apart: null, a: null, b: states.fresh(), shownA: null, shownB: null, described: null, shelf: {}, map: null, clean: true };
const seen = () => ({ state: view.b, b: view.shownB, a: view.a ? view.shownA : null, described: view.described, address: states.written(view), get map() { return view.map; }, set map(made) { view.map = made; } });
let resting = 0;
let mapResting = 0;
// Counts where somebody wants to go: of several steps back at once only the last is taken.
let going = 0;

const previews = new Newest("preview", "preview", arrived);
const pinned = new Newest("pinned", "preview", (made, asked) => { if (made && view.a && states.same(asked.tag, view.a)) { view.shownA = made; render(); } });
const pairs = new Newest("pair", "pair", (made, asked) => { if (made && view.a && fits(asked.tag)) showPair(made); });
const sites = new Newest("map", "hypothetical", (made, asked) => { if (made && states.same(asked.tag, view.b)) figures.showMap(made, seen); });
const fits = ({ a, b }) => states.same(a, view.a) && states.same(b, view.b);

// ---- moving ----

// paths: the value is for the first; `undefined` takes all of them out
function moved(paths, value, letGo) {
  for (const path of paths) if (path) delete view.b.set[path];
  if (value !== undefined) view.b.set[paths[0]] = value;
  changed(letGo, paths[0]);
}

function changed(letGo, path = null) {
  top.carry(view);
  $("answer").ariaBusy = "true";
  controls.show(view.described.controls, view.b);
  stateBar();
  question(PREVIEW, false);
  clearTimeout(resting);
  clearTimeout(mapResting);
  if (!letGo) return;
  remember(path);
  effects();
  resting = setTimeout(() => question(REFINED[0], true), REST);
  mapResting = setTimeout(() => sites.ask(states.copy(view.b), { tag: states.copy(view.b) }), MAP_REST);
}

function question(futures, again) {
  const b = states.copy(view.b);
  previews.ask({ ...b, futures }, { again, tag: b });
  if (!view.a) return;
  const a = states.copy(view.a);
  if (view.shownA?.futures !== futures || !states.same(view.shownA.of, a)) pinned.ask({ ...a, futures }, { again, tag: a });
}

function arrived(made, asked, newest, error) {
  if (error) return trouble(error);
  const mine = states.same(asked.tag, view.b);
  made.of = asked.tag;
  view.shownB = made;
  $("answer").classList.toggle("stale", !mine);
  $("answer").ariaBusy = String(!mine);
  render();
  if (!mine || !newest) return;
  if (view.a) pairs.ask({ a: view.a, b: view.b, futures: made.futures }, { again: made.futures > PREVIEW, tag: { a: states.copy(view.a), b: states.copy(view.b) } });
  const next = REFINED.find((many) => many > made.futures);
  clearTimeout(resting);
  if (next) resting = setTimeout(() => question(next, true), made.futures === PREVIEW ? REST : 50);
}

function trouble(error) {
  if (!(error instanceof Refused)) return;
  $("answer").classList.add("stale");
  $("answer").ariaBusy = "false";
  notice(error.problems.join(" · "), "bad", null, "refused");
}

// ---- showing ----

function render() {
  const b = view.shownB;
  if (!b) return;
  const a = view.a ? view.shownA : null;
  document.querySelectorAll('[data-name="refused"]').forEach((one) => one.remove());
  document.title = `${b.title} · vallum`;
  sentences(b);
  cards(b, a);
  for (const name of charts.FIGURES) figures.show(name, b, a);
  standards(b, a);
  sure(b);
}

function sentences(b) {
  $("question").textContent = b.question || b.title;
  $("question").lang = "en";
  const lines = language === "en" ? b.answer : own(b);
  $("sentences").replaceChildren(...lines.filter(Boolean).map((line, k) => el(k ? "p" : "p.first", {}, bound(line))), ...(language === "en" ? [] : [el("details", {}, el("summary", {}, t("english")), b.answer.map((line) => el("p", { lang: "en" }, line)))]));
}

// A number and its sign stay on one line.
const bound = (line) => line.replaceAll(" %", "\u00a0%");

// The answer from its numbers, in the reader's language; the model's own sentences are English.
function own(b) {
  const { runs_out: out, gets_through: through, end } = b.headline;
  const lines = [];
  if (out) lines.push(t("own.out", { share: percent(out.share), day: day(end), never: percent(1 - out.share), all: percent(out.all_at_once) }));
  if (through) {
    const why = Object.entries(through.reasons).filter(([, share]) => share >= 0.01).map(([reason, share]) => `${percent(share)} ${named("reason", reason)}`);
    lines.push(t("own.through", { launched: number(through.launched_mean), class: named("class", b.headline.class), median: number(through.median), low: number(through.p5), high: number(through.p95), why: why.join(", ") }));
  }
  return lines;
}

function sure(b) {
  const out = b.headline.runs_out;
  const error = out?.se ? t("sure.error", { error: number(100 * out.se, 2) }) : "";
  const last = b.futures >= REFINED.at(-1);
  $("sure").textContent = `${t("futuresN", { n: number(b.futures) })}${error} · ${t(last ? "sure.done" : "sure.refining")} · ${t("asOf", { day: day(b.as_of) })}`;
}

const CARDS = {
  out: (h) => h.runs_out && [percent(h.runs_out.share), t("card.out.band", { day: day(h.end), error: number(100 * h.runs_out.se, 2) }) + firstMonth(h.runs_out)],
  through: (h) => h.gets_through && [number(h.gets_through.median), `${t("band")} ${range(h.gets_through.p5, h.gets_through.p95)}, ${t("card.through.of", { launched: number(h.gets_through.launched) })}`],
  stopped: (h) => h.stopped && [percent(h.stopped.median), `${t("band")} ${range(h.stopped.p5, h.stopped.p95, "share")}${h.gets_through ? `; ${t("card.stopped.covered", { share: percent(h.gets_through.reasons.uncovered ?? 0) })}` : ""}`],
  cost: (h) => h.cost.fired && h.cost.fired.median && [money(h.cost.fired.median), `${t("band")} ${range(h.cost.fired.p5, h.cost.fired.p95)}${h.cost.systems?.median ? `; ${t("card.cost.systems", { cost: money(h.cost.systems.median) })}` : ""}`],
};

function firstMonth(out) {
  const half = out.by_month.find(([, share]) => share >= 0.5);
  return half ? `; ${t("card.out.half", { month: month(half[0]) })}` : "";
}

function cards(b, a) {
  const made = Object.entries(CARDS).map(([key, of]) => {
    const now = of(b.headline);
    const before = a ? of(a.headline) : null;
    if (!now) return null;
    const title = capital(t(`card.${key}`, { class: named("class", b.headline.class) }));
    return el("article.number-card", { "data-card": key }, el("h3", {}, title),
      a ? el("p.of-a", {}, el("span.tag.a", {}, "A"), " ", el("b", {}, before?.[0] ?? "–"), " ", el("span.hint", {}, before?.[1] ?? "")) : null,
      el("p.of-b", {}, a ? el("span.tag.b", {}, "B") : null, a ? " " : null, el("b", {}, now[0])), el("p.hint", {}, now[1]),
      evidence.link(() => view.described, t("sourcesOf", { what: title })));
  });
  const focus = document.activeElement?.closest?.(".number-card")?.dataset.card;
  $("cards").replaceChildren(...made.filter(Boolean));
  if (focus) document.querySelector(`.number-card[data-card="${focus}"] button`)?.focus();
}

function standards(b, a) {
  const rows = b.standards.map((one, k) => [el("div", {}, enough(one.text), el("code.hint", {}, one.text)), ...(a ? [percent(a.standards[k]?.share)] : []), `${percent(one.share)}${one.se ? ` ± ${number(100 * one.se, 2)}` : ""}`]);
  $("standards").hidden = !rows.length;
  const heads = [t("standard"), ...(a ? ["A"] : []), a ? "B" : t("met")];
  $("standards").replaceChildren(el("h2", { id: "standards-title" }, t("standards")), el("p.hint", {}, t("standards.hint")), tableOf(heads, rows, t("standards.caption"), [false, true, true]));
}

// A usual standard in words: `stopped_share[ballistic] >= 0.5`.
function enough(text) {
  const [, outcome, kind] = text.match(/^(\w+)(?:\[(\w+)\])?/) ?? [];
  return has(`enough.${outcome}`) ? el("div", {}, t(`enough.${outcome}`, { class: named("class", kind) })) : null;
}

function effects() {
  $("effects").replaceChildren(el("h2", { id: "effects-title" }, t("effects")), el("p.hint", {}, t("effects.hint")), ...beside.effects(view.b, (name) => go({ ...states.copy(view.b), packages: [...view.b.packages, name] })));
}

function showPair(made) {
  const box = $("pair");
  box.hidden = false;
  // what was taken apart stays while the same pair is refined
  if (!view.apart || !fits(view.apart)) view.apart = { a: states.copy(view.a), b: states.copy(view.b), box: el("div", {}, beside.attribution(states.copy(view.a), states.copy(view.b))) };
  const rows = made.differences.map((one) => [el("span", { lang: "en" }, one.words.outcome), one.words.before, one.words.after, one.told_apart ? el("b", {}, one.words.change) : el("span.badge", {}, t("notApart")), one.words.band || "–"]);
  const mine = made.inputs.map((one) => el("li", {}, el("code", {}, one.path), `: ${shown(one.before)} → ${shown(one.after)} `, made.threat.includes(one.path) ? el("span.badge", {}, t("attacker")) : null, one.path in view.b.set ? button(t("reset"), () => moved([one.path], undefined, true), { class: "quiet", "aria-label": t("resetOne", { what: one.path }) }) : null));
  box.replaceChildren(
    el("h2", {}, t("pair")), el("p.hint", {}, t("pair.hint", { n: number(made.futures) })),
    el("h3", {}, t("pair.inputs", { n: made.inputs.length })), mine.length ? el("ul.changes", {}, mine) : el("p", {}, t("pair.same")),
    tableOf([t("outcome"), "A", "B", "B − A", t("band")], rows, t("pair.caption"), [false, true, true, true, true]),
    view.apart.box,
    el("p", {}, el("a", { href: `/compare.html?${states.written({ a: null, b: view.b })}` }, t("pair.more"))));
}

const shown = (value) => (value === null ? t("nothing") : typeof value === "number" ? number(value, 6) : String(value));

function stateBar() {
  const many = Object.keys(view.b.set).length;
  $("state-bar").replaceChildren(
    el("p.hint", {}, many ? t("changedN", { n: many }) : t("asPlanned")),
    el("div.tools", {},
      view.a ? button(t("unpin"), unpin) : button(t("pin"), pin),
      button(t("resetAll"), () => { view.b.set = {}; changed(true); }, { disabled: !many })));
}

function pin() {
  view.a = states.copy(view.b);
  view.shownA = view.shownB && states.same(view.shownB.of, view.b) ? view.shownB : null;
  if (!view.shownA) pinned.ask({ ...view.a, futures: PREVIEW }, { tag: states.copy(view.a) });
  notice(t("pinned"), "good");
  changed(true);
}

function unpin() {
  view.a = view.shownA = null;
  $("pair").hidden = true;
  changed(true);
}

function packages() {
  const mine = view.described.fits;
  const about = (name) => view.shelf[name];
  const scenarios = Object.entries(view.shelf).filter(([, one]) => one.kind === "scenario");
  const select = el("select", { id: "scenario", onchange: () => go({ ...states.fresh(select.value), seed: view.b.seed }) }, scenarios.map(([name, one]) => el("option", { value: name, selected: name === view.b.scenario }, one.title)));
  $("packages").replaceChildren(
    el("label", { for: "scenario" }, t("scenario")), select,
    el("p.hint", {}, t("packages.hint")),
    el("div.package-list", {}, mine.map((name) => {
      const on = view.b.packages.includes(name);
      return button(el("span", { lang: "en" }, about(name).title), () => go({ ...states.copy(view.b), packages: on ? view.b.packages.filter((one) => one !== name) : [...view.b.packages, name] }), { "aria-pressed": String(on), title: about(name).question, class: "package" });
    })));
}

// ---- where we are: address, back, undo ----

async function go(state, keep = true) {
  const mine = ++going;
  try {
    const described = await json("scenario", state);
    if (mine !== going) return;
    view.b = state;
    settle(described);
    if (keep) remember();
    changed(false);
    resting = setTimeout(() => question(REFINED[0], true), REST);
    sites.ask(states.copy(view.b), { tag: states.copy(view.b) });
    document.dispatchEvent(new Event("vallum-went"));
  } catch (error) {
    if (error instanceof Refused) notice(error.problems.join(" · "), "bad");
  }
}

function settle(described) {
  view.described = described;
  controls.build(described.controls, () => view.b, moved);
  const clamped = controls.show(described.controls, view.b);
  for (const one of clamped) notice(t("outOfRange", one), "", null, `range-${one.what}`);
  packages();
  limits(described);
  effects();
  stateBar();
}

function limits(described) {
  $("limits").replaceChildren(el("h2", { id: "limits-title" }, t("limits")), el("p", {}, t("limits.hint")), el("ul", {}, described.not_modelled.map((line) => el("li", { lang: "en" }, line))), described.live ? el("p.hint", {}, t("live")) : "", described.warnings.length ? el("ul", {}, described.warnings.map((line) => el("li", { lang: "en" }, line))) : "");
}

const place = () => history.state?.at ?? 0;
const last = () => Math.max(Number(sessionStorage.getItem("vallum.last") ?? 0), place());

// path: what was moved; presses of one key after another on one slider are one step
function remember(path = null) {
  const address = `/?${states.written(view)}`;
  if (`${location.pathname}${location.search}` === address) return;
  const goesOn = path && path === stepped.path && performance.now() - stepped.when < ONE_STEP;
  Object.assign(stepped, { path, when: performance.now() });
  const at = place() + (goesOn ? 0 : 1);
  history[goesOn ? "replaceState" : "pushState"]({ at }, "", address);
  sessionStorage.setItem("vallum.last", at);
  undoing();
}

function undoing() {
  $("undo").disabled = place() <= 0;
  $("redo").disabled = place() >= last();
}

async function restore() {
  const mine = ++going;
  const { view: read, notes } = states.read(location.search);
  for (const [key, given] of notes) notice(t(`link.${key}`, given));
  const [b, a] = [await opened(read.b), read.a ? await opened(read.a) : null];
  if (mine !== going) return;
  view.a = a;
  view.shownA = null;
  if (!view.a) $("pair").hidden = true;
  await go(b, false);
  if (view.a) pinned.ask({ ...view.a, futures: PREVIEW }, { tag: states.copy(view.a) });
  undoing();
}

// A link may name what is no longer there: open the rest, and say what was left out.
async function opened(state) {
  const made = await json("opened", state);
  if (made.left_out.length) notice(t("link.leftOut"), "", el("ul", {}, made.left_out.map((one) => el("li", {}, el("code", {}, one.name), `: ${one.why}`))), "link");
  return made.state;
}

// ---- taking away ----

function tools() {
  return [
    button(t("undo"), () => history.back(), { id: "undo", disabled: true, "aria-keyshortcuts": "Control+Z" }),
    button(t("redo"), () => history.forward(), { id: "redo", disabled: true, "aria-keyshortcuts": "Control+Y" }),
    button(t("share.short"), share, { id: "share" }),
  ];
}

function share() {
  const address = () => `${location.origin}/?${states.written(view)}`;
  const name = el("input", { id: "link-name", pattern: "[a-z0-9][a-z0-9-]{0,59}", maxlength: 60, placeholder: "winter-more-rounds", "aria-describedby": "link-hint" });
  const keep = async () => {
    try {
      const made = await json("links", { name: name.value, address: states.written(view) });
      copyText(location.origin + made.path, t("linkKept", { path: made.path }));
    } catch (error) {
      notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad");
    }
  };
  open(t("share"), el("pre", { tabindex: "0" }, address()), el("p", {}, button(t("copyLink"), () => copyText(address()))),
    el("h3", {}, t("shortLink")), el("p.hint", { id: "link-hint" }, t("shortLink.hint")), el("p", {}, el("label", { for: "link-name" }, t("name"), " "), name, " ", button(t("keep"), keep)),
    el("h3", {}, t("asCommand")), el("pre", { tabindex: "0" }, states.command(view.b, 2000)), el("p", {}, button(t("copyCommand"), () => copyText(states.command(view.b, 2000)))),
    el("h3", {}, t("asPython")), el("pre", { tabindex: "0" }, states.script(view.b, 2000)), el("p", {}, button(t("copyPython"), () => copyText(states.script(view.b, 2000)))));
}

function take() {
  const box = $("take");
  const begin = jobs.desk(box, ["run", "report"]);
  const ask = (kind) => begin({ ...states.copy(view.b), futures: 2000, kind });
  box.prepend(el("h2", { id: "take-title" }, t("take")), el("p.hint", {}, t("take.hint")), el("div.tools", {}, button(t("takeReport"), () => ask("report")), button(t("takeRun"), () => ask("run")), button(t("asCommand"), () => copyText(states.command(view.b, 2000))), button(t("asPython"), () => copyText(states.script(view.b, 2000)))));
}

function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || /^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "range") return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey && !$("undo").disabled) { event.preventDefault(); history.back(); }
  if ((key === "y" || (key === "z" && event.shiftKey)) && !$("redo").disabled) { event.preventDefault(); history.forward(); }
}

// A step within the page is no step of its history: the address is the view.
function within(event) {
  event.preventDefault();
  const target = $(event.currentTarget.getAttribute("href").slice(1));
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}

async function begin() {
  await load(new URLSearchParams(location.search).get("lang"));
  top.build(tools());
  figures.build(["stock", "leakers", "first_dry", "map", "stopped_share", "cost"], seen);
  take();
  if (history.state?.at === undefined) history.replaceState({ at: 0 }, "");
  view.shelf = (await json("scenarios")).scenarios;
  await restore();
  addEventListener("popstate", restore);
  addEventListener("keydown", keys);
  for (const link of document.querySelectorAll('a[href^="#"]')) link.addEventListener("click", within);
  document.addEventListener("vallum-theme", redraw);
  document.addEventListener("vallum-back", () => question(PREVIEW, false));
  let wide = innerWidth;
  let sizing = 0;
  addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; clearTimeout(sizing); sizing = setTimeout(redraw, 120); } });
}

function redraw() {
  render();
  if (view.map) figures.showMap(view.map.made, seen);
}

begin().catch((error) => notice(error instanceof Refused ? error.problems.join(" · ") : `${t("away")} (${error.message})`, "bad"));
