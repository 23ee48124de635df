// What the pages of the longer questions share: the view that the address carries, a form, work in the background, and a
// page that says what it cannot do.

import { json, Refused } from "./api.js";
import { $, el, notice } from "./dom.js";
import { load, number, t } from "./i18n.js";
import * as jobs from "./jobs.js";
import * as states from "./state.js";
import * as top from "./top.js";

// name: of the texts of the page; build({view, described, work, out}) puts the page together
export async function page(name, build) {
  try {
    await load(new URLSearchParams(location.search).get("lang"));
    const { view } = states.read(location.search);
    top.build();
    top.carry(view);
    document.title = `${t(`${name}.title`)} · vallum`;
    const opened = await json("opened", view.b);
    view.b = opened.state;
    const described = await json("scenario", view.b);
    const work = el("section.card", { "aria-label": t("asked") });
    const out = el("div.result", { id: "result", "aria-live": "polite" });
    $("answer").append(el("h1", {}, t(`${name}.title`)), el("p", {}, t(`${name}.hint`)), subject(view.b, described), work, out);
    if (opened.left_out.length) notice(t("link.leftOut"), "", el("ul", {}, opened.left_out.map((one) => el("li", {}, el("code", {}, one.name), `: ${one.why}`))), "link");
    await build({ view, described, work, out });
  } catch (error) {
    told(error);
  }
}

export function told(error) {
  notice(error instanceof Refused ? error.problems.join(" · ") : `${t("away")} (${error.message})`, "bad");
}

// Which scenario is asked about, with what is changed in it, and the way back to its sliders.
function subject(state, described) {
  const changes = Object.entries(state.set);
  return el("div.subject", {},
    el("p", {}, el("b", {}, `${t("about")}: `), el("span", { lang: "en" }, [described.title, ...state.packages].join(" + ")), " · ", el("a", { href: `/?${states.written({ a: null, b: state })}` }, t("about.change"))),
    changes.length ? el("p.hint", {}, `${t("changedN", { n: changes.length })}: `, changes.map(([path, value], k) => [k ? ", " : "", el("code", {}, `${path} = ${value}`)])) : null);
}

export function field(label, input, hint = "") {
  return el("div", {}, el("label", { for: input.id }, label), input, hint ? el("p.hint", {}, hint) : null);
}

export const select = (id, options, more = {}) => el("select", { id, ...more }, options.map(([value, words, lang]) => el("option", { value, lang: lang ?? null }, words)));

export const count = (id, value, min, max) => el("input", { id, type: "number", value, min, max, inputmode: "numeric" });

// Sentences of the model are English, whatever the page speaks.
export const sentences = (text, first = "first") => el("div.sentences", { lang: "en" }, String(text).split("\n").filter(Boolean).map((line, k) => el(k ? "p" : `p.${first}`, {}, line.replaceAll(" %", "\u00a0%"))));

// How an answer is made again, and what is not in it.
export function ending(made) {
  return el("section.card", {},
    el("h2", {}, t("limits")), el("ul", { lang: "en" }, (made.not_modelled ?? []).map((line) => el("li", {}, line))),
    made.warnings?.length ? el("ul", { lang: "en" }, made.warnings.map((line) => el("li", {}, line))) : null,
    made.reproduce ? [el("h3", {}, t("again")), el("pre", { tabindex: "0" }, made.reproduce)] : null);
}

// Work of one kind: shown(made, job) gives the parts of its answer.
export function background({ work, out }, kind, shown) {
  return jobs.desk(work, [kind], (job, made) => {
    const asked = job.asked;
    out.replaceChildren(el("p.hint", {}, `${t("answerOf")}: `, el("span", { lang: "en" }, [asked.scenario, ...asked.packages].join(" + ")), `${Object.keys(asked.set).length ? `, ${t("changedN", { n: Object.keys(asked.set).length })}` : ""}, ${kind === "size" ? t("seedOnly", { seed: asked.seed }) : t("futuresSeed", { n: number(asked.futures), seed: asked.seed })}`), ...[shown(made, job)].flat(9).filter(Boolean));
  });
}
