// Beside the first screen, on request: whose doing the difference between A and B is, and what each package would change.

import { json, Refused } from "./api.js";
import { button, el, notice, tableOf } from "./dom.js";
import { number, percent, signed, t } from "./i18n.js";
import * as states from "./state.js";

const FUTURES = 100;
const plain = (value, unit) => (unit === "share" || unit === "probability" ? percent(value) : number(value));

// A button that asks once and shows what comes in its place.
function once(words, ask) {
  const out = el("div", { "aria-live": "polite" });
  const made = button(words, async () => {
    made.disabled = true;
    out.replaceChildren(el("p", { role: "status" }, t("loading")));
    try {
      out.replaceChildren(...[await ask()].flat().filter(Boolean));
      made.hidden = true;
    } catch (error) {
      out.replaceChildren();
      if (error.status !== 409) notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad");
    }
    made.disabled = false;
  });
  return [made, out];
}

export const attribution = (a, b) => once(t("apart.go"), async () => {
  const made = await json("attribution", { a, b, futures: FUTURES }, { kind: "attribution" });
  if (made.note) return el("p.hint", { lang: "en" }, made.note);
  const heads = [t("compare.part"), ...made.attribution.map((one) => el("span", { lang: "en" }, one.words))];
  const rows = made.parts.map((part, k) => [el("span", {}, el("span", { lang: "en" }, part.title), " ", el("code.hint", {}, part.paths.join(", "))), ...made.attribution.map((one) => `${signed(one.shares[k].mean, one.unit)} (± ${plain(one.shares[k].se, one.unit)})`)]);
  rows.push([el("b", {}, t("apart.whole")), ...made.attribution.map((one) => el("b", {}, signed(one.whole, one.unit)))]);
  return tableOf(heads, rows, t(made.attribution[0]?.method === "shapley" ? "compare.attribution.hint" : "apart.inOrder"), [false, ...made.attribution.map(() => true)]);
});

// lay(name): put a package on
export const effects = (state, lay) => once(t("effects.go"), async () => {
  const made = await json("effects", { ...states.copy(state), futures: FUTURES }, { kind: "effects" });
  const of = (row, name) => row.differences.find((one) => one.name === name);
  const most = Math.max(...made.packages.map((row) => Math.abs(of(row, "leakers")?.mean ?? 0)), 1e-9);
  const sorted = [...made.packages].sort((one, other) => (of(one, "leakers")?.mean ?? 0) - (of(other, "leakers")?.mean ?? 0));
  const cell = (one) => (!one ? "–" : one.told_apart ? [el("b", {}, signed(one.mean, one.unit)), el("br"), el("span.hint", {}, `${signed(one.p5, one.unit)} … ${signed(one.p95, one.unit)}`)] : el("span.badge", {}, one.mean === 0 && one.se === 0 ? t("verdict.no change") : t("notApart")));
  const rows = sorted.map((row) => [button(el("span", { lang: "en" }, row.title), () => lay(row.name), { class: "quiet left" }), el("div", {}, cell(of(row, "leakers"))), diverging(of(row, "leakers"), most), el("div", {}, cell(of(row, "first_empty_battery")))]);
  return tableOf([t("compare.package"), t("effects.through"), t("effects.fewer"), t("card.out")], rows, t("effects.caption", { n: number(made.futures) }), [false, true, false, true]);
});

// Fewer to the left, more to the right; a look only, the number stands beside it.
function diverging(one, most) {
  const box = el("div.diverging", { "aria-hidden": "true" });
  if (!one?.told_apart) return box;
  const bar = el(`i.${one.mean > 0 ? "more" : "fewer"}`);
  bar.style.width = `${(50 * Math.abs(one.mean)) / most}%`;
  box.append(bar);
  return box;
}
