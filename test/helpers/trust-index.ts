import assert from "node:assert/strict";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Moment } from "../../resolver/did/apply-event.ts";
import { HEAD_KIND, headSeed, nextRoot } from "../../resolver/primitives/head.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { applyStatusEvent, type StatusChunk, type StatusListState } from "../../resolver/status/apply-status-event.ts";
import { decodeStatusLog } from "../../resolver/status/decode-status-log.ts";
import {
  applyGrantEvent,
  applyTypeAdded,
  type CredentialType,
  type GrantState,
} from "../../resolver/trust/apply-trust-event.ts";
import { decodeTrustLog } from "../../resolver/trust/decode-trust-log.ts";

/** Types, grants, lists and both roots, folded by the resolver from the logs of a trust and a status registry. */
export class TrustIndex {
  readonly chainId: number;
  readonly types = new Map<Hash, CredentialType>();
  readonly grants = new Map<Hash, GrantState>();
  readonly lists = new Map<Hash, { state: StatusListState; chunks: Map<number, StatusChunk> }>();
  readonly deactivated = new Map<Address, Moment>();
  readonly roots: { trust: Hash; status: Hash };

  constructor(chainId: number, registries: { trust: Address; status: Address }) {
    this.chainId = chainId;
    const seed = (registry: Address) => headSeed({ chainId, registry }, HEAD_KIND.root);
    this.roots = { trust: seed(registries.trust), status: seed(registries.status) };
  }

  /** An independent copy. */
  clone(): TrustIndex {
    return structuredCopy(this);
  }

  applyTrust(log: Log, time: number): void {
    const event = decodeTrustLog(log, time);
    if (event.type === "typeAdded") {
      const type = applyTypeAdded(event, this.chainId);
      assert(!this.types.has(type.typeId));
      this.types.set(type.typeId, type);
      this.roots.trust = nextRoot(this.roots.trust, type.head);
      return;
    }
    const state = applyGrantEvent(this.grants.get(event.grantId), event, this.chainId);
    this.grants.set(event.grantId, state);
    this.roots.trust = nextRoot(this.roots.trust, state.head);
  }

  applyStatus(log: Log, time: number): void {
    const event = decodeStatusLog(log, time);
    const list = this.lists.get(event.list);
    const chunks = list?.chunks ?? new Map<number, StatusChunk>();
    const step = applyStatusEvent(list?.state, event, this.chainId, chunks);
    for (const [index, chunk] of step.chunks) chunks.set(index, chunk);
    this.lists.set(event.list, { state: step.state, chunks });
    this.roots.status = nextRoot(this.roots.status, step.state.head);
  }

  readonly lookup = {
    grant: (grantId: Hash) => this.grants.get(grantId),
    deactivatedAt: (subject: Address) => this.deactivated.get(subject)?.time,
  };
}

function structuredCopy(index: TrustIndex): TrustIndex {
  const zero: Address = `0x${"0".repeat(40)}`;
  const copy = new TrustIndex(index.chainId, { trust: zero, status: zero });
  Object.assign(copy.roots, index.roots);
  for (const [id, type] of index.types) copy.types.set(id, type);
  for (const [id, grant] of index.grants) copy.grants.set(id, grant);
  for (const [id, { state, chunks }] of index.lists) copy.lists.set(id, { state, chunks: new Map(chunks) });
  for (const [who, when] of index.deactivated) copy.deactivated.set(who, when);
  return copy;
}
