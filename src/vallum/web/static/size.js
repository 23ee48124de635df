// How many are enough: the least of the defence that meets a standard, with its interval, its curve and its cost; or that it
// is not reachable, and why. Runs in the background.

import { button, el } from "./dom.js";
import { day, has, money, named, number, percent, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import { burnt, figure, stamp, table } from "./pictures.js";
import { background, ending, field, page, select, sentences } from "./question.js";

const STANDARDS = ["stopped_share[ballistic] >= 0.3", "first_empty_battery never", "stopped_share[ballistic] >= 0.5", "first_empty_country never"];
const MONTHLY = "interceptors_a_month";
const HELD = "choices.batteries.";
const REACHED = { "not reachable": "wrong", found: "good" };

page("size", async ({ view, described, work, out }) => {
  const mine = described.controls.filter((one) => one.group === "choices" && !one.threat);
  const vary = select("vary", [...mine.map((one) => [one.path, one.label, "en"]), [MONTHLY, t("unit.interceptors a month")]]);
  const between = el("input", { id: "between", value: "", pattern: "[^:]+:[^:]+" });
  const standard = el("input", { id: "standard", list: "standards", value: STANDARDS[0], maxlength: 200 });
  const ranged = () => {
    const one = mine.find((control) => control.path === vary.value);
    between.value = one ? (one.path.startsWith(HELD) ? `${Math.max(1, one.low)}:${Math.max(40, one.high)}` : `${one.low}:${one.high}`) : "0:400";
  };
  vary.addEventListener("change", ranged);
  ranged();
  work.append(
    el("div.fields", {}, field(t("size.vary"), vary), field(t("size.range"), between, t("size.range.hint")), field(t("size.standard"), standard, t("size.standard.hint"))),
    el("datalist", { id: "standards" }, STANDARDS.map((one) => el("option", { value: one }))),
    button(t("size.go"), () => ask({ ...view.b, kind: "size", vary: vary.value, between: between.value, standard: [standard.value] }), { class: "main" }));
  const ask = background({ work, out }, "size", answered);
});

function answered(made) {
  return [
    el("section.card", {}, el("h2", { lang: "en" }, made.question), sentences(made.answer)),
    ...made.sizes.flatMap((one) => [verdict(one), curve(made, one)]),
    ending(made),
  ];
}

const shown = (value) => (value === null ? "–" : typeof value === "string" ? day(value) : number(value, 6));

function verdict(one) {
  const facts = [
    [t("size.answer"), one.status === "not reachable" ? t("size.notReachable") : one.pair ? one.pair.map(shown).join(" – ") : shown(one.value)],
    [t("size.interval"), one.interval.some((end) => end !== null) ? one.interval.map(shown).join(" – ") : "–"],
    [t("size.cost"), money(one.cost)],
    [t("size.ceiling"), `${percent(one.ceiling.share)} (${shown(one.ceiling.value)})`],
  ].filter(([, value]) => value !== "–");
  return el("section.card", {},
    el("h2", {}, el("code", {}, one.standard), " ", el(`span.badge.${REACHED[one.status] ?? "open"}`, {}, has(`size.status.${one.status}`) ? t(`size.status.${one.status}`) : one.status)),
    el("dl.numbers", {}, facts.map(([title, value]) => el("div", {}, el("dt", {}, title), el("dd", {}, value)))),
    one.reason ? el("p", {}, `${t("size.because")}: `, has(`binds.${one.reason}`) ? t(`binds.${one.reason}`) : el("span", { lang: "en" }, one.reason), one.with_rounds_to_spare === null ? "" : `; ${t("size.spare", { share: percent(one.with_rounds_to_spare) })}`) : null,
    Object.values(one.leaks).some(Boolean) ? el("p.hint", {}, `${t("size.leaks")}: `, Object.entries(one.leaks).filter(([, mean]) => mean).map(([reason, mean]) => `${named("reason", reason)} ${number(mean)}`).join(", ")) : null,
    one.interceptors_a_month.length ? table([{ name: "systems", heading: t("unit.systems"), shown }, { name: "low", heading: t("size.from"), shown }, { name: "high", heading: t("size.to"), shown }, { name: "ceiling", heading: t("size.ceiling"), shown: percent }], one.interceptors_a_month, t("size.needs")) : null);
}

function curve(made, one) {
  const value = { name: "value", heading: t("size.value"), shown };
  const parts = ["share", "low", "high"].map((name) => ({ name, heading: t(`size.${name}`), shown: percent }));
  return figure({
    name: "size-curve", title: t("size.curve"), unit: made.vary.map((two) => two.path).join(", "), lang: null,
    says: t("size.says", { n: number(one.curve.length), best: percent(one.ceiling.share), at: shown(one.ceiling.value), goal: percent(one.confidence) }),
    draw: (width, colours) => drawings.meeting(one, width, colours), keys: (colours) => [[colours.b, t("size.share")], [`color-mix(in srgb, ${colours.b} 25%, transparent)`, t("size.band")], [colours.ink, t("size.goal", { share: percent(one.confidence) })], ...(one.interval.some((end) => end !== null) ? [[colours.a, t("size.ends")]] : [])],
    columns: [value, ...parts, { name: "futures", heading: t("futures"), shown: number }, { name: "verdict", heading: t("compare.verdict") }, { name: "cost", heading: t("size.cost"), shown: money }], rows: one.curve,
    lines: burnt({ as_of: made.as_of, stamp: stamp({ ...made, futures: 0 }), band: t("size.band"), standard: one.standard }),
  });
}
