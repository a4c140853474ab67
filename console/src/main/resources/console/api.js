// The public HTTP API, and nothing else of the server.

const KEY = 'foretell.token';

export const session = {
  tenant: sessionStorage.getItem('foretell.tenant') || 'default',
  get token() { return sessionStorage.getItem(KEY) || ''; },
  set token(value) {
    if (value) sessionStorage.setItem(KEY, value); else sessionStorage.removeItem(KEY);
  },
};

/** A problem after RFC 9457. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `status ${status}`);
    this.status = status;
    this.reason = problem.reason || '';
    this.title = problem.title || '';
  }
}

function address(path, query = {}) {
  const parameters = new URLSearchParams({ tenant: session.tenant });
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, value);
  }
  return `api/v1${path}?${parameters}`;
}

// A question that is asked again anyway; what changes something is never given up half way.
const PATIENCE = 30_000;

async function call(method, path, query, body) {
  let response;
  let text;
  try {
    response = await fetch(address(path, query), {
      method,
      headers: {
        authorization: `Bearer ${session.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: method === 'GET' ? AbortSignal.timeout(PATIENCE) : undefined,
    });
    text = await response.text();
  } catch {
    throw new Problem(0, { reason: 'UNREACHABLE', title: 'unreachable' });
  }
  let parsed = {};
  try { parsed = text ? JSON.parse(text) : {}; } catch { /* not ours: the status has to do */ }
  if (!response.ok) throw new Problem(response.status, parsed);
  return parsed;
}

export const get = (path, query) => call('GET', path, query);
export const post = (path, body = {}, query) => call('POST', path, query, body);

/**
 * Follows the server's events until it is stopped; connects again after a break.
 * EventSource cannot send a token, so the stream is read by hand.
 */
export function follow(query, onEvent, onState = () => {}) {
  const abort = new AbortController();
  let wait = 500;
  const run = async () => {
    while (!abort.signal.aborted) {
      try {
        const response = await fetch(address('/events', query), {
          headers: { authorization: `Bearer ${session.token}` },
          signal: abort.signal,
        });
        if (!response.ok) throw new Problem(response.status, {});
        onState(true);
        wait = 500;
        await read(response.body.getReader(), onEvent);
      } catch (failure) {
        if (abort.signal.aborted) return;
        if (failure.status === 401) return;
      }
      onState(false);
      await new Promise((resume) => setTimeout(resume, wait));
      wait = Math.min(wait * 2, 10000);
    }
  };
  run();
  return () => abort.abort();
}

async function read(reader, onEvent) {
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    let end;
    while ((end = rest.indexOf('\n\n')) >= 0) {
      const block = rest.slice(0, end);
      rest = rest.slice(end + 2);
      let type = 'message';
      let data = '';
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) type = line.slice(7);
        else if (line.startsWith('data: ')) data += line.slice(6);
      }
      if (data) onEvent(type, JSON.parse(data));
    }
  }
}
