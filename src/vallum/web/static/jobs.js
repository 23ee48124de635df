// Work in the background. The names of jobs are kept in the browser, so that a reload finds them again.

import { ask, json, Refused } from "./api.js";
import { button, el, notice } from "./dom.js";
import { number, t } from "./i18n.js";

const KEY = "vallum.jobs";
const BEAT = 700;
// Work in as many futures as were asked; a sizing takes as many as it needs, a back-test none.
const COUNTED = new Set(["run", "report", "compare", "place", "sensitivity", "explain"]);
const ended = (state) => ["done", "failed", "cancelled", "interrupted"].includes(state);

const kept = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const keep = (names) => localStorage.setItem(KEY, JSON.stringify(names.slice(-8)));

// What a job asks beyond its scenario, in a word or two.
function about(asked) {
  const told = { compare: asked.beside.join(", "), size: `${asked.vary} ${asked.between}`, place: `${asked.count} ${asked.system}`, explain: asked.which, sensitivity: asked.outcome, backtest: asked.record }[asked.kind];
  return told ? `: ${told}` : "";
}

// box: where the jobs are shown; done(job, answer): what to do with a finished one, else it is offered as a file. After a
// reload the newest that is done is shown; each other one on request.
export function desk(box, kinds, done = null) {
  const list = el("ul.jobs", { "aria-live": "polite" });
  let newest = Infinity;
  box.append(list);
  kept().reverse().forEach((name, age) => follow(name, age));

  async function begin(asked) {
    try {
      const job = await json("jobs", asked);
      keep([...kept(), job.id]);
      follow(job.id, -kept().length);
    } catch (error) {
      notice(error instanceof Refused ? error.problems.join("; ") : t("away"), "bad");
    }
  }

  async function follow(name, age) {
    const row = el("li.job", {});
    let listed = false;
    for (;;) {
      let job;
      try {
        job = await json(`jobs/${name}`);
      } catch (error) {
        if (error instanceof Refused) { keep(kept().filter((one) => one !== name)); row.remove(); return; }
        await new Promise((next) => setTimeout(next, 3 * BEAT));
        continue;
      }
      if (!kinds.includes(job.asked.kind)) return;
      if (!listed) { row.dataset.age = age; place(row); listed = true; }
      shown(row, job);
      if (ended(job.state)) {
        if (job.state === "done" && done && age < newest) { newest = age; await finish(job); }
        return;
      }
      await new Promise((next) => setTimeout(next, BEAT));
    }
  }

  const place = (row) => list.insertBefore(row, [...list.children].find((one) => Number(one.dataset.age) > Number(row.dataset.age)) ?? null);
  const finish = async (job) => done(job, await (await ask(`jobs/${job.id}/result`)).json());

  function shown(row, job) {
    const words = `${t(`job.${job.asked.kind}`)}, ${job.asked.scenario}${job.asked.packages.length ? ` + ${job.asked.packages.join(" + ")}` : ""}${COUNTED.has(job.asked.kind) ? `, ${t("futuresN", { n: number(job.asked.futures) })}` : ""}${about(job.asked)}`;
    const parts = [el("span", {}, words), " ", el("span.badge", {}, t(`job.state.${job.state}`))];
    if (job.state === "running") parts.push(el("progress", { max: job.total || 1, value: job.done, "aria-label": words }), el("span.hint", {}, ` ${job.stage} ${number(job.done)}/${number(job.total)}`));
    if (!ended(job.state)) parts.push(button(t("cancel"), () => ask(`jobs/${job.id}`, undefined, { method: "DELETE" }), { class: "quiet" }));
    if (job.state === "done" && done) parts.push(button(t("job.show"), () => finish(job), { class: "quiet" }));
    if (job.state === "done") parts.push(el("a.button", { href: `/api/v1/jobs/${job.id}/result`, download: job.file }, job.file));
    if (job.problems.length) parts.push(el("span.bad", {}, job.problems.join("; ")));
    if (ended(job.state) && job.state !== "done") parts.push(button(t("job.again"), async () => { await ask(`jobs/${job.id}/again`, {}); row.remove(); follow(job.id, Math.min(0, newest) - 1); }, { class: "quiet" }));
    if (ended(job.state)) parts.push(button("×", () => { keep(kept().filter((one) => one !== job.id)); row.remove(); }, { class: "close", "aria-label": t("forget") }));
    row.replaceChildren(...parts);
  }

  return begin;
}
