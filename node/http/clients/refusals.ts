import type { IncomingMessage } from "node:http";
import { type Problem, problem } from "../problem.ts";

/** Why a connection was closed or a request was refused; see {@link Admission}. */
export const REFUSALS = ["connections", "idle", "requests", "share", "pipeline", "unsent", "reader", "queue"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** The answers to requests above a limit. */
export const BUSY = {
  requests: problem("UNAVAILABLE", "As many requests as can be are being answered: ask again"),
  share: problem("TOO_MANY_REQUESTS", "As many requests of this client as may be are being answered: ask again"),
} as const;

const TWO_HOSTS = problem("MALFORMED_REQUEST", "Got two Host headers, wanted one (RFC 9112, section 3.2)");

/** The fault of a request's headers: a proxy and a server may read two `Host` headers differently. */
export function faultIn({ rawHeaders }: IncomingMessage): Problem | undefined {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1 ? TWO_HOSTS : undefined;
}
