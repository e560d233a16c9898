import * as z from "zod/mini";
import { applyDidEvent, type DidState } from "../did/apply-event.ts";
import { decodeDidLog } from "../did/decode-log.ts";
import type { MapaeDid } from "../did/did.ts";
import { MapaeError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { type AskNodes, earliestOf } from "../nodes/agreement.ts";
import type { HttpNode } from "../nodes/http-node.ts";
import type { Hash, Hex } from "../primitives/hex.ts";
import { describeIssues, parseBy } from "../primitives/schema.ts";
import type { AsOf } from "../resolution/resolve.ts";
import { listIdOf } from "../status/apply-status-event.ts";
import { grantIdOf } from "../trust/apply-trust-event.ts";
import type { DidHistory, ListFacts, Snapshot } from "./snapshot.ts";

const hash = z.string().check(z.regex(/^0x[0-9a-f]{64}$/)) as unknown as z.ZodMiniType<Hash>;
const address = z.string().check(z.regex(/^0x[0-9a-f]{40}$/)) as unknown as z.ZodMiniType<Hex>;
const bytes = z.string().check(z.regex(/^0x(?:[0-9a-f]{2})*$/)) as unknown as z.ZodMiniType<Hex>;
const whole = z.int().check(z.minimum(0));
const moment = z.strictObject({ block: whole, time: whole });

/** The schema of {@link IssuerOnNode}. */
export const issuerSchema = z.object({
  history: z.array(
    z.strictObject({
      block: whole,
      blockHash: hash,
      time: whole,
      transaction: hash,
      logIndex: whole,
      topics: z.array(hash).check(z.maxLength(4)),
      data: bytes,
    }),
  ),
  accepted: z.array(hash),
  grants: z.array(
    z.strictObject({
      grantId: hash,
      typeId: hash,
      subject: address,
      number: whole,
      parent: z.nullable(hash),
      created: moment,
      notBefore: whole,
      notAfter: whole,
      mayGrant: z.boolean(),
      label: bytes,
      accepted: z.nullable(moment),
      withdrawnFrom: z.nullable(whole),
      events: whole,
      head: hash,
      deactivatedAt: z.nullable(whole),
    }),
  ),
  lists: z.array(
    z.strictObject({
      list: hash,
      typeId: hash,
      size: whole,
      closed: z.boolean(),
      closedAt: z.nullable(whole),
      number: z.string().check(z.regex(/^(?:0|[1-9]\d{0,77})$/)),
      baseUri: z.nullable(z.string()),
      head: hash,
    }),
  ),
});

/** The answer of a node's route `/issuers/{did}`: all about an issuer, as of one block. */
export type IssuerOnNode = z.output<typeof issuerSchema>;

interface IssuerEvidence {
  readonly asOf: AsOf;
  readonly stale: boolean;
  readonly issuer: IssuerOnNode;
  readonly did: DidHistory;
}

/**
 * A snapshot of one issuer from the answers of nodes, of which k have to be equal in its whole history, its grants and its
 * lists. The DID's events are folded here, by the same function as in a node. It is as of the earliest block among the nodes
 * that agree.
 *
 * @throws NodesDisagreeError, UnavailableError
 */
export async function nodesSnapshot(ask: AskNodes, network: NetworkDescriptor, did: MapaeDid): Promise<Snapshot> {
  const group = await ask<IssuerEvidence>({
    about: did.did,
    ask: (node) => askNode(node, network, did),
    keyOf: ({ issuer }) => JSON.stringify(issuer),
    describe: ({ asOf, did: { events } }) => `${events.length} events as of block ${asOf.number}`,
  });
  const oldest = earliestOf(group, ({ answer }) => answer.asOf).answer;
  const { issuer } = oldest;
  const grants = new Map(issuer.grants.map(({ deactivatedAt: _, ...grant }) => [grant.grantId, grant]));
  const ends = new Map(issuer.grants.map(({ subject, deactivatedAt }) => [subject, deactivatedAt ?? undefined]));
  const isAsked = (other: Hex) => other === did.address;
  return {
    asOf: oldest.asOf,
    nodes: group.map(({ node }) => node.name),
    ...(group.some(({ answer }) => answer.stale) && { stale: true as const }),
    did: async (address) => (isAsked(address) ? oldest.did : notAsked(address)),
    deactivatedAt: async (address) => (ends.has(address) ? ends.get(address) : notAsked(address)),
    acceptedGrants: async (subject, typeId) =>
      isAsked(subject) ? issuer.accepted.filter((id) => grants.get(id)?.typeId === typeId) : notAsked(subject),
    grants: async (ids) => ids.map((id) => grants.get(id)),
    wholeGrant: async (grant) => grant,
    async list(id): Promise<ListFacts | null> {
      const found = issuer.lists.find(({ list }) => list === id);
      if (found === undefined) return null;
      const { number, baseUri, ...facts } = found;
      return { ...facts, origin: { issuer: did.address, number: BigInt(number), baseUri } };
    },
    chunks: async () => undefined,
  };
}

async function askNode(node: HttpNode, network: NetworkDescriptor, did: MapaeDid): Promise<IssuerEvidence> {
  const { asOf, finalized, stale, body } = await node.get(`/issuers/${did.did}`);
  const parsed = parseBy(issuerSchema, body);
  if (!parsed.success) throw unusable(node, describeIssues(parsed.error));
  expectOwn(node, parsed.data, did);
  return {
    asOf: { ...asOf, finalizedBlock: finalized ? asOf.number : -1 },
    stale,
    issuer: parsed.data,
    did: foldDid(node, parsed.data, network, did),
  };
}

/** Rejects lists and grants of another issuer: an id is a hash over its issuer or subject. */
function expectOwn(node: HttpNode, { accepted, grants, lists }: IssuerOnNode, { address }: MapaeDid): void {
  const subjects = new Map(grants.map(({ grantId, subject }) => [grantId, subject]));
  const strangers = [
    ...lists.filter(({ list, number }) => listIdOf(address, BigInt(number)) !== list).map(({ list }) => list),
    ...grants.filter((grant) => grantIdOf(grant) !== grant.grantId).map(({ grantId }) => grantId),
    ...accepted.filter((id) => subjects.get(id) !== address),
  ];
  if (strangers[0] !== undefined) throw unusable(node, `${strangers[0]} is not of ${address}`);
}

function foldDid(
  node: HttpNode,
  { history }: IssuerOnNode,
  network: NetworkDescriptor,
  { address }: MapaeDid,
): DidHistory {
  const registry = currentDeployment(network).registries.did.address;
  try {
    const events = history.map(({ block, blockHash, time, transaction, logIndex, topics, data }) =>
      decodeDidLog(
        { address: registry, topics, data, blockNumber: block, blockHash, transactionHash: transaction, logIndex },
        time,
      ),
    );
    if (events.some(({ identity }) => identity !== address)) throw unusable(node, "an event of another DID");
    const state = events.reduce<DidState | undefined>(
      (known, event) => applyDidEvent(known, event, network.chainId),
      undefined,
    );
    return { events, state };
  } catch (cause) {
    if (!(cause instanceof MapaeError) || cause instanceof UnavailableError) throw cause;
    throw unusable(node, cause.message, { cause });
  }
}

function unusable(node: HttpNode, why: string, options?: ErrorOptions): UnavailableError {
  return new UnavailableError(
    `Could not ask the node at ${node.name}: it answered what can't be true: ${why.slice(0, 300)}`,
    options,
  );
}

function notAsked(address: Hex): never {
  throw new UnavailableError(`What the nodes say is of another issuer than ${address}: ask for that one`);
}
