// Elements in one line, and the one dialog of the page.

import { t } from "./i18n.js";

export const $ = (id) => document.getElementById(id);

// el("a.link", {href: "/", onclick: f}, "text", child)
export function el(what, given = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((one) => one !== null && one !== undefined && one !== false));
  return node;
}

export function button(text, onclick, more = {}) {
  return el("button", { type: "button", onclick, ...more }, text);
}

export function open(title, ...content) {
  const dialog = $("dialog");
  dialog.replaceChildren(
    el("div.dialog-head", {}, el("h2", { id: "dialog-title" }, title), button("×", () => dialog.close(), { "aria-label": t("close"), class: "close" })),
    el("div.dialog-body", { tabindex: "0" }, ...content),
  );
  if (!dialog.open) dialog.showModal();
}

export function tableOf(heads, rows, caption, numeric = []) {
  return el(
    "div.scroll",
    { tabindex: "0", role: "region", "aria-label": caption },
    el(
      "table",
      {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, heads.map((head, k) => el("th", { scope: "col", class: numeric[k] ? "n" : null }, head)))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, k) => el("td", { class: numeric[k] ? "n" : null }, cell ?? "–"))))),
    ),
  );
}

export async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    notice(said ?? t("copied"), "good");
  } catch {
    open(t("copyByHand"), el("pre", { tabindex: "0" }, text));
  }
}

export function notice(text, kind = "", more = null, name = "") {
  const box = $("notices");
  for (const old of box.querySelectorAll(`[data-name="${name || "-"}"]`)) old.remove();
  const made = el(`div.notice${kind ? `.${kind}` : ""}`, { "data-name": name || null }, el("div", {}, text, more), button("×", () => made.remove(), { "aria-label": t("close"), class: "close" }));
  box.append(made);
  if (kind === "good") setTimeout(() => made.remove(), 4000);
  return made;
}

export function unnotice(name) {
  for (const old of $("notices").querySelectorAll(`[data-name="${name}"]`)) old.remove();
}

export function save(name, data) {
  const link = el("a", { href: URL.createObjectURL(data), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
