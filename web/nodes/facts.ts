import type { Asking } from "./asking.ts";
import { listOf, member, numberOf, textOf } from "./json.ts";

export const REGISTRIES = ["did", "trust", "status"] as const;
export type Roots = Readonly<Record<(typeof REGISTRIES)[number], string>>;

/** A node's answers about itself; what it does not answer is `undefined`. */
export interface NodeFacts {
  /** Its URL, without a slash at the end. */
  readonly url: string;
  /** Why it could not be asked. */
  readonly failure?: string;
  readonly version?: string | undefined;
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly head?: number | undefined;
  readonly lag?: number | undefined;
  /** The newest block that it serves. */
  readonly newest?: { readonly block: number; readonly time: number; readonly roots: Roots } | undefined;
  /** The newest finalized block. */
  readonly settled?: { readonly block: number; readonly roots: Roots } | undefined;
  /** The newest block with enough attestations, where operators attest blocks. */
  readonly attested?: number | undefined;
  /** The descriptor that it serves. */
  readonly descriptor?: unknown;
  readonly peers?: readonly PeerSaid[];
}

/** A node's comparison with another node. */
export interface PeerSaid {
  readonly peer: string;
  readonly comparedAt: number | undefined;
  readonly trouble: string | undefined;
  /** The first block at which they differ. */
  readonly differsFrom: number | undefined;
}

/** Asks a node about itself. Never throws. */
export async function factsOf(url: string, { json }: Asking): Promise<NodeFacts> {
  try {
    const [status, descriptor, digest, attested] = await Promise.all([
      json(`${url}/status`),
      json(`${url}/network`),
      json(`${url}/digests/finalized`).catch(() => undefined),
      json(`${url}/attestations/newest`).catch(() => undefined),
    ]);
    const newest = digestIn(member(status, "digest"));
    const time = numberOf(member(status, "digest", "time"));
    return {
      url,
      version: textOf(member(status, "version")),
      state: textOf(member(status, "state", "kind")),
      reason: textOf(member(status, "state", "reason")),
      head: numberOf(member(status, "head")),
      lag: numberOf(member(status, "lag")),
      newest: newest && time !== undefined ? { ...newest, time } : undefined,
      settled: digestIn(digest),
      attested: numberOf(member(attested, "number")),
      descriptor,
      peers: listOf(member(status, "peers")).slice(0, 100).flatMap(peerIn),
    };
  } catch (error) {
    return { url, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A node's roots as of a finalized block; `undefined` where it does not answer. */
export async function rootsAt(url: string, block: number, { json }: Asking): Promise<Roots | undefined> {
  return json(`${url}/digests/${block}`).then(
    (digest) => digestIn(digest)?.roots,
    () => undefined,
  );
}

function digestIn(value: unknown): { block: number; roots: Roots } | undefined {
  const block = numberOf(member(value, "block"));
  const [did, trust, status] = REGISTRIES.map((name) => textOf(member(value, "roots", name)));
  if (block === undefined || !did || !trust || !status) return undefined;
  return { block, roots: { did, trust, status } };
}

function peerIn(value: unknown): PeerSaid[] {
  const peer = textOf(member(value, "peer"));
  if (peer === undefined) return [];
  return [
    {
      peer,
      comparedAt: numberOf(member(value, "comparedAt")),
      trouble: textOf(member(value, "trouble")),
      differsFrom: numberOf(member(value, "difference", "block")),
    },
  ];
}
