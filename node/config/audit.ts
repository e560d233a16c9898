import { isIPv4, isIPv6 } from "node:net";
import { parseDid } from "../../resolver/did/did.ts";

/** How the audit listener is set up. */
export interface AuditConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Who may ask, and what their tokens have to be made for; `null` is anyone on this machine. */
  readonly auditors: { readonly dids: readonly string[]; readonly audience: string } | null;
}

/** The variables of the environment, as the schema reads them. */
export interface AuditVariables {
  readonly MAPAE_AUDIT_HOST: string;
  readonly MAPAE_AUDIT_PORT: number | null;
  readonly MAPAE_AUDIT_DIDS: readonly string[];
  readonly MAPAE_AUDIT_AUDIENCE?: string | undefined;
}

/**
 * Puts the audit listener's variables together.
 * @param problems gets a line for each that is wrong: nobody but this machine is answered without a token.
 * @returns `null` when there is to be no such listener.
 */
export function auditConfig(values: AuditVariables, network: string, problems: string[]): AuditConfig | null {
  const { MAPAE_AUDIT_HOST: host, MAPAE_AUDIT_PORT: port } = values;
  const { MAPAE_AUDIT_DIDS: dids, MAPAE_AUDIT_AUDIENCE: audience } = values;
  for (const did of dids.filter((one) => parseDid(one).network !== network)) {
    problems.push(`MAPAE_AUDIT_DIDS: got ${did}, wanted DIDs of the network ${network}`);
  }
  if (dids.length > 0 && audience === undefined) {
    problems.push(
      "MAPAE_AUDIT_AUDIENCE: not set, wanted what auditors' tokens have to be made for, with MAPAE_AUDIT_DIDS",
    );
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

/** Whether an address is one that only this machine reaches; a name is none, whatever it resolves to today. */
export function isLoopback(host: string): boolean {
  return (isIPv4(host) && host.startsWith("127.")) || (isIPv6(host) && host === "::1");
}
