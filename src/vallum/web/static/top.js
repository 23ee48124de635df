// The head and the foot of every page.

import { away } from "./api.js";
import { $, button, el, notice, unnotice } from "./dom.js";
import { print } from "./charts.js";
import { choose, language, LANGUAGES, t } from "./i18n.js";
import * as states from "./state.js";

const PAGES = ["", "ask", "compare", "size", "place", "drivers", "explain", "record", "evidence"];
const path = (name) => (name ? `/${name}.html` : "/");
const here = () => (location.pathname === "/index.html" ? "/" : location.pathname);

export function build(tools = []) {
  $("top").replaceChildren(
    el("a.brand", { href: "/" }, "vallum"),
    el("nav", { "aria-label": t("pages") }, PAGES.map((name) => el("a", { href: path(name), "aria-current": here() === path(name) ? "page" : null }, t(`page.${name || "answer"}`)))),
    el("div.tools", { role: "toolbar", "aria-label": t("tools") }, tools, languages(), themes()),
  );
  if ($("foot")) $("foot").replaceChildren(el("p", {}, t("foot.sites")), el("p", {}, t("foot.data")), el("p", {}, t("foot.code")));
  carry(states.read(location.search).view);
  printing();
  away.tell = (is) => (is ? (notice(t("away"), "bad", null, "away"), knock()) : unnotice("away"));
}

// The view goes along from page to page: whoever changed a slider asks the next question of the same scenario.
export function carry(view) {
  const address = states.written(view);
  $("top").querySelectorAll("nav a").forEach((link, k) => link.setAttribute("href", `${path(PAGES[k])}?${address}`));
}

// What is printed is drawn on white, whatever the screen shows.
function printing() {
  for (const [event, is] of [["beforeprint", true], ["afterprint", false]]) addEventListener(event, () => { print.is = is; document.dispatchEvent(new Event("vallum-theme")); });
}

// The server is away: the page works on with what it has, and asks now and then.
function knock() {
  setTimeout(async () => {
    if (!away.is) return;
    const found = await fetch("/api/v1/links").then((one) => one.ok, () => false);
    if (!found) return knock();
    away.is = false;
    away.tell(false);
    document.dispatchEvent(new Event("vallum-back"));
  }, 2500);
}

function languages() {
  const select = el("select", { "aria-label": t("language"), onchange: () => { choose(select.value); location.reload(); } }, Object.entries(LANGUAGES).map(([key, name]) => el("option", { value: key, selected: key === language, lang: key }, name)));
  return select;
}

function themes() {
  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const made = button("", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem("vallum.theme", document.documentElement.dataset.theme);
    made.textContent = t(dark() ? "light" : "dark");
    document.dispatchEvent(new Event("vallum-theme"));
  });
  made.textContent = t(dark() ? "light" : "dark");
  return made;
}
