import { isIPv4, isIPv6 } from "node:net";
import type { z } from "zod";
import { parseDid } from "../../resolver/did/did.ts";
import { foreignDids } from "./read-variables.ts";
import type { variables } from "./schema.ts";

/** Configuration of the audit listener. */
export interface AuditConfig {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** DIDs of the auditors, and the audience of their tokens; `null` allows anyone on this machine. */
  readonly auditors: { readonly dids: readonly string[]; readonly audience: string } | null;
}

/**
 * Builds the configuration of the audit listener.
 * @param problems receives a line for each invalid variable, for example a host that other machines can reach although no
 * auditors are named.
 * @returns `null` when the listener is turned off.
 */
export function auditConfig(
  values: z.output<typeof variables>,
  network: string,
  problems: string[],
): AuditConfig | null {
  const { MAPAE_AUDIT_HOST: host, MAPAE_AUDIT_PORT: port } = values;
  const { MAPAE_AUDIT_DIDS: dids, MAPAE_AUDIT_AUDIENCE: audience } = values;
  problems.push(...foreignDids("MAPAE_AUDIT_DIDS", dids.map(parseDid), network));
  if (dids.length > 0 && audience === undefined) {
    problems.push("MAPAE_AUDIT_AUDIENCE: not set, wanted the audience of auditors' tokens, with MAPAE_AUDIT_DIDS");
  }
  if (port === null) return null;
  if (dids.length === 0 && !isLoopback(host)) {
    problems.push(
      `MAPAE_AUDIT_HOST: got ${JSON.stringify(host)}, wanted 127.0.0.1 or ::1: only with MAPAE_AUDIT_DIDS may others reach it`,
    );
  }
  const auditors = dids.length === 0 ? null : Object.freeze({ dids: Object.freeze(dids), audience: audience ?? "" });
  return Object.freeze({ host, port, auditors });
}

/** Whether only this machine can reach an address. A host name never counts, because it may resolve to another address later. */
export function isLoopback(host: string): boolean {
  return (isIPv4(host) && host.startsWith("127.")) || (isIPv6(host) && host === "::1");
}
