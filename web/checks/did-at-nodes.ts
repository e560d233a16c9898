import type { DidEvent } from "../../resolver/did/decode-log.ts";
import type { MapaeDid } from "../../resolver/did/did.ts";
import { type DidDocument, didDocument } from "../../resolver/did/did-document.ts";
import { MapaeError, ResolutionError } from "../../resolver/errors.ts";
import { type IssuerOnNode, issuerSchema, nodesSnapshot } from "../../resolver/evidence/from-nodes.ts";
import type { DidHistory, Snapshot } from "../../resolver/evidence/snapshot.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type AskNodes, askNodes } from "../../resolver/nodes/agreement.ts";
import { nodeSource } from "../../resolver/nodes/node-source.ts";
import { parseBy } from "../../resolver/primitives/schema.ts";
import type { SourceResolution } from "../../resolver/resolution/source.ts";
import { isSameJson } from "../nodes/json.ts";
import type { Context } from "../view.ts";
import { type Check, check } from "./check.ts";
import { nameOf } from "./compare-nodes.ts";

/** One node's answers about a DID, and what its events fold to in this browser. */
export interface DidAtNode {
  readonly url: string;
  readonly snapshot: Snapshot;
  readonly history: DidHistory;
  /** Its answer about the DID as an issuer. */
  readonly issuer: IssuerOnNode;
  /** The resolution that it serves; `undefined` where it does not have the DID. */
  readonly served: SourceResolution | undefined;
}

/** A node that could not be asked, or gave an impossible answer. */
export interface SilentNode {
  readonly url: string;
  readonly why: string;
  /** Whether it gave an impossible answer. */
  readonly isImpossible: boolean;
}

/** Asks a single node, by the library's function for several. */
export function askOne(url: string, descriptor: NetworkDescriptor, { asking, now }: Context): AskNodes {
  return askNodes({ descriptor, nodes: [url], fetch: asking.fetch, now: () => now, timeout: 10_000 });
}

/** Asks each node for a DID, and folds the events. Never throws for a node that fails. */
export async function didAtNodes(
  did: MapaeDid,
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<{ readonly answered: readonly DidAtNode[]; readonly silent: readonly SilentNode[] }> {
  const answers = await Promise.all(
    context.nodes.map(async (url): Promise<DidAtNode | SilentNode> => {
      try {
        return await askNode(url, did, descriptor, context);
      } catch (error) {
        if (!(error instanceof MapaeError)) throw error;
        const why = error.message.replace(/^Could not ask the node at \S+: /, "");
        // It answered, but the answer could not be used.
        const isImpossible = context.asking.asked.some(
          (one) => one.url === `${url}/issuers/${did.did}` && one.status === 200,
        );
        return { url, why, isImpossible };
      }
    }),
  );
  const answered = answers.filter((one): one is DidAtNode => "snapshot" in one);
  return { answered, silent: answers.filter((one): one is SilentNode => !("snapshot" in one)) };
}

async function askNode(
  url: string,
  did: MapaeDid,
  descriptor: NetworkDescriptor,
  context: Context,
): Promise<DidAtNode> {
  const snapshot = await nodesSnapshot(askOne(url, descriptor, context), descriptor, did);
  const body = await context.asking.json(`${url}/issuers/${did.did}`);
  const issuer = parseBy(issuerSchema, body);
  if (!issuer.success) throw new TypeError("An answer that was read can be read again");
  const source = nodeSource({ descriptor, nodes: [url], fetch: context.asking.fetch, now: () => context.now });
  const served = await source.resolve(did, {}).catch((error: unknown) => {
    if (error instanceof ResolutionError && error.code === "NOT_FOUND") return undefined;
    throw error;
  });
  return { url, snapshot, history: await snapshot.did(did.address), issuer: issuer.data, served };
}

/** Compares each node's document with the one from its own events, and the nodes with each other. */
export function checkDid(
  { did }: MapaeDid,
  { chainId }: NetworkDescriptor,
  { answered, silent }: Awaited<ReturnType<typeof didAtNodes>>,
): Check[] {
  const found: Check[] = silent.map(({ url, why, isImpossible }) =>
    check(isImpossible ? "bad" : "late", isImpossible ? "impossible" : "unreachable", { node: nameOf(url), why }),
  );
  for (const { url, history, served } of answered) {
    const node = nameOf(url);
    const { state } = history;
    // The document was requested after the events, so it may be newer, but never older.
    const version = served === undefined ? -1 : Number(served.documentMetadata.versionId);
    const block = state?.updated.block ?? -1;
    if (version < block) found.push(check("bad", "documentOlder", { node, version: Math.max(0, version), block }));
    else if (version > block) found.push(check("late", "documentMoved", { node }));
    if (served === undefined && state === undefined) found.push(check("plain", "noDocument", { node }));
    if (served === undefined || state === undefined || version !== block) continue;
    const at = Date.parse(served.resolutionMetadata.at) / 1_000;
    const folded: DidDocument | null =
      state.deactivated === null ? didDocument({ did, chainId, state, at }).document : null;
    found.push(
      isSameJson(folded, served.document)
        ? check("good", "documentSame", { node, events: history.events.length })
        : check("bad", "documentAltered", { node }),
    );
  }
  return [...found, ...compareHistories(answered)];
}

/**
 * A node with fewer events, as of a block that has more, left some out. When nodes have different events, one of them forged
 * some.
 */
export function compareHistories(answered: readonly Pick<DidAtNode, "url" | "snapshot" | "history">[]): Check[] {
  const [longest] = [...answered].sort((a, b) => b.history.events.length - a.history.events.length);
  if (longest === undefined) return [];
  if (answered.length === 1) return [check("late", "oneNode", { node: nameOf(longest.url) })];
  const found: Check[] = [];
  for (const other of answered) {
    if (other === longest) continue;
    const values = { node: nameOf(other.url), other: nameOf(longest.url) };
    const { events } = other.history;
    const isSame = events.every((event, at) => isSameEvent(event, longest.history.events[at]));
    const missing = longest.history.events[events.length];
    if (!isSame) found.push(check("bad", "otherHistory", values));
    else if (missing !== undefined && missing.block <= other.snapshot.asOf.number) {
      found.push(check("bad", "leavesOut", { ...values, block: missing.block, asOf: other.snapshot.asOf.number }));
    } else if (missing !== undefined) {
      found.push(check("late", "behind", { ...values, block: other.snapshot.asOf.number }));
    }
  }
  if (found.length === 0)
    found.push(check("good", "agree", { count: answered.length, events: longest.history.events.length }));
  return found;
}

function isSameEvent(a: DidEvent, b: DidEvent | undefined): boolean {
  return isSameJson({ ...a.log, time: a.time }, b && { ...b.log, time: b.time });
}
