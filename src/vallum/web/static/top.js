// The head and the foot of every page.

import { away } from "./api.js";
import { $, button, el, notice, unnotice } from "./dom.js";
import { choose, language, LANGUAGES, t } from "./i18n.js";

const PAGES = [["/", "page.answer"], ["/compare.html", "page.compare"], ["/size.html", "page.size"], ["/evidence.html", "page.evidence"]];

export function build(tools = []) {
  $("top").replaceChildren(
    el("a.brand", { href: "/" }, "vallum"),
    el("nav", { "aria-label": t("pages") }, PAGES.map(([path, key]) => el("a", { href: path, "aria-current": location.pathname === path || (path === "/" && location.pathname === "/index.html") ? "page" : null }, t(key)))),
    el("div.tools", { role: "toolbar", "aria-label": t("tools") }, tools, languages(), themes()),
  );
  if ($("foot")) $("foot").replaceChildren(el("p", {}, t("foot.sites")), el("p", {}, t("foot.data")), el("p", {}, t("foot.code")));
  away.tell = (is) => (is ? (notice(t("away"), "bad", null, "away"), knock()) : unnotice("away"));
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
