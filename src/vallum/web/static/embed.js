// One figure for another page: the same picture as the download, with all that is burnt in, and a link to the view.

import { json, Refused } from "./api.js";
import { $, el } from "./dom.js";
import { load, t } from "./i18n.js";
import * as charts from "./charts.js";
import * as figures from "./figures.js";
import * as states from "./state.js";

const FUTURES = 500;

async function begin() {
  const given = new URLSearchParams(location.search);
  await load(given.get("lang"));
  const wanted = given.get("figure");
  const name = charts.FIGURES.includes(wanted) ? wanted : charts.FIGURES[0];
  const { view } = states.read(location.search);
  const open = async (state) => state && (await json("opened", state)).state;
  const [state, before] = await Promise.all([open(view.b), open(view.a)]);
  const shown = (one) => one && json("preview", { ...one, futures: FUTURES });
  const [b, a] = await Promise.all([shown(state), shown(before)]);
  document.title = `${t(`figure.${name}`)} · vallum`;
  $("answer").replaceChildren(
    el("h1.hidden", {}, `${t(`figure.${name}`)}: ${b.question}`),
    figures.whole(name, { state, b, a }),
    el("p.says", { lang: "en" }, charts.alt(name, b, a)),
    el("p.hint", {}, el("a", { href: `/?${states.written({ b: state, a: before })}`, target: "_blank", rel: "noopener" }, t("openIt"))));
}

begin().catch((error) => $("answer").replaceChildren(el("p.bad", {}, error instanceof Refused ? error.problems.join("; ") : t("away"))));
