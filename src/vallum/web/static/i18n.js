// Texts of the page in two languages, and numbers as each writes them. Sentences of the model itself are English.

export const LANGUAGES = { en: "English", uk: "Українська" };
let texts = {};
let fallback = {};
export let language = "en";

export async function load(wanted) {
  const asked = wanted ?? localStorage.getItem("vallum.language") ?? (navigator.language.startsWith("uk") ? "uk" : "en");
  language = asked in LANGUAGES ? asked : "en";
  const get = async (name) => (await fetch(`/i18n/${name}.json`)).json();
  fallback = await get("en");
  texts = language === "en" ? fallback : await get(language);
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
}

export function choose(name) {
  localStorage.setItem("vallum.language", name);
}

export function t(key, given = {}) {
  const text = texts[key] ?? fallback[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
}

export function has(key) {
  return key in texts || key in fallback;
}

// A name of the model in words: of the texts where there is one, else the name itself.
export function named(group, name) {
  return has(`${group}.${name}`) ? t(`${group}.${name}`) : String(name).replaceAll("_", " ");
}

export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

const format = (options) => new Intl.NumberFormat(language === "uk" ? "uk-UA" : "en-GB", options);

export function number(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 100) return format({ maximumFractionDigits: 0 }).format(value);
  return format({ maximumSignificantDigits: digits }).format(value);
}

// A share as a percentage, never rounded to 0 or 100 unless it is.
export function percent(share) {
  if (share === null || share === undefined) return "–";
  const value = 100 * share;
  if (value > 0 && value < 0.05) return "< 0.1 %";
  if (value >= 99.95 && value < 100) return "> 99.9 %";
  const close = value < 1 || value > 99;
  return `${format({ maximumFractionDigits: close ? 1 : 0 }).format(value)} %`;
}

export function money(million) {
  if (million === null || million === undefined) return "–";
  const big = Math.abs(million) >= 1000;
  return t(big ? "billion" : "million", { n: format({ maximumSignificantDigits: 3 }).format(big ? million / 1000 : million) });
}

export function quantity(value, unit) {
  if (unit === "share" || unit === "probability") return percent(value);
  if (unit === "USD million") return money(value);
  return number(value);
}

export function withUnit(value, unit) {
  if (["share", "probability", "USD million"].includes(unit) || !unit) return quantity(value, unit);
  return `${number(value)} ${named("unit", unit)}`;
}

export function range(low, high, unit) {
  const one = quantity(low, unit);
  const other = quantity(high, unit);
  if (unit === "share" || unit === "probability") return `${one.replace(/ %$/, "")}–${other}`;
  return `${one}–${other}`;
}

// What an outcome is about, in the order in which the model names it, and the outcome in words.
export const about = (one) => ["class", "scope", "asset", "reason", "type", "donor"].map((key) => one[key]).filter(Boolean);
export function outcomeOf(one) {
  const whose = about(one).map((name) => named(has(`class.${name}`) ? "class" : "interceptor", name));
  return [named("outcome", one.name), ...(whose.length ? [whose.join(", ")] : [])].join(": ");
}

// A difference with its sign; of shares in points.
export function signed(value, unit) {
  if (value === null || value === undefined) return "–";
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  if (unit === "share" || unit === "probability") return `${sign}${t("points", { n: number(100 * Math.abs(value), 2) })}`;
  return `${sign}${number(Math.abs(value))}`;
}

export function month(name, form = "long") {
  const [year, at] = name.split("-").map(Number);
  const made = new Intl.DateTimeFormat(language === "uk" ? "uk-UA" : "en-GB", { month: form, year: "numeric", timeZone: "UTC" });
  return made.format(new Date(Date.UTC(year, at - 1, 1)));
}

export function day(text) {
  const made = new Intl.DateTimeFormat(language === "uk" ? "uk-UA" : "en-GB", { dateStyle: "long", timeZone: "UTC" });
  return made.format(new Date(`${text}T00:00:00Z`));
}
