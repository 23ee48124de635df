// One future, night by night: why and when it ran out. The worst, the median, the best, or one by its number. Runs in the
// background, for the whole run must be had before its worst future is known.

import { json } from "./api.js";
import { button, el } from "./dom.js";
import { day, named, number, t } from "./i18n.js";
import * as drawings from "./drawings.js";
import { burnt, figure, stamp, table } from "./pictures.js";
import { background, count, ending, field, page, select, sentences } from "./question.js";

const FUTURES = 2000;
const WAYS = ["worst", "median", "best"];

page("explain", async ({ view, described, work, out }) => {
  const shelf = (await json("scenarios")).scenarios;
  const which = select("which", [...WAYS.map((one) => [one, t(`explain.${one}`)]), ["number", t("explain.number")]]);
  const number_ = count("number", 0, 0, 19999);
  const futures = count("futures", FUTURES, 8, 20000);
  const outcome = el("input", { id: "outcome", maxlength: 100, placeholder: "leakers[ballistic]" });
  const against = select("against", [["", t("nothing")], ...described.fits.filter((name) => !view.b.packages.includes(name)).map((name) => [name, shelf[name].title, "en"])]);
  const numbered = field(t("explain.number"), number_);
  numbered.hidden = true;
  which.addEventListener("change", () => { numbered.hidden = which.value !== "number"; });
  work.append(
    el("div.fields", {}, field(t("explain.which"), which), numbered, field(t("explain.by"), outcome, t("drivers.outcome.hint")), field(t("explain.against"), against, t("explain.against.hint")), field(t("futures"), futures)),
    button(t("explain.go"), () => ask({ ...view.b, kind: "explain", which: which.value === "number" ? number_.value : which.value, outcome: outcome.value, against: against.value, futures: Number(futures.value) }), { class: "main" }));
  const ask = background({ work, out }, "explain", answered);
});

function answered(made) {
  const rows = made.nights.map((night) => flat(night, made));
  return [
    el("section.card", {}, el("h2", { lang: "en" }, made.question), sentences(made.answer)),
    made.against ? el("section.card", {}, el("h2", {}, t("explain.beside")), sentences(made.against.answer)) : null,
    drawn(made, rows), missing(made), listed(made, rows), ending(made),
  ];
}

// One night as one row: the class that the story is about, and the rounds that may be fired at it.
function flat(night, made) {
  const raid = night.raids[made.class];
  const row = { number: night.number, date: night.date, launched: raid.launched, stopped: raid.stopped, leaked: Object.values(raid.leaked).reduce((sum, one) => sum + one, 0), dry: raid.leaked.dry };
  for (const type of made.types) Object.assign(row, { [`arrived_${type}`]: night.rounds[type].arrived, [`fired_${type}`]: night.rounds[type].fired, [`stock_${type}`]: night.rounds[type].stock });
  for (const system of made.systems) Object.assign(row, { [`fit_${system}`]: night.systems[system].fit, [`bare_${system}`]: night.systems[system].bare });
  return row;
}

function columnsOf(made) {
  const counted = (name, heading) => ({ name, heading, shown: number });
  return [
    counted("number", t("explain.night")), { name: "date", heading: t("explain.date"), shown: day, numeric: false }, counted("launched", t("explain.launched")), counted("leaked", t("explain.leaked")), counted("dry", t("reason.dry")),
    ...made.types.flatMap((type) => [counted(`arrived_${type}`, t("explain.arrived")), counted(`fired_${type}`, t("cost.fired")), counted(`stock_${type}`, t("explain.left"))]),
    ...made.systems.flatMap((system) => [counted(`fit_${system}`, t("explain.fit")), counted(`bare_${system}`, t("explain.bare"))]),
  ];
}

function drawn(made, rows) {
  const dry = made.first_dry?.date;
  const most = rows.reduce((one, other) => (other.leaked > one.leaked ? other : one));
  return figure({
    name: "explain", title: t("explain.chart", { n: number(made.future), class: named("class", made.class) }), unit: t("explain.chart.unit"), lang: null,
    says: `${dry ? t("explain.dry", { day: day(dry) }) : t("explain.never")} ${t("explain.most", { day: day(most.date), n: number(most.leaked), of: number(most.launched) })}`,
    draw: (width, colours) => drawings.nights(rows, made.types, dry, width, colours),
    keys: (colours) => [[colours.muted, t("explain.launched")], [colours.b, t("explain.leaked")], [colours.mark, t("reason.dry")]],
    columns: columnsOf(made), rows, lines: burnt({ as_of: made.as_of, stamp: stamp(made), band: t("explain.one") }),
  });
}

function missing(made) {
  if (!made.shortfalls.length) return null;
  const rows = made.shortfalls.map((one) => ({ ...one, most: Math.max(...one.missing) })).filter((one) => one.most > 0);
  return el("section.card", {}, el("h2", {}, t("explain.shortfalls")), table([
    { name: "line", heading: t("explain.line"), shown: (text) => text.replaceAll("_", " "), numeric: false }, { name: "reason", heading: t("why"), shown: (text) => text.replaceAll("_", " "), numeric: false }, { name: "name", heading: t("name") },
    { name: "start", heading: t("explain.from"), shown: day, numeric: false }, { name: "end", heading: t("explain.to"), shown: day, numeric: false }, { name: "most", heading: t("explain.behind"), shown: number }], rows, t("explain.shortfalls.hint")));
}

function listed(made, rows) {
  const columns = columnsOf(made);
  const felt = rows.filter((row) => row.leaked);
  return el("section.card", {}, el("h2", {}, t("explain.nights")), el("p.hint", {}, t("explain.nights.hint", { n: number(felt.length), of: number(rows.length) })), el("div.tall", {}, table(columns, felt, t("explain.nights"))));
}
