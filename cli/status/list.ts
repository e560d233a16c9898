import { type ChainSnapshot, chainSnapshot, type ListFacts, listIdOf, type StatusChunk } from "../../resolver/index.ts";
import { CHUNK_SIZE } from "../../resolver/status/decode-status-log.ts";
import { CliError } from "../terminal/errors.ts";
import type { Registries } from "../transaction/registries.ts";
import { addressOf } from "../values/did.ts";
import { parseListNumber } from "../values/list-number.ts";

/** A status list as the chain holds it at the newest block. */
export interface ReadList extends ListFacts {
  readonly number: bigint;
  /** The registries as of that block. */
  readonly snapshot: ChainSnapshot;
}

/**
 * Finds an issuer's list.
 * @throws CliError `NOT_FOUND`, `INVALID_INPUT`
 */
export async function readList(registries: Registries, did: string, text: string): Promise<ReadList> {
  const number = parseListNumber(text);
  const { reader, descriptor } = registries.network;
  const list = listIdOf(addressOf(did, descriptor), number);
  const snapshot = await chainSnapshot(reader, descriptor);
  const facts = await snapshot.list(list);
  if (facts === null) throw new CliError("NOT_FOUND", `${did} has no status list ${text}`);
  return { ...facts, number, snapshot };
}

/** The status of one credential, in words. */
export function statusIn(chunks: readonly StatusChunk[], index: number): "valid" | "revoked" | "suspended" {
  const chunk = chunks[Math.floor(index / CHUNK_SIZE)];
  const bit = 1n << BigInt(index % CHUNK_SIZE);
  if (chunk !== undefined && (chunk.revoked & bit) !== 0n) return "revoked";
  return chunk !== undefined && (chunk.suspended & bit) !== 0n ? "suspended" : "valid";
}

/** The number of credentials of each status in a list's chunks. */
export function countStatuses(chunks: readonly StatusChunk[]): { revoked: number; suspended: number } {
  const ones = (bits: bigint) => bits.toString(2).replaceAll("0", "").length;
  return chunks.reduce(
    (sum, { revoked, suspended }) => ({
      revoked: sum.revoked + ones(revoked),
      suspended: sum.suspended + ones(suspended & ~revoked),
    }),
    { revoked: 0, suspended: 0 },
  );
}
