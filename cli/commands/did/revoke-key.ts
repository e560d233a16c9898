import { type DidEvent, type EntryHistory, type EntryKey, entryHistories, methodOf } from "../../../resolver/index.ts";
import type { DidChange } from "../../did/change.ts";
import { voidRequests } from "../../relay/before-revoking.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { existing, openDid, submit } from "../../transaction/did-call.ts";
import { readSigner } from "../../transaction/signer.ts";

/** `mapae did revoke-key` */
export const addDidRevokeKey: AddCommand = (parent, terminal) => {
  parent
    .command("revoke-key <did> <key>")
    .description("revoke a stolen key: everything that it signed becomes invalid")
    .addHelpText(
      "after",
      `
<key> is the fragment of its id in the DID document, as mapae did show prints it: '#' and its thumbprint, or '#delegate-0123…'.
The '#' may be left out, but a thumbprint that begins with '-' would be taken for an option. All its entries are revoked in one
transaction, whatever their purpose, those that ran out among them.

First it voids all requests that the owner may have signed for relayers: one that a relayer holds back could set the key again,
which heals it. That is a transaction of its own (mapae relay cancel).

Revoking is for theft only: what the key signed while it was good becomes invalid too. To rotate a key, let its validity
run out.

Example:
  $ mapae did revoke-key did:mapae:local:0x… '#7nlCOHN0S2R3pZ0yXgqjrJYQ6tPvW6hK1wq6o0mJ3nM'`,
    )
    .action(async (did: string, key: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const opened = await openDid(call, did);
      existing(opened);
      const entries = entriesOf(opened.events, fragmentOf(key, did));
      if (entries.length === 0) {
        throw new CliError("NOT_FOUND", `${did} never had the key ${key}: mapae did show lists those that it has`);
      }
      const open = entries.filter(({ changes }) => changes.at(-1)?.validTo !== 0);
      if (open.length === 0) {
        throw new CliError("INVALID_INPUT", `The key ${key} of ${did} is revoked already`);
      }
      call.out.warn(
        "Revoking is for theft: verifiers reject what this key signed at any time. To rotate a key, let its validity run out",
      );
      const signer = await readSigner(terminal, call.options);
      const also = await voidRequests(call, opened, signer);
      await submit(call, { ...opened, changes: open.map(revocationOf), signer, ...also });
    });
};

function fragmentOf(key: string, did: string): string {
  const fragment = key.startsWith(`${did}#`) ? key.slice(did.length + 1) : key.replace(/^#/, "");
  if (/^[A-Za-z0-9_-]{1,100}$/.test(fragment)) return fragment;
  throw new CliError(
    "INVALID_INPUT",
    `A key is named by its thumbprint or fragment, got ${JSON.stringify(key.slice(0, 120))}`,
  );
}

function entriesOf(events: readonly DidEvent[], fragment: string): EntryHistory[] {
  return entryHistories(events).filter((entry) => methodOf(entry)?.fragment === fragment);
}

function revocationOf({ kind, name, value }: EntryKey): DidChange {
  return kind === "delegate"
    ? { kind: "revokeDelegate", type: name, delegate: value }
    : { kind: "revokeAttribute", name, value };
}
