import type { MapaeDid } from "../../resolver/did/did.ts";
import { MapaeError } from "../../resolver/errors.ts";
import { expectLinks } from "../../resolver/evidence/from-proof.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { askForProofs } from "../../resolver/nodes/agreement.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { askProven, type ProofRequest, type ProvenByNode } from "../../resolver/proofs/asking/ask-proven.ts";
import { ProofError } from "../../resolver/proofs/proof-error.ts";
import type { Context } from "../view.ts";
import { type Check, check, PROVEN } from "./check.ts";
import { nameOf } from "./compare-nodes.ts";
import type { DidAtNode } from "./did-at-nodes.ts";

/** Highest age of a proven block in seconds, the same as the default of `getResolver` with proofs. */
export const MAX_AGE = 900;

/** Most credential types of one issuer for which accreditations are proven in one view. */
const MAX_TYPES = 5;

/** One node's proof by the seals of its network's blocks. */
interface ProofAtNode extends ProvenByNode {
  readonly url: string;
}

/** A node without a valid proof, with the reason as the key of its text in `proof.…`. */
interface NoProofAtNode {
  readonly url: string;
  readonly why: ProofFault;
  /** Whether it gave a wrong proof, and not just none or an old one. */
  readonly isBad: boolean;
}

/** Why a node has no valid proof. */
export type ProofFault = "none" | "stale" | "future" | "older" | "network" | "seals" | "code" | "state" | "format";

/** Compares each node's events of a DID with the proven ones: none may be altered or left out. */
export async function proveDid(
  did: MapaeDid,
  answered: readonly DidAtNode[],
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<Check[]> {
  if (descriptor.consensus.kind === "none") return [check("plain", "noSeals")];
  const { address } = did;
  const wanted: ProofRequest = {
    about: did.did,
    path: `/proofs/dids/${did.did}`,
    expect: (state) => void state.state("did", address),
  };
  const found = await askEach(wanted, descriptor, context);
  const checks = found.flatMap((one): Check[] => {
    if (!("state" in one)) return [notProven(one)];
    const { number } = one.asOf;
    const proven = one.state.events("did", address);
    const liars = answered.filter(({ snapshot, history: { events } }) => {
      const upTo = Math.min(number, snapshot.asOf.number);
      return written(events, upTo) !== written(proven, upTo);
    });
    return [
      check("good", "provenDid", { node: nameOf(one.url), events: proven.length, block: number }),
      ...liars.map(({ url }) => check("bad", "contradictsProof", { node: nameOf(url), block: number })),
    ];
  });
  return [...onceEach(checks), ...(await proveGrants(did, answered, descriptor, context))];
}

/** Compares each node's list of the accreditations that an issuer accepted with the proven one. */
async function proveGrants(
  { did, address }: MapaeDid,
  said: readonly DidAtNode[],
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<Check[]> {
  const grants = new Map(said.flatMap(({ issuer }) => issuer.grants.map((grant) => [grant.grantId, grant] as const)));
  const types = new Set(said.flatMap(({ issuer }) => issuer.accepted.flatMap((id) => grants.get(id)?.typeId ?? [])));
  const all = [...types].slice(0, MAX_TYPES).map(async (typeId): Promise<Check[]> => {
    const id = { subject: address, typeId };
    const wanted: ProofRequest = {
      about: did,
      path: `/proofs/accreditations/${did}?type=${typeId}`,
      expect: (state) => {
        for (const grant of state.acceptedGrants(id) ?? []) expectLinks(state, grant);
      },
    };
    const found = await askEach(wanted, descriptor, context);
    return found.flatMap((one) => {
      if (!("state" in one)) return [notProven(one)];
      const { number } = one.asOf;
      const accepted = one.state.acceptedGrants(id);
      if (accepted === undefined) return [notProven({ url: one.url, why: "state", isBad: true })];
      const liars = said.filter(
        ({ issuer, snapshot }) =>
          snapshot.asOf.number >= number && ownOf(issuer, typeId, number) !== accepted.toSorted().join(),
      );
      return [
        check("good", "provenGrants", { node: nameOf(one.url), count: accepted.length, block: number }),
        ...liars.map(({ url }) => check("bad", "contradictsProof", { node: nameOf(url), block: number })),
      ];
    });
  });
  return onceEach((await Promise.all(all)).flat());
}

/**
 * Adds the checks of proofs. A proof also shows what a single node leaves out, so the remark about a single node is dropped.
 */
export function withProofs(found: readonly Check[], proofs: readonly Check[]): Check[] {
  const isProven = proofs.some(({ name }) => PROVEN.has(name)) && proofs.every(({ outcome }) => outcome === "good");
  return [...found.filter(({ name }) => !(isProven && name === "oneNode")), ...proofs];
}

/** Asks each node for the same proof. Never throws for a node without a valid one. */
export async function askEach(
  wanted: ProofRequest,
  descriptor: NetworkDescriptor,
  { nodes, asking, now, known }: Context,
): Promise<readonly (ProofAtNode | NoProofAtNode)[]> {
  return Promise.all(
    nodes.map(async (url) => {
      const clock = () => now;
      const ask = askForProofs({ descriptor, nodes: [url], fetch: asking.fetch, timeout: 10_000 }, clock);
      const options = { descriptor, ask, now: clock, maxAge: MAX_AGE, known: known(url) };
      try {
        return { url, ...(await askProven(options, wanted)) };
      } catch (error) {
        if (error instanceof ProofError) return { url, ...faultOf(error) };
        if (error instanceof MapaeError) return { url, why: "none" as const, isBad: false };
        throw error;
      }
    }),
  );
}

/** Why a node has no valid proof, and whether it gave a wrong one. */
export function faultOf({ code }: ProofError): Omit<NoProofAtNode, "url"> {
  switch (code) {
    case "PROOF_STALE":
      return { why: "stale", isBad: false };
    case "PROOF_FUTURE":
      return { why: "future", isBad: false };
    case "PROOF_OLDER":
      return { why: "older", isBad: false };
    case "PROOF_OTHER_NETWORK":
      return { why: "network", isBad: true };
    case "PROOF_CODE":
      return { why: "code", isBad: true };
    case "PROOF_FORMAT":
      return { why: "format", isBad: true };
    case "PROOF_HISTORY":
    case "PROOF_INCOMPLETE":
    case "PROOF_NODE":
    case "PROOF_NODE_MISSING":
      return { why: "state", isBad: true };
    default:
      return { why: "seals", isBad: true };
  }
}

export function notProven({ url, why, isBad }: NoProofAtNode): Check {
  return check(isBad ? "bad" : "late", "notProven", { node: nameOf(url), proof: why });
}

/** The parts of an event that its subject's head covers. */
type Written = readonly {
  readonly time: number;
  readonly block: number;
  readonly log: { readonly topics: readonly string[]; readonly data: string };
}[];

/** The events up to a block as text, for comparison. */
function written(events: Written, upTo: number): string {
  return JSON.stringify(
    events.filter(({ block }) => block <= upTo).map(({ block, time, log }) => [block, time, log.topics, log.data]),
  );
}

/** Ids of the grants of a type that were accepted up to a block, by a node's answer. */
function ownOf({ accepted, grants }: DidAtNode["issuer"], typeId: Hash, upTo: number): string {
  const all = new Map(grants.map((grant) => [grant.grantId, grant]));
  return accepted
    .toSorted()
    .filter((id) => {
      const grant = all.get(id);
      return grant?.typeId === typeId && (grant.accepted?.block ?? Number.POSITIVE_INFINITY) <= upTo;
    })
    .join();
}

export function onceEach(checks: readonly Check[]): Check[] {
  return [...new Map(checks.map((one) => [JSON.stringify(one), one])).values()];
}
