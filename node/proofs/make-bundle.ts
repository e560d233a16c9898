import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { object } from "../../resolver/chain/rpc/rpc-values.ts";
import { MapaeError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import { BUNDLE_BOUNDS, type Bundle, bundleOf } from "../../resolver/proofs/bundle.ts";
import { ENVELOPE_BOUNDS, type EnvelopeSubject } from "../../resolver/proofs/envelope.ts";
import type { RegistryEvent } from "../../resolver/registry-event.ts";
import { heldIndex, type IndexSnapshot, type LiveIndex } from "../index/live-index.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { AcceptedGrants } from "../trust/accepted-grants.ts";
import type { IssuerLists } from "../trust/issuer-lists.ts";
import { bundleScope, type ScopedAccreditation, type ScopedSubject } from "./bundle-scope.ts";
import { makeEnvelope, provingNodes } from "./make-envelope.ts";
import { envelopeEvent, readEnvelopeSubject } from "./read-subject.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";

export interface BundleMakerOptions {
  readonly index: LiveIndex;
  readonly accepted: AcceptedGrants;
  readonly lists: IssuerLists;
  readonly network: NetworkDescriptor;
  readonly rpc: Rpc;
  readonly blocks: SealedBlocks;
}

/** The wanted bundle. */
export interface BundleQuestion {
  readonly types: readonly Hash[];
  /** Number of the block of an older bundle of the same types. Then a delta to it is made. */
  readonly since?: number | undefined;
}

/** A bundle, and the block as of which it proves. */
export interface MadeBundle {
  readonly bundle: Bundle;
  readonly block: BlockRef;
}

/**
 * Makes bundles from a node's index and a chain's proofs.
 *
 * A delta omits the tree nodes that the bundle as of the older block has. When the chain's server no longer keeps that
 * state, the delta contains all nodes: it is larger, and proves the same.
 */
export function bundleMaker({ index, accepted, lists, network, rpc, blocks }: BundleMakerOptions) {
  /**
   * @returns `undefined` when no block after `since` can be proven yet.
   * @throws ResolutionError `INVALID_OPTIONS` for a type that was never added; UnavailableError when no block can be proven,
   * or the chain has no proof of it now; ChainDataError.
   */
  return async ({ types, since }: BundleQuestion): Promise<MadeBundle | undefined> => {
    await Promise.all([accepted.load(), lists.load()]);
    const { block, attestations, handovers } = await blocks.newest(since);
    await using held = heldIndex(index);
    if (block.number > held.asOf.number)
      throw new UnavailableError(`Block ${block.number} is sealed, but known here is ${held.asOf.number}: ask again`);
    const missing = types.find((id) => held.state("type", id) === undefined);
    if (missing !== undefined) throw new ResolutionError("INVALID_OPTIONS", `There is no credential type ${missing}`);
    if (since !== undefined && since >= block.number) return undefined;
    const before = since === undefined ? undefined : await blockAt(rpc, since);
    const scope = bundleScope(held, { accepted, lists }, { types: new Set(types), block: block.number });
    const subjects = await eventsOf(held, { scope: scope.subjects, network, block: block.number });
    // Descriptors of older networks do not say where the accepted grants are stored.
    const isProvable = currentDeployment(network).slots.acceptedGrants !== undefined;
    const accreditations = isProvable ? scope.accreditations : [];
    const all = {
      subjects: subjects.map(({ subject }) => subject),
      identities: [],
      accreditations: acceptedBy(accreditations, block.number),
    };
    const envelope = await makeEnvelope(network, rpc, { block, attestations, handovers, ...all });
    if (before === undefined) return { bundle: bundleOf(envelope), block };
    const former = {
      subjects: subjects
        .filter(({ since: from, events }) => isFormer(from, events, before.number))
        .map(({ subject }) => subject),
      identities: [],
      accreditations: acceptedBy(accreditations, before.number),
    };
    const known = await nodesBefore(network, rpc, former, before.number);
    const news = accreditations.filter(({ accepted: [first = 0] }) => first > before.number);
    const { accreditations: _, ...rest } = envelope;
    const delta = {
      ...rest,
      nodes: envelope.nodes.filter((node) => !known.has(node as Hex)),
      subjects: subjects.flatMap((one) => sinceBlock(one, before.number)),
      ...(news.length > 0 && { accreditations: news.map(({ subject, typeId }) => ({ subject, typeId })) }),
    };
    return { bundle: bundleOf(delta, before), block };
  };
}

interface Read {
  readonly subject: EnvelopeSubject;
  readonly since: number;
  readonly events: readonly RegistryEvent[];
}

async function eventsOf(
  held: IndexSnapshot,
  {
    scope,
    network,
    block,
  }: { readonly scope: readonly ScopedSubject[]; readonly network: NetworkDescriptor; readonly block: number },
): Promise<Read[]> {
  const found: Read[] = [];
  let count = 0;
  for (const { kind, id, since } of scope) {
    const { subject, events } = await readEnvelopeSubject(
      held,
      { kind, id },
      { network, block, maxBytes: BUNDLE_BOUNDS.json },
    );
    // The list was created after the block that is proven.
    if (kind === "list" && events.length === 0) continue;
    count += subject.events.length;
    if (count > ENVELOPE_BOUNDS.events)
      throw new UnavailableError(
        `More than ${ENVELOPE_BOUNDS.events} events: checkpoint the lists, or ask for fewer types`,
      );
    found.push({ subject, since, events });
  }
  return found;
}

/** The accreditations as of a block, each with the number of grants that were accepted by then. */
function acceptedBy(accreditations: readonly ScopedAccreditation[], block: number) {
  return accreditations
    .map(({ subject, typeId, accepted }) => ({ subject, typeId, count: accepted.filter((at) => at <= block).length }))
    .filter(({ count }) => count > 0);
}

/** Whether a bundle of the same types as of this block has the subject. */
function isFormer(since: number, events: readonly RegistryEvent[], block: number): boolean {
  const [first] = events;
  return since <= block && (first === undefined || first.event.block <= block);
}

/** The part of a subject for a delta: nothing, its later events, or all of it. */
function sinceBlock({ subject, since, events }: Read, block: number): EnvelopeSubject[] {
  if (!isFormer(since, events, block)) return [subject];
  const later = events.filter(({ event }) => event.block > block);
  return later.length === 0 ? [] : [{ kind: subject.kind, id: subject.id, events: later.map(envelopeEvent) }];
}

async function blockAt(rpc: Rpc, number: number): Promise<NonNullable<Bundle["since"]>> {
  const [answer] = await rpc([["eth_getBlockByNumber", [`0x${number.toString(16)}`, false]]]);
  const { hash } = object(answer, `block ${number}`);
  if (typeof hash === "string" && /^0x[0-9a-f]{64}$/.test(hash)) return { number, hash };
  throw new UnavailableError(`The chain has no block ${number} now`);
}

async function nodesBefore(
  network: NetworkDescriptor,
  rpc: Rpc,
  former: Parameters<typeof provingNodes>[2],
  block: number,
): Promise<ReadonlySet<Hex>> {
  try {
    return await provingNodes(network, rpc, former, block);
  } catch (error) {
    // The server pruned the old state; the delta becomes larger.
    if (error instanceof MapaeError) return new Set();
    throw error;
  }
}
