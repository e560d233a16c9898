import assert from "node:assert/strict";
import { foldLogs } from "../../../node/index/fold.ts";
import { seedRoots } from "../../../node/index/roots.ts";
import type { RunningNode } from "../../../node/main.ts";
import type { NodeReport, NodeState } from "../../../node/runtime/status.ts";
import type { MapaeDid } from "../../../resolver/did/did.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { SubjectState } from "../../../resolver/registry-event.ts";
import { represent } from "../../../resolver/resolution/representation.ts";
import { resolveLatest } from "../../../resolver/resolution/resolve.ts";
import type { RealChain, Truth } from "./chain.ts";

interface ResolutionResult {
  readonly didDocument: unknown;
  readonly didDocumentMetadata: unknown;
  readonly didResolutionMetadata: { readonly asOf: { readonly hash: Hash } };
}

/** Looks at all that a node says, and fails for whatever is not true as of the block that it names. */
export class Watcher {
  readonly #node: RunningNode;
  readonly #chain: RealChain;
  /** How many answers with knowledge of the chain were true. */
  #answers = 0;

  constructor(node: RunningNode, chain: RealChain) {
    this.#node = node;
    this.#chain = chain;
  }

  get answers(): number {
    return this.#answers;
  }

  /** What the node says of itself. */
  get says(): string {
    return JSON.stringify(this.#node.report());
  }

  /** One look at everything. */
  async look(): Promise<void> {
    this.#lookAtIndex();
    await this.#lookAtStatus();
    for (const id of identities(this.#chain)) await this.#lookAtDocument(id);
  }

  /** Whether the node says that it follows, and is at the chain's newest block. */
  async isAtTip(): Promise<boolean> {
    const ready = await fetch(`${this.#node.url}/ready`);
    const state = (await ready.json()) as NodeState;
    assert.equal(ready.status === 200, state.kind === "following" || state.kind === "stale", JSON.stringify(state));
    return state.kind === "following" && this.#node.index.asOf()?.hash === this.#chain.tip.hash;
  }

  /** Every subject that was ever written on this chain, as the library sees it that the routes use. */
  #lookAtIndex(): void {
    const { index } = this.#node;
    const asOf = index.asOf();
    if (asOf === undefined) return;
    const wanted = statesAt(this.#chain, this.#chain.truth(asOf.hash));
    for (const { kind, id } of statesAt(this.#chain, this.#chain.tip).values()) {
      const [is, was] = [index.state(kind, id)?.head, wanted.get(kind + id)?.state.head];
      assert.equal(is, was, `${kind} ${id} as of block ${asOf.number}`);
    }
    this.#answers++;
  }

  async #lookAtStatus(): Promise<void> {
    const { digest } = (await (await fetch(`${this.#node.url}/status`)).json()) as NodeReport;
    if (digest === null) return;
    const { number, hash, time, roots } = this.#chain.truth(digest.hash);
    assert.deepEqual(digest, { block: number, hash, time, roots });
    this.#answers++;
  }

  async #lookAtDocument(id: MapaeDid["address"]): Promise<void> {
    const did: MapaeDid = { did: `did:mapae:local:${id}`, network: "local", address: id };
    const before = this.#node.index.asOf();
    const response = await fetch(`${this.#node.url}/1.0/identifiers/${did.did}`, {
      headers: { accept: "application/did-resolution" },
    });
    const answer = (await response.json()) as ResolutionResult;
    const after = this.#node.index.asOf();
    // It could not ask: that says nothing.
    if (response.status === 503) return;
    if (response.status === 404) {
      if (before === undefined || before.hash !== after?.hash) return;
      assert.equal(statesAt(this.#chain, this.#chain.truth(before.hash)).get(`did${id}`), undefined, did.did);
      return;
    }
    assert.equal(response.status, 200, JSON.stringify(answer));
    const truth = this.#chain.truth(answer.didResolutionMetadata.asOf.hash);
    const state = statesAt(this.#chain, truth).get(`did${id}`);
    assert(state?.kind === "did", `${did.did} does not exist as of block ${truth.number}`);
    const asOf = { ...truth, finalizedBlock: -1 };
    const { chainId } = this.#chain.network;
    const { document, documentMetadata } = resolveLatest({ did, chainId, asOf, now: truth.time }, state.state);
    assert(document);
    assert.deepEqual(answer.didDocument, JSON.parse(JSON.stringify(represent(document, "application/did"))));
    assert.deepEqual(answer.didDocumentMetadata, JSON.parse(JSON.stringify(documentMetadata)));
    this.#answers++;
  }
}

const folded = new WeakMap<object, ReadonlyMap<string, SubjectState>>();

/** The states of all subjects as of a block, by kind and id, from its honest logs; these fold to the registries' slots. */
function statesAt(chain: RealChain, { logs, roots }: Truth): ReadonlyMap<string, SubjectState> {
  const known = folded.get(logs);
  if (known !== undefined) return known;
  const { network } = chain;
  const outcome = foldLogs({
    logs: logs.map((log) => ({ log, time: chain.truth(log.blockHash).time })),
    network,
    known: { state: () => undefined, chunk: () => undefined },
    roots: seedRoots(network),
  });
  if (logs.length > 0) assert.deepEqual(outcome.roots, roots);
  const states = new Map(outcome.states.map((state) => [state.kind + state.id, state]));
  folded.set(logs, states);
  return states;
}

function identities(chain: RealChain) {
  return [...statesAt(chain, chain.tip).values()].filter(({ kind }) => kind === "did").map(({ id }) => id);
}
