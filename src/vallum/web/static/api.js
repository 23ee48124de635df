// Everything that the page knows comes through here. One request in flight for each kind; the newest wins.

const PAGE = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
export const away = { is: false, tell: () => {} };

export class Refused extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.problems = problem.problems || [this.message];
  }
}

// How often a question is put again where the server is busy, and after how long where it does not say.
const TRIES = 3, SOON = 1;

export async function ask(path, body, options = {}) {
  for (let tries = 1; ; tries++) {
    const answer = await once(path, body, options);
    if (answer.ok) return answer;
    if (answer.status !== 429 || tries === TRIES) {
      throw new Refused(await answer.json().catch(() => ({ title: answer.statusText, status: answer.status })));
    }
    const seconds = Number(answer.headers.get("Retry-After")) || SOON;
    await new Promise((next) => setTimeout(next, 1000 * seconds));
    options.signal?.throwIfAborted();
  }
}

async function once(path, body, { signal, kind, method }) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (kind) headers["X-Page"] = `${PAGE}.${kind}`;
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error.name !== "AbortError") gone(true);
    throw error;
  }
  gone(false);
  return answer;
}

export async function json(path, body, options) {
  return (await ask(path, body, options)).json();
}

function gone(is) {
  if (away.is === is) return;
  away.is = is;
  away.tell(is);
}

// A question that is asked again and again while a hand moves: the one in flight is let through, of those that wait only
// the newest is sent. `again: true` marks a refinement, which a newer question interrupts at once.
export class Newest {
  constructor(kind, path, shown) {
    Object.assign(this, { kind, path, shown, flight: null, waiting: null });
  }

  ask(body, { again = false, tag } = {}) {
    this.waiting = { body, again, tag };
    if (this.flight?.again) this.flight.stop.abort();
    if (!this.flight) this.next();
  }

  drop() {
    this.waiting = null;
    this.flight?.stop.abort();
  }

  async next() {
    const mine = this.waiting;
    if (!mine) return;
    this.waiting = null;
    this.flight = { ...mine, stop: new AbortController() };
    let made = null, error = null;
    try {
      made = await json(this.path, mine.body, { kind: this.kind, signal: this.flight.stop.signal });
    } catch (trouble) {
      error = trouble;
    }
    this.flight = null;
    const newest = !this.waiting;
    if (this.waiting) this.next();
    if (!error || (error.name !== "AbortError" && error.status !== 409)) this.shown(made, mine, newest, error);
  }
}
