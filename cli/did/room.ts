import { type EntryKey, entryBytes, MAX_ENTRY_BYTES } from "../../resolver/did/apply-event.ts";
import type { DidState } from "../../resolver/index.ts";
import { CliError } from "../terminal/errors.ts";
import type { DidChange } from "./change.ts";

/**
 * That all changes of a DID will have an effect: the registry takes any number of entries, a document is made of so many bytes
 * of them only (method specification, section 8.1).
 *
 * @param state `undefined` of a DID that was never written.
 * @throws CliError `REFUSED`
 */
export function expectRoom(did: string, state: DidState | undefined, changes: readonly DidChange[]): void {
  const entries: EntryKey[] = [...(state?.entries ?? [])];
  const before = entryBytes(entries);
  for (const key of changes.flatMap(keyOf)) {
    const isThere = entries.some(
      ({ kind, name, value }) => kind === key.kind && name === key.name && value === key.value,
    );
    if (!isThere) entries.push(key);
  }
  const wanted = entryBytes(entries);
  if (wanted === before || wanted <= MAX_ENTRY_BYTES) return;
  throw new CliError(
    "REFUSED",
    `The entries of ${did} take ${before} bytes and would take ${wanted}, at most ${MAX_ENTRY_BYTES} count: ` +
      "nothing new can be published under it any more, and revoking makes no room; use a new DID",
  );
}

function keyOf(change: DidChange): EntryKey[] {
  switch (change.kind) {
    case "setAttribute":
    case "revokeAttribute":
      return [{ kind: "attribute", name: change.name, value: change.value }];
    case "addDelegate":
    case "revokeDelegate":
      return [{ kind: "delegate", name: change.type, value: change.delegate }];
    case "changeOwner":
      return [];
  }
}
