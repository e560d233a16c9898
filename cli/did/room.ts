import { applyEntry, type DidState, type Entry, entryBytes, MAX_ENTRY_BYTES } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { DidChange } from "./change.ts";

/**
 * Requires that all changes of a DID will have an effect: the registry accepts any number of attributes, but only a bounded
 * number of bytes of them counts (method specification, section 8.1).
 *
 * @param state `undefined` for a DID that was never written.
 * @param time Unix time of the newest block, in seconds: later there is at least as much room.
 * @throws CliError `REFUSED`
 */
export function expectRoom(
  did: string,
  state: DidState | undefined,
  changes: readonly DidChange[],
  time: number,
): void {
  let entries: readonly Entry[] = state?.entries ?? [];
  for (const change of changes) {
    const entry = entryOf(change, time);
    if (entry === undefined) continue;
    const applied = applyEntry(entries, entry, time);
    if (!applied.counts) {
      throw new CliError(
        "REFUSED",
        `The attributes of ${did} that are in force take ${entryBytes(applied.entries)} bytes and would take ` +
          `${entryBytes([...applied.entries, entry])}, at most ${MAX_ENTRY_BYTES} count: what is revoked or runs out makes room; ` +
          "mapae did show lists them",
      );
    }
    entries = applied.entries;
  }
}

function entryOf(change: DidChange, time: number): Entry | undefined {
  switch (change.kind) {
    case "setAttribute":
      return { kind: "attribute", name: change.name, value: change.value, validTo: time + change.validity };
    case "revokeAttribute":
      return { kind: "attribute", name: change.name, value: change.value, validTo: 0 };
    case "addDelegate":
      return { kind: "delegate", name: change.type, value: change.delegate, validTo: time + change.validity };
    case "revokeDelegate":
      return { kind: "delegate", name: change.type, value: change.delegate, validTo: 0 };
    case "changeOwner":
      return undefined;
  }
}
