import type { IncomingMessage, ServerResponse } from "node:http";
import { type AuditConfig, isLoopback } from "../config/audit.ts";
import { DATA_HEADERS, send } from "../http/answer.ts";
import { MAX_TARGET_LENGTH } from "../http/server/bounds.ts";
import { type Listener, type ListenerOptions, openListener } from "../http/server/listener.ts";
import { targetTooLong } from "../http/server/routes.ts";
import { type AuditAppOptions, createAuditApp } from "./app.ts";
import { AuditError } from "./audit-error.ts";
import { bearerCheck } from "./bearer.ts";
import { AUDIT_CLIENT_LIMITS } from "./bounds.ts";

export interface AuditOptions
  extends AuditConfig,
    Omit<AuditAppOptions, "check">,
    Omit<ListenerOptions, "handle" | "variables"> {}

/**
 * Opens the audit listener. No other listener answers about a single index of a list, and this one answers only auditors or,
 * without auditors, this machine.
 *
 * @throws AuditError `AUDIT_FORBIDDEN` when there are no auditors and other machines can reach the address; PortInUseError.
 */
export async function startAudit(options: AuditOptions): Promise<Listener> {
  const { index, network, now, auditors, host } = options;
  if (auditors === null && !isLoopback(host)) {
    throw new AuditError("AUDIT_FORBIDDEN", `The audit listener opens on ${host} for named auditors only`);
  }
  const bearer = auditors && bearerCheck({ index, network, now, ...auditors });
  const check = async ({ authorization, host: name }: IncomingMessage["headers"]) =>
    bearer === null ? expectLoopback(name) : bearer(authorization);
  const app = createAuditApp({ ...options, check });
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { url = "" } = request;
    if (url.length > MAX_TARGET_LENGTH) return send(request, response, targetTooLong(url), DATA_HEADERS);
    app(request, response);
  };
  const limits = { ...AUDIT_CLIENT_LIMITS, ...options.limits };
  return openListener({ ...options, handle, limits, variables: "MAPAE_AUDIT_HOST or MAPAE_AUDIT_PORT" });
}

/** Against DNS rebinding: a foreign page whose name was pointed to this machine sends that name as host. */
function expectLoopback(name = ""): void {
  if (/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(name)) return;
  throw new AuditError(
    "AUDIT_FORBIDDEN",
    "Without auditors, this listener answers to 127.0.0.1, [::1] and localhost only",
  );
}
