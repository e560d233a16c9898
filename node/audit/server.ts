import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type AuditConfig, isLoopback } from "../config/audit.ts";
import { DATA_HEADERS, send } from "../http/answer.ts";
import { problem, problemAnswer } from "../http/problem.ts";
import type { Refusal } from "../http/server/admission.ts";
import { type ClientLimits, MAX_TARGET_LENGTH } from "../http/server/bounds.ts";
import { type Listener, openListener } from "../http/server/listener.ts";
import type { HistoryIndex } from "../index/registry-index.ts";
import { createAuditApp } from "./app.ts";
import { AuditError } from "./audit-error.ts";
import { bearerCheck } from "./bearer.ts";
import { AUDIT_CLIENT_LIMITS } from "./bounds.ts";

export interface AuditOptions extends AuditConfig {
  readonly index: HistoryIndex;
  readonly network: NetworkDescriptor;
  /** The chain, which is asked for the roles of governance alone. */
  readonly chain: ChainReader;
  /** Why nothing can be answered now; `undefined` when the node is fit. */
  readonly unfit: () => string | undefined;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called with each fault of the node; never with what was asked or who asked. */
  readonly onFault: (error: unknown) => void;
  /** Called with the status of each answer that was sent, and nothing else of it. */
  readonly onAnswer: (status: number) => void;
  /** Called with each connection that was closed, and each request that was refused, for the sake of others. */
  readonly onRefused?: (reason: Refusal) => void;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[];
  /** In place of those of `CLIENT_LIMITS`. */
  readonly limits?: Partial<ClientLimits>;
}

/**
 * Opens the audit listener: the only one that answers about one index, and only to auditors, or to this machine.
 *
 * @throws AuditError `AUDIT_FORBIDDEN` for an address that others reach without auditors; PortInUseError.
 */
export async function startAudit(options: AuditOptions): Promise<Listener> {
  const { index, network, chain, auditors, unfit, now, onFault, onAnswer, onRefused, trustedProxies, host, port } =
    options;
  if (auditors === null && !isLoopback(host)) {
    throw new AuditError("AUDIT_FORBIDDEN", `The audit listener opens on ${host} for named auditors only`);
  }
  const bearer = auditors && bearerCheck({ index, network, now, ...auditors });
  const check = async ({ authorization, host: name }: IncomingMessage["headers"]) =>
    bearer === null ? expectLoopback(name) : bearer(authorization);
  const app = createAuditApp({ index, network, chain, check, unfit, now, onFault });
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if ((request.url?.length ?? 0) > MAX_TARGET_LENGTH) {
      const detail = `Got ${request.url?.length} characters, at most ${MAX_TARGET_LENGTH} are read`;
      return send(request, response, problemAnswer(problem("TARGET_TOO_LONG", detail)), DATA_HEADERS);
    }
    return void app(request, response);
  };
  const variables = "MAPAE_AUDIT_HOST or MAPAE_AUDIT_PORT";
  const limits = { ...AUDIT_CLIENT_LIMITS, ...options.limits };
  return openListener({ handle, onFault, onAnswer, onRefused, trustedProxies, host, port, variables, limits });
}

/** A page whose own name was made to lead here (DNS rebinding) asks by that name. */
function expectLoopback(name = ""): void {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(name)) return;
  throw new AuditError(
    "AUDIT_FORBIDDEN",
    "Without auditors, this listener answers to 127.0.0.1, [::1] and localhost only",
  );
}
