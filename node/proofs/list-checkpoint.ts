import { deflateSync } from "node:zlib";
import { foldSubject } from "../../resolver/evidence/read-subject.ts";
import { toBytes, word as wordOf } from "../../resolver/primitives/hex.ts";
import type { EnvelopeSubject } from "../../resolver/proofs/envelope.ts";
import type { RegistryEvent } from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { CHUNK_SIZE } from "../../resolver/status/decode-status-log.ts";

/** A checkpoint with which a list's proof may begin: the list before it, and the number of earlier events. */
export interface ListStart {
  readonly checkpoint: NonNullable<EnvelopeSubject["checkpoint"]>;
  readonly skipped: number;
}

/**
 * The newest checkpoint of a whole list with which its proof can begin, with the bitmaps before it. A checkpoint after the
 * list was closed can't be used: the time of closing matters for credentials, and only the earlier event has it.
 *
 * @param events all events of the list, oldest first.
 * @returns `undefined` when there is no such checkpoint.
 */
export function newestStart(events: readonly RegistryEvent[], chainId: number): ListStart | undefined {
  const at = events.findLastIndex(
    ({ event }) => event.type === "checkpoint" && event.count === event.size / CHUNK_SIZE && !event.closed,
  );
  if (at < 1) return undefined;
  const { state, chunks } = foldSubject<"list">(events.slice(0, at), chainId);
  if (!state?.origin) return undefined;
  const { origin, size, head } = state;
  const bitmap = (of: keyof StatusChunk) => deflateSync(bitmapOf(chunks, of, size), { level: 9 }).toString("base64url");
  return {
    checkpoint: {
      issuer: origin.issuer,
      number: String(origin.number),
      prior: head,
      revoked: bitmap("revoked"),
      suspended: bitmap("suspended"),
    },
    skipped: at,
  };
}

/** One bit for each credential; the first is the least significant bit of the first byte. */
function bitmapOf(chunks: ReadonlyMap<number, StatusChunk>, of: keyof StatusChunk, size: number): Uint8Array {
  const bytes = new Uint8Array(size / 8);
  for (const [index, chunk] of chunks) bytes.set(toBytes(wordOf(chunk[of])).reverse(), (index * CHUNK_SIZE) / 8);
  return bytes;
}
