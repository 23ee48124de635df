// The sliders, made from the scenario: /api/v1/scenario says which there are. The page never writes to a slider that a hand
// is moving; a control that nobody touched says that its value is drawn from its range.

import { $, button, el } from "./dom.js";
import { named, number, quantity, range, t, withUnit } from "./i18n.js";
import * as evidence from "./evidence.js";

const GROUPS = [
  ["choices", (one) => one.group === "choices"],
  ["unknown", (one) => one.group !== "choices" && !one.threat],
  ["threat", (one) => one.group !== "choices" && one.threat],
];
let held = null;

// controls: of the API; now(): the state; moved(path, value, whether the hand has let go)
export function build(controls, now, moved) {
  const form = $("controls");
  const open = Object.fromEntries([...form.querySelectorAll("details")].map((one) => [one.dataset.group, one.open]));
  form.replaceChildren(
    ...GROUPS.map(([name, mine]) => [name, controls.filter(mine)])
      .filter(([, list]) => list.length)
      .map(([name, list]) =>
        el(
          "details.group",
          { "data-group": name, open: open[name] ?? name !== "threat" },
          el("summary", {}, t(`group.${name}`), " ", el("span.hint", {}, `(${list.length})`)),
          el("p.hint", {}, t(`group.${name}.hint`)),
          list.map((one) => control(one, now, moved)),
        ),
      ),
  );
  show(controls, now());
}

function control(one, now, moved) {
  const id = `c-${one.path.replaceAll(".", "-")}`;
  const box = el("div.control", { "data-path": one.path });
  const label = el("label", { for: one.kind === "switch" ? `${id}-believe` : id }, one.label);
  const head = el("div.control-head", {}, label, source(one));
  box.append(head);
  if (one.options.length) box.append(believing(one, id, now, moved));
  if (one.kind !== "switch") box.append(...slider(one, id, moved));
  box.append(el("div.control-foot", {}, el("span.hint", { id: `${id}-note` }), button(t("reset"), () => moved([one.path, believePath(one)], undefined, true), { class: "quiet reset", "aria-label": t("resetOne", { what: one.label }), hidden: true })));
  return box;
}

function source(one) {
  const badges = [];
  if (one.assumption) badges.push(el("span.badge.assumed", {}, t("assumption")));
  if (!one.published) badges.push(el("span.badge.secret", {}, t("unpublished")));
  const text = one.claims.length ? t("claims", { n: one.claims.length }) : t("why");
  return el("span.source", {}, badges, button(text, () => evidence.ofControl(one), { class: "quiet", "aria-label": t("evidenceFor", { what: one.label }) }));
}

const believePath = (one) => (one.name ? `uncertain.${one.name}.believe` : null);

function believing(one, id, now, moved) {
  const path = believePath(one);
  const options = one.options.map((option) => el("option", { value: option.name }, `${named("reading", option.name)} (${range(option.low, option.high, one.unit)})`));
  const select = el("select", { id: `${id}-believe`, "data-believe": path, "aria-describedby": `${id}-note`, onchange: () => moved([path], select.value || undefined, true) }, el("option", { value: "" }, t("believeAll")), options);
  if (one.kind === "switch") return select;
  return el("div", {}, el("label.hint", { for: `${id}-believe` }, t("believe")), select);
}

function slider(one, id, moved) {
  const input = el("input", {
    type: "range", id, min: one.low, max: one.high, step: one.step, "aria-describedby": `${id}-note`,
    oninput: () => { held = one.path; speak(input, one, Number(input.value), true); moved([one.path], Number(input.value), false); },
    onchange: () => { held = null; moved([one.path], Number(input.value), true); },
  });
  input.value = one.best;
  if (one.range) {
    const part = (value) => `${(100 * (Math.max(one.low, Math.min(one.high, value)) - one.low)) / (one.high - one.low || 1)}%`;
    input.style.setProperty("--from", part(one.range[0]));
    input.style.setProperty("--to", part(one.range[1]));
  }
  return [el("output", { for: id, id: `${id}-value` }), input];
}

function speak(input, one, value, touched) {
  const words = touched || !one.drawn ? withUnit(value, one.unit) : t("drawnFrom", { range: range(...one.range, one.unit), unit: spelt(one.unit) });
  input.setAttribute("aria-valuetext", words);
  $(`${input.id}-value`).textContent = words;
}

const spelt = (unit) => (["share", "probability", "USD million"].includes(unit) ? "" : named("unit", unit));

// Show a state: values, what is drawn, what was set. Returns texts of values that had to be pushed into their range.
export function show(controls, state) {
  const clamped = [];
  for (const one of controls) {
    const box = document.querySelector(`.control[data-path="${CSS.escape(one.path)}"]`);
    if (!box) continue;
    const given = state.set[one.path];
    const set = typeof given === "number";
    const believed = state.set[believePath(one)];
    const input = box.querySelector("input");
    if (input && held !== one.path) {
      const value = set ? Math.max(one.low, Math.min(one.high, given)) : one.best;
      if (set && value !== given) {
        clamped.push({ what: one.label, value: number(given), range: range(one.low, one.high, one.unit) });
        input.max = Math.max(one.high, given);
        input.min = Math.min(one.low, given);
      }
      input.value = set ? given : one.best;
      speak(input, one, set ? given : one.best, set);
    }
    const select = box.querySelector("select");
    if (select) select.value = believed ?? "";
    const touched = set || believed !== undefined;
    box.classList.toggle("touched", touched);
    box.querySelector(".reset").hidden = !touched;
    $(`c-${one.path.replaceAll(".", "-")}-note`).textContent = note(one, set, believed);
  }
  return clamped;
}

function note(one, set, believed) {
  const parts = [];
  if (one.range) parts.push(t(one.claims.length ? "sourcedRange" : "assumedRange", { range: range(...one.range, one.unit), best: quantity(one.best, one.unit) }));
  else parts.push(t("inPlan", { value: withUnit(one.best, one.unit) }));
  if (set && one.range && one.drawn) parts.push(t("setByYou"));
  if (believed) parts.push(t("believedByYou"));
  return parts.join(" · ");
}
