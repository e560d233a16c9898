import type { StatusChunk } from "../../resolver/index.ts";
import { CHUNK_SIZE, MAX_CHANGES } from "../../resolver/status/decode-status-log.ts";
import { CliError } from "../terminal/errors.ts";
import { statusIn } from "./list.ts";

/** What can be done to a status. */
export type StatusAction = "revoke" | "suspend" | "reinstate";

/** A change of one chunk in the form for the registry: `word` is the chunk's index. */
export interface ChunkChange {
  readonly word: number;
  readonly revoke: bigint;
  readonly suspend: bigint;
  readonly reinstate: bigint;
}

/**
 * The changes for an action on credentials: whole chunks, in ascending order, at most 512 per transaction. Changes that are
 * already in effect are left out, so that an interrupted call can be repeated.
 *
 * @throws CliError `REFUSED` when a revoked credential is to be reinstated.
 */
export function batchesOf(
  action: StatusAction,
  indexes: readonly number[],
  chunks: readonly StatusChunk[],
): ChunkChange[][] {
  const masks = new Map<number, bigint>();
  for (const index of indexes) {
    if (action === "reinstate" && statusIn(chunks, index) === "revoked") {
      throw new CliError("REFUSED", `Credential ${index} is revoked, which is forever: it can't be reinstated`);
    }
    if (isDone(action, index, chunks)) continue;
    const chunk = Math.floor(index / CHUNK_SIZE);
    masks.set(chunk, (masks.get(chunk) ?? 0n) | (1n << BigInt(index % CHUNK_SIZE)));
  }
  const nothing = { revoke: 0n, suspend: 0n, reinstate: 0n };
  const changes = [...masks]
    .sort(([a], [b]) => a - b)
    .map(([word, mask]): ChunkChange => ({ word, ...nothing, [action]: mask }));
  const batches: ChunkChange[][] = [];
  while (changes.length > 0) batches.push(changes.splice(0, MAX_CHANGES));
  return batches;
}

function isDone(action: StatusAction, index: number, chunks: readonly StatusChunk[]): boolean {
  const { revoked, suspended } = chunks[Math.floor(index / CHUNK_SIZE)] ?? { revoked: 0n, suspended: 0n };
  const bit = 1n << BigInt(index % CHUNK_SIZE);
  if (action === "revoke") return (revoked & bit) !== 0n;
  return ((suspended & bit) !== 0n) === (action === "suspend");
}
