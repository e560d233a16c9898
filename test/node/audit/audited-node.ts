import { AUDIT_TOKEN_TYPE } from "../../../node/audit/bearer.ts";
import { startAudit } from "../../../node/audit/server.ts";
import type { AuditConfig } from "../../../node/config/audit.ts";
import { ROLES } from "../../../node/governance/roles.ts";
import type { HistoryRange, IndexSnapshot } from "../../../node/index/live-index.ts";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { makeJws } from "../../../node/lists/make-token.ts";
import { throwIfUnfit } from "../../../node/runtime/status.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { type AfterTest, followChain } from "../../helpers/served-chain.ts";
import { SEAT, TIMELOCK } from "../../helpers/simulated-events.ts";
import { FOREVER, publicBytes } from "../lists/served-node.ts";

/** The auditor is identity 9; others write. */
export const AUDITOR = formatDid("local", simulatedIdentity(9));
export const AUDIENCE = "https://audit.example";
export const auditor = signerOf(newKey(AUDITOR, "ES256"));

/** Publishes an auditor's key for a purpose, until a moment; 0 revokes it. */
export function publishKey(
  { jwk, ...signer }: Signer,
  { validTo = FOREVER, purpose = "sigAuth" as "sigAuth" | "veriKey", identity = 9 } = {},
): SimulatedWrite {
  const algorithm = signer.algorithm === "ES256" ? "P256" : "Ed25519";
  return { do: "key", identity, algorithm, key: publicBytes({ jwk, ...signer }), validTo, purpose };
}

/**
 * The roles after the deployment: those of the trust registry belong to the timelock and the seat, those of the timelock to the
 * seat, and the seat to identity 20.
 */
export const FOUNDING: readonly SimulatedWrite[] = [
  { do: "role", role: ROLES.trust.admin, account: TIMELOCK },
  { do: "role", role: ROLES.trust.roots, account: TIMELOCK },
  { do: "role", role: ROLES.trust.council, account: SEAT },
  { do: "role", of: "timelock", role: ROLES.timelock.proposer, account: SEAT },
  { do: "holder", account: 20 },
];

/** A chain, a node that follows it, and its audit listener: all real, but for the chain's own network. */
export async function startAuditedNode(
  t: AfterTest,
  {
    first = [] as readonly SimulatedWrite[],
    auditors = null as AuditConfig["auditors"],
    chain = new ChainSimulator(),
    /** The fault of the chain's server when an auditor's request needs it. */
    fault = () => undefined as Fault | undefined,
  } = {},
) {
  chain.mine(first);
  const followed = await followChain(chain);
  const { network, node, index, now, faults } = followed;
  const statuses: number[] = [];
  const { url, close } = await startAudit({
    index,
    network,
    chain: faulty(chain, fault),
    auditors,
    expectFit: () => throwIfUnfit(node.progress.state()),
    now,
    onFault: (error) => faults.push(error),
    onAnswer: (status) => statuses.push(status),
    host: "127.0.0.1",
    port: 0,
  });
  t.after(async () => {
    await close();
    await node.stop();
  });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  return {
    ...followed,
    url,
    statuses,
    get,
    /** From now on the history is read in another way than from the index. */
    readHistory(
      read: (held: IndexSnapshot, range: HistoryRange) => ReturnType<IndexSnapshot["history"]>,
      onRelease = () => {},
    ) {
      const hold = index.hold.bind(index);
      index.hold = () => {
        const held = hold();
        if (held === undefined) return undefined;
        const dispose = async () => {
          onRelease();
          await held[Symbol.asyncDispose]();
        };
        return { ...held, history: (range) => read(held, range), [Symbol.asyncDispose]: dispose };
      };
    },
    /** A JSON answer; fails the test by its status when it is another. */
    // biome-ignore lint/suspicious/noExplicitAny: the schemas of the description are what holds answers to their form
    async json(path: string, status = 200): Promise<any> {
      const response = await get(path);
      const body = await response.json();
      if (response.status !== status) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
      return body;
    },
    /** The claims of a token that is taken now, but for those given. */
    claims(given: object = {}): object {
      return { iss: AUDITOR, aud: AUDIENCE, iat: now(), exp: now() + 120, ...given };
    },
    with: (token: string) => get("/audit/openapi.json", { authorization: `Bearer ${token}` }),
  };
}

/** A token of an auditor. */
export function tokenOf(claims: object, { signer = auditor, type = AUDIT_TOKEN_TYPE } = {}): Promise<string> {
  return makeJws(type, claims, signer);
}
