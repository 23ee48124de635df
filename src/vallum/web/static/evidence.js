// What a number rests on: its claims with who, when and where, its conflicts, and what is assumed.

import { json } from "./api.js";
import { button, el, open } from "./dom.js";
import { day, named, number, quantity, range, t, withUnit } from "./i18n.js";

const WEB = /^https?:\/\/[^\s]+$/;

export function claimCard(one) {
  const value = one.value !== null || one.low !== null || one.high !== null ? span(one) : t("qualitative");
  return el(
    "article.claim",
    { id: `claim-${one.id}` },
    el("header", {}, el("b", {}, one.id), " ", el("span", {}, one.quantity.replaceAll("_", " "))),
    el("p.claim-value", {}, value),
    one.quote ? el("blockquote", { lang: "und" }, one.quote) : null,
    el("p.hint", {}, `${one.speaker}, ${day(one.as_of)}`, one.known_from !== one.as_of ? ` (${t("knownFrom", { day: day(one.known_from) })})` : ""),
    el("p.hint", {}, one.publisher ? `${one.publisher}: ` : "", WEB.test(one.address) ? el("a", { href: one.address, rel: "noreferrer noopener", target: "_blank" }, one.source ?? one.address) : `${one.source ?? ""} ${t("noAddress")}`),
    one.notes ? el("p.hint", {}, one.notes) : null,
    one.superseded_by ? el("p.hint", {}, t("superseded", { by: one.superseded_by })) : null,
  );
}

function span(one) {
  const ends = one.low !== null && one.high !== null ? range(one.low, one.high, one.unit) : one.low !== null ? `≥ ${number(one.low)}` : one.high !== null ? `≤ ${number(one.high)}` : "";
  if (one.value === null) return `${ends} ${named("unit", one.unit)}`;
  return `${withUnit(one.value, one.unit)}${ends ? ` (${ends})` : ""}`;
}

export function conflictCard(one) {
  return el(
    "article.conflict",
    {},
    el("h4", {}, one.title),
    el("ul", {}, one.sides.map((side) => el("li", {}, el("b", {}, side.name.replaceAll("_", " ")), `: ${side.best === null ? "–" : withUnit(side.best, side.unit)} · ${side.speakers.join("; ")} · ${side.claims.join(", ")}`))),
    one.why ? el("p.hint", {}, one.why) : null,
  );
}

export async function ofControl(one) {
  const body = el("div", {}, el("p", {}, t("loading")));
  open(one.label, body);
  const facts = [];
  if (one.range) facts.push(el("p", {}, t("rangeOf", { best: quantity(one.best, one.unit), range: range(...one.range, one.unit), unit: ["share", "probability"].includes(one.unit) ? "" : named("unit", one.unit) })));
  if (!one.published) facts.push(el("p", {}, el("span.badge.secret", {}, t("unpublished")), " ", t("unpublished.long")));
  if (one.assumption) facts.push(el("p", {}, el("span.badge.assumed", {}, t("assumption")), " ", el("span", { lang: "en" }, one.assumption)));
  const made = one.parameter ? await json(`evidence/${one.parameter}`).catch(() => null) : null;
  const claims = made?.told ?? (await Promise.all(one.claims.map((id) => json(`evidence/${id}`).catch(() => null)))).filter(Boolean);
  const note = made?.note ? el("p.hint", { lang: "en" }, made.note) : null;
  const rule = made?.rule ? el("p.hint", { lang: "en" }, t("rule", { low: made.rule.low, best: made.rule.best, high: made.rule.high })) : null;
  const readings = one.options.length ? [el("h3", {}, t("readings")), el("ul", {}, one.options.map((option) => el("li", {}, el("b", {}, named("reading", option.name)), `: ${range(option.low, option.high, one.unit)} (${option.claims.join(", ")})`)))] : [];
  const conflicts = made?.conflicts?.length ? [el("h3", {}, t("conflicts")), made.conflicts.map(conflictCard)] : [];
  body.replaceChildren(el("p", {}, el("code", {}, one.path)), ...facts, note ?? "", rule ?? "", ...readings, ...conflicts.flat(), el("h3", {}, t("claimsTitle", { n: claims.length })), ...(claims.length ? claims.map(claimCard) : [el("p", {}, t("noClaims"))]));
}

// All that a scenario rests on: from each figure and each card.
export function ofScenario(described, title) {
  const assumed = described.assumptions.filter((one) => one.assumption);
  open(
    title,
    el("p", {}, t("restsOn", { claims: described.claims.length, assumptions: assumed.length })),
    el("p", {}, el("a", { href: "/evidence.html" }, t("allEvidence"))),
    el("h3", {}, t("assumptions")),
    el("ul", {}, assumed.map((one) => el("li", { lang: "en" }, el("span.badge.assumed", {}, t("assumption")), ` ${one.title ?? one.name}: ${one.assumption}`))),
    el("h3", {}, t("claimsTitle", { n: described.claims.length })),
    described.claims.map((one) => claimCard({ ...one, publisher: "", quote: "", notes: "" })),
  );
}

export const link = (described, title) => button(t("sources"), () => ofScenario(described(), title), { class: "quiet" });

// Claims by their numbers, as a verdict on a text names them.
export async function ofClaims(title, ids) {
  const body = el("div", {}, el("p", {}, t("loading")));
  open(title, body);
  const found = (await Promise.all(ids.map((id) => json(`evidence/${id}`).catch(() => null)))).filter(Boolean);
  body.replaceChildren(el("p", {}, t("noTruth")), ...found.map(claimCard));
}
