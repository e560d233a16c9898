import type { DidEvent } from "../../resolver/did/decode-log.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";
import {
  applyRegistryEvent,
  decodeRegistryLog,
  type RegistryEvent,
  type SubjectKind,
} from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { TrustEvidence, TrustQuestion } from "../../resolver/trust/trust-answer.ts";
import type { Block } from "./chain-simulator.ts";
import { CHAIN_ID, REGISTRIES } from "./simulated-events.ts";

/** The states from some blocks' events, folded without store, node and index. */
export function foldBlocks(blocks: readonly Block[]) {
  const states = new Map<string, unknown>();
  const chunks = new Map<string, StatusChunk>();
  const events: RegistryEvent[] = [];
  const known = {
    state: <K extends SubjectKind>(kind: K, id: Hex) => states.get(kind + id) as never,
    chunk: (list: Hash, index: number) => chunks.get(`${list} ${index}`),
  };
  for (const { logs, time } of blocks) {
    for (const log of logs) {
      const event = decodeRegistryLog(log, time, REGISTRIES);
      if (event === undefined) continue;
      const { after, chunks: written } = applyRegistryEvent(known, event, CHAIN_ID);
      states.set(after.kind + after.id, after.state);
      for (const [index, chunk] of written) chunks.set(`${after.id} ${index}`, chunk);
      events.push(event);
    }
  }
  return { ...known, states, events };
}

/** The evidence for a question as of the last of some blocks, which begin with the chain's first. */
export function evidenceAsOf(blocks: readonly Block[], { issuer, typeId, status }: TrustQuestion): TrustEvidence {
  const { state, chunk, states, events } = foldBlocks(blocks);
  const { number, hash, time } = blocks.at(-1) as Block;
  const grants = [...states]
    .filter(([key]) => key.startsWith("grant"))
    .map(([, grant]) => grant as GrantState)
    .filter((grant) => grant.subject === issuer && grant.typeId === typeId);
  const list = status && state("list", status.list);
  const ended = events.find(({ id, event }) => id === status?.list && event.type === "closed");
  const bits = chunk(status?.list ?? "0x", Math.floor((status?.index ?? 0) / 256));
  const bit = 1n << BigInt((status?.index ?? 0) % 256);
  return {
    asOf: { number, hash, time, finalizedBlock: -1 },
    did: events.filter(({ kind, id }) => kind === "did" && id === issuer).map(({ event }) => event as DidEvent),
    grants,
    trust: {
      grant: (id: Hash) => state("grant", id),
      deactivatedAt: (subject: Address) =>
        (state("did", subject) as { deactivated: { time: number } | null } | undefined)?.deactivated?.time,
    },
    list: list
      ? {
          state: list,
          closedAt: ended?.event.time ?? null,
          revoked: ((bits?.revoked ?? 0n) & bit) !== 0n,
          suspended: ((bits?.suspended ?? 0n) & bit) !== 0n,
        }
      : null,
  };
}
