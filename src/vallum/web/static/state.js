// The state of a view and its address. The address is the file format of a view: versioned and readable.
//   ?v=1&s=winter-2025-26&p=licence,ceasefire&choices.stock.patriot_round=150&seed=3&a.s=...&a.p=...
// What belongs to the pinned view A begins with "a.".

export const VERSION = 1;
const OWN = new Set(["v", "s", "p", "seed", "lang", "figure", "what", "q", "day"]);

export function fresh(scenario = "winter-2025-26") {
  return { scenario, packages: [], set: {}, seed: 0 };
}

export function copy(state) {
  return { ...state, packages: [...state.packages], set: { ...state.set } };
}

export function same(one, other) {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

function ordered(state) {
  return state && { ...state, set: Object.entries(state.set).sort(([x], [y]) => (x < y ? -1 : 1)) };
}

// View -> what follows the question mark.
export function written(view) {
  const parts = [["v", VERSION], ...entries(view.b, "")];
  if (view.a) parts.push(...entries(view.a, "a."));
  return parts.map(([key, value]) => `${key}=${readable(String(value))}`).join("&");
}

function entries(state, prefix) {
  const found = [[`${prefix}s`, state.scenario]];
  if (state.packages.length) found.push([`${prefix}p`, state.packages.join(",")]);
  if (state.seed) found.push([`${prefix}seed`, state.seed]);
  for (const [path, value] of Object.entries(state.set)) {
    found.push([prefix + path, typeof value === "object" ? JSON.stringify(value) : value]);
  }
  return found;
}

function readable(text) {
  return encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":");
}

// What follows the question mark -> {view, notes}; a note is [key, parameters] of a text.
export function read(address) {
  const given = new URLSearchParams(address);
  const notes = [];
  const version = given.get("v");
  if (version !== null && Number(version) > VERSION) notes.push(["newer", { version }]);
  const b = fresh();
  let a = null;
  for (const [key, value] of given) {
    if (key.startsWith("a.")) a ??= fresh();
    const state = key.startsWith("a.") ? a : b;
    take(state, key.replace(/^a\./, ""), value, notes);
  }
  return { view: { a, b }, notes, bare: ![...given.keys()].length };
}

function take(state, key, value, notes) {
  if (key === "s") state.scenario = value;
  else if (key === "p") state.packages = value.split(",").filter(Boolean).slice(0, 8);
  else if (key === "seed") {
    const number = Number(value);
    if (Number.isInteger(number) && number >= 0 && number <= 2 ** 31) state.seed = number;
    else notes.push(["badSeed", { value }]);
  } else if (key.includes(".")) state.set[key] = valueOf(value);
  else if (!OWN.has(key)) notes.push(["unknownKey", { key }]);
}

export function valueOf(text) {
  if (/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (text === "true" || text === "false" || text === "null") return JSON.parse(text);
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}

// ---- the view as a command and as Python ----

function quoted(text) {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function yaml(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function command(state, futures) {
  const parts = [`vallum run ${state.scenario}`];
  for (const name of state.packages) parts.push(`--package ${name}`);
  for (const [path, value] of Object.entries(state.set)) parts.push(`--set ${quoted(`${path}=${yaml(value)}`)}`);
  parts.push(`--futures ${futures}`, `--seed ${state.seed}`);
  return parts.join(" ");
}

function python(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

export function script(state, futures) {
  const lines = ["import vallum", "", `scenario = vallum.read(${python(state.scenario)}, packages=${python(state.packages)})`];
  if (Object.keys(state.set).length) lines.push(`scenario = scenario.replace(${python(state.set)})`);
  lines.push(`result = vallum.run(scenario, futures=${futures}, seed=${state.seed})`, "print(result.summary())", "");
  return lines.join("\n");
}
