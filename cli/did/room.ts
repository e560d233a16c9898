import { applyEntry, type DidState, type Entry, entryBytes, MAX_ENTRY_BYTES } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { DidChange } from "./change.ts";

/**
 * Requires that all changes of a DID will have an effect: the registry accepts any number of attributes, but only a bounded
 * number of bytes of them counts (method specification, section 8.1), and of the services with one fragment only the last one.
 *
 * @param state `undefined` for a DID that was never written.
 * @param time Unix time of the newest block, in seconds: later there is at least as much room.
 * @throws CliError `REFUSED`; `INVALID_INPUT` for two services with one fragment.
 */
export function expectRoom(
  did: string,
  state: DidState | undefined,
  changes: readonly DidChange[],
  time: number,
): void {
  let entries: readonly Entry[] = state?.entries ?? [];
  let set: readonly Entry[] = [];
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
    set = [...set.filter((one) => !isSame(one, entry)), ...(entry.validTo === 0 ? [] : [entry])];
    if (set.some((one) => !entries.some((other) => isSame(one, other)))) {
      throw new CliError(
        "INVALID_INPUT",
        `Two of the services for ${did} have the same fragment, and only the last one would be in the DID document: choose another`,
      );
    }
  }
}

function isSame(a: Entry, b: Entry): boolean {
  return a.kind === b.kind && a.name === b.name && a.value === b.value;
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
