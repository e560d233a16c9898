import { boundedBytes } from "../../resolver/http/request.ts";
import { parseJsonText } from "../../resolver/primitives/json.ts";

/** Most bytes of one answer that the page reads. */
const MAX_BYTES = 32 * 1_048_576;
/** Milliseconds for one request. */
const TIMEOUT = 10_000;

/** A request for a view. */
export interface Asked {
  readonly url: string;
  readonly accept: string | undefined;
  /** `undefined` without an answer. */
  readonly status: number | undefined;
}

/** Sends the requests of one view, each only once, and records them. */
export interface Asking {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** @throws Error for an answer that is not JSON that all readers understand alike, or has another status than 200. */
  readonly json: (url: string) => Promise<unknown>;
  readonly asked: readonly Asked[];
}

interface Kept {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @param headers of every request, such as a bearer token. */
export function asking(headers: () => Readonly<Record<string, string>> = () => ({})): Asking {
  const kept = new Map<string, Promise<Kept>>();
  const asked: Asked[] = [];

  const load = async (url: string, init: RequestInit): Promise<Kept> => {
    const accept = new Headers(init.headers).get("accept") ?? undefined;
    const at = asked.push({ url, accept, status: undefined }) - 1;
    const signal = init.signal ?? AbortSignal.timeout(TIMEOUT);
    // A node that redirects would choose which server the page asks, and could answer with another node's words as its own.
    const options = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer" } as const;
    const response = await fetch(url, { ...init, ...options, signal });
    asked[at] = { url, accept, status: response.status };
    const bytes = await boundedBytes(response, MAX_BYTES);
    if (bytes === undefined) throw new Error(`The answer has more than ${MAX_BYTES} bytes, which are at most read`);
    return { status: response.status, headers: response.headers, bytes };
  };
  const ask = async (url: string, init: RequestInit = {}) => {
    const all = { ...Object.fromEntries(new Headers(init.headers)), ...headers() };
    const key = `${url} ${all.accept ?? ""}`;
    const answer = kept.get(key) ?? load(url, { ...init, headers: all });
    kept.set(key, answer);
    const { status, headers: theirs, bytes } = await answer;
    const isBare = status === 204 || status === 304;
    return new Response(isBare ? null : bytes.slice(0), { status, headers: theirs });
  };
  return {
    asked,
    fetch: ask,
    async json(url) {
      const response = await ask(url, { headers: { accept: "application/json" } });
      const text = await response.text();
      if (response.status === 200) return parseJsonText(text);
      throw new AnswerError(response.status, problemIn(text));
    },
  };
}

/** A node answered with an error. */
export class AnswerError extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, problem: { code?: string; detail?: string }) {
    super(problem.detail ?? `HTTP ${status}`);
    this.name = "AnswerError";
    this.status = status;
    this.code = problem.code;
  }
}

/** The code and the detail of a problem object (RFC 9457), as far as it has them. */
export function problemIn(text: string): { code?: string; detail?: string } {
  try {
    const { code, detail } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof code === "string" && { code: code.slice(0, 60) }),
      ...(typeof detail === "string" && { detail: detail.slice(0, 400) }),
    };
  } catch {
    return {};
  }
}
