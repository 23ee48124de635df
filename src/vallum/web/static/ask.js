// An article or a question: its claims with a verdict each, the scenarios that answer it, what they assume, and what no
// model here can judge. What is short stands in the address; an article stays in this browser.

import { json } from "./api.js";
import { button, copyText, el } from "./dom.js";
import { capital, day, money, named, number, percent, range, t } from "./i18n.js";
import * as charts from "./charts.js";
import * as evidence from "./evidence.js";
import { figure, stamp, burnt } from "./pictures.js";
import { field, page, sentences, told } from "./question.js";
import * as states from "./state.js";

const KEY = "vallum.asked";
const SHORT = 300;
const FUTURES = 500;
const EXAMPLES = ["Eight missiles incoming and none left", "Twenty Patriot systems and a licence to build the missiles would be enough", "What if deliveries pause for 30 days?"];
const SIGNS = { supported: "✓", contradicted: "✗", "not checkable": "?", "out of scope": "–" };

page("ask", async ({ view, work, out }) => {
  const given = new URLSearchParams(location.search);
  const text = el("textarea", { id: "text", rows: 7, maxlength: 40000, "aria-describedby": "text-hint" });
  const as_of = el("input", { id: "as-of", type: "date" });
  text.value = given.get("q") ?? sessionStorage.getItem(KEY) ?? "";
  as_of.value = given.get("day") ?? "";
  const go = async () => {
    if (!text.value.trim()) return text.focus();
    remember(view, text.value, as_of.value);
    out.replaceChildren(el("p", { role: "status" }, t("loading")));
    try {
      out.replaceChildren(...answered(await json("ask", { text: text.value, as_of: as_of.value || null })));
    } catch (error) {
      out.replaceChildren();
      told(error);
    }
  };
  work.append(
    el("label.strong", { for: "text" }, t("ask.text")), text, el("p.hint", { id: "text-hint" }, t("ask.text.hint")),
    el("div.tools", {}, el("span.hint", {}, t("ask.examples")), EXAMPLES.map((one) => button(one, () => { text.value = one; go(); }, { lang: "en", class: "quiet" }))),
    el("div.fields", {}, field(t("ask.day"), as_of, t("ask.day.hint"))), button(t("ask.go"), go, { class: "main" }));
  document.querySelector(".subject").remove();
  if (text.value) await go();
});

function remember(view, text, as_of) {
  sessionStorage.setItem(KEY, text);
  const more = text.length <= SHORT ? `&q=${encodeURIComponent(text)}${as_of ? `&day=${as_of}` : ""}` : "";
  history.replaceState(null, "", `?${states.written(view)}${more}`);
}

function answered(made) {
  const counts = Object.keys(SIGNS).map((name) => [name, made.verdicts.filter((one) => one.verdict === name).length]).filter(([, many]) => many);
  return [
    el("section.card", {},
      el("h2", {}, t("ask.claims")),
      el("p.hint", {}, made.as_of ? t("asOf", { day: day(made.as_of) }) : t("ask.noDay"), " · ", t("ask.base"), " ", el("code", {}, made.base), " ", el("span", { lang: "en" }, `(${made.because})`)),
      counts.length ? el("p", {}, counts.map(([name, many]) => el(`span.badge.${kind(name)}`, {}, `${SIGNS[name]} ${many} ${t(`verdictOf.${name}`)}`))) : el("p", {}, t("ask.noClaim")),
      el("p.hint", {}, t("ask.supported")),
      made.verdicts.map(verdict)),
    el("section.card", {}, el("h2", {}, t("ask.scenarios")), made.proposals.length ? made.proposals.map(proposal) : el("p", {}, t("ask.noScenario"))),
    made.refused.length ? el("section.card", {}, el("h2", {}, t("ask.refused")), el("ul", { lang: "en" }, made.refused.map((line) => el("li", {}, line)))) : null,
  ].filter(Boolean);
}

const kind = (name) => ({ supported: "good", contradicted: "wrong" }[name] ?? "open");

function verdict(one) {
  return el("article.claim", {},
    el("p", {}, el(`span.badge.${kind(one.verdict)}`, {}, `${SIGNS[one.verdict]} ${t(`verdictOf.${one.verdict}`)}`), " ", el("b", { lang: "und" }, one.said)),
    one.sentence !== one.said ? el("blockquote", { lang: "und" }, one.sentence) : null,
    el("p", { lang: "en" }, one.speaker ? `${one.speaker}: ` : "", one.because),
    one.rows.length ? el("ul.hint", {}, one.rows.map((row) => el("li", { lang: "en" }, Object.entries(row).filter(([, value]) => value !== null && value !== "").map(([key, value]) => `${key.replaceAll("_", " ")}: ${value}`).join(", ")))) : null,
    one.claims.length ? button(`${t("claims", { n: one.claims.length })}: ${one.claims.join(", ")}`, () => evidence.ofClaims(one.said, one.claims), { class: "quiet" }) : null);
}

function stateOf(one) {
  const state = { ...states.fresh(one.scenario), packages: [...one.packages] };
  for (const change of one.set) state.set[change.path] = states.valueOf(change.value);
  return state;
}

function proposal(one, at) {
  const out = el("div", { "aria-live": "polite" });
  const state = one.scenario ? stateOf(one) : null;
  const list = (title, lines, badge = null) => (lines.length ? [el("h4", {}, title), el("ul", { lang: "en" }, lines.map((line) => el("li", {}, badge ? el("span.badge.assumed", {}, badge) : null, badge ? " " : null, line)))] : []);
  return el("article.claim", {},
    el("h3", { lang: "en" }, `${at + 1}. ${one.title}`), el("blockquote", { lang: "und" }, one.because),
    state ? el("div.tools", {}, button(t("ask.run"), () => run(state, out, one.template), { class: "main", "data-run": String(at) }), el("a.button", { href: `/?${states.written({ a: null, b: state })}` }, t("ask.open"))) : null,
    out,
    one.set.length ? [el("h4", {}, t("ask.filled")), el("ul", {}, one.set.map((change) => el("li", {}, el("code", {}, `${change.path} = ${change.value}`), " ", el("q", { lang: "und" }, change.said))))] : [],
    list(t("ask.notes"), one.notes), list(t("ask.assumes"), one.assumes, t("assumption")), list(t("ask.cannot"), one.cannot),
    one.command ? [el("pre", { tabindex: "0" }, one.command), button(t("copyCommand"), () => copyText(one.command), { class: "quiet" })] : []);
}

async function run(state, out, name) {
  out.replaceChildren(el("p", { role: "status" }, t("loading")));
  try {
    const b = await json("preview", { ...state, futures: FUTURES });
    const h = b.headline;
    const numbers = [
      h.runs_out && [t("card.out"), percent(h.runs_out.share)],
      h.gets_through && [capital(t("card.through", { class: named("class", h.class) })), `${number(h.gets_through.median)} (${t("band")} ${range(h.gets_through.p5, h.gets_through.p95)})`],
      h.cost.fired?.median && [t("card.cost"), money(h.cost.fired.median)],
    ].filter(Boolean);
    out.replaceChildren(
      el("p.hint", {}, `${t("futuresN", { n: number(b.futures) })} · ${t("asOf", { day: day(b.as_of) })}`), sentences(b.answer.join("\n")),
      el("dl.numbers", {}, numbers.map(([title, value]) => el("div", {}, el("dt", {}, title), el("dd", {}, value)))),
      b.figures.leakers ? picture("leakers", b, `${name}-leakers`) : "");
  } catch (error) {
    out.replaceChildren();
    told(error);
  }
}

function picture(name, b, file) {
  const shown = b.figures[name];
  const made = { version: b.version, scenario: { name: b.title, fingerprint: b.fingerprint }, futures: b.futures, seed: b.seed, as_of: b.as_of };
  return figure({
    name: file, title: t(`figure.${name}`), unit: t(`figure.${name}.unit`), says: shown.says,
    draw: (width, colours) => charts.draw(name, b, null, width, colours),
    keys: (colours) => charts.legend(name, b, null).map(([sign, words]) => [charts.colourOf(sign.slice(7), colours), words]),
    columns: shown.columns.map((one) => ({ name: one.name, heading: one.heading })), rows: charts.records(shown), lines: burnt({ ...made, stamp: stamp(made) }),
  });
}

