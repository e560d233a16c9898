import { encodeBytes32String } from "ethers";
import { type Address, entryHistories, type Hash } from "../../../resolver/index.ts";
import type { DidChange } from "../../did/change.ts";
import { confirmHealing } from "../../did/healing.ts";
import { voidRequests } from "../../relay/before-revoking.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { named } from "../../terminal/named.ts";
import { existing, type OpenDid, openDid, submit } from "../../transaction/did-call.ts";
import { readSigner } from "../../transaction/signer.ts";
import { parseAccount } from "../../values/account.ts";
import { DEFAULT_VALIDITY, parseDuration } from "../../values/duration.ts";

interface Options {
  readonly type: string;
  readonly delegate: string;
  readonly validFor: string;
  readonly yes?: true;
}

/** `mapae did add-delegate` */
export const addDidAddDelegate: AddCommand = (parent, terminal) => {
  parent
    .command("add-delegate <did>")
    .description("let another account act for a DID, or change how long it may")
    .requiredOption("--type <type>", "what for: status or suspend in status lists; veriKey or sigAuth as in did:ethr")
    .requiredOption("--delegate <address>", "the account")
    .option("--valid-for <duration>", "how long, such as 90d or 12h", DEFAULT_VALIDITY)
    .option("--yes", "don't ask before a delegate that was revoked counts again")
    .addHelpText(
      "after",
      `
Type suspend may only suspend: what a stolen key of an office does can be undone. Type status may also reinstate, and revoke permanently,
even a whole list: keep its key where the issuing system is guarded.

Example:
  $ mapae did add-delegate did:mapae:local:0x… --type suspend --delegate 0x… --valid-for 90d`,
    )
    .action(async (did: string, { type, delegate, validFor, yes }: Options, command) => {
      const call = callOf(terminal, command);
      const entry = readEntry(type, delegate);
      const validity = named("--valid-for", () => parseDuration(validFor));
      const opened = await openDid(call, did);
      existing(opened);
      const changes: DidChange[] = [{ kind: "addDelegate", ...entry, validity }];
      await confirmHealing(call, { events: opened.events, changes, yes: yes === true });
      await submit(call, { ...opened, changes });
    });
};

/** `mapae did revoke-delegate` */
export const addDidRevokeDelegate: AddCommand = (parent, terminal) => {
  parent
    .command("revoke-delegate <did>")
    .description("withdraw the rights of another account for a DID")
    .requiredOption("--type <type>", "the type with which it was added")
    .requiredOption("--delegate <address>", "the account")
    .addHelpText("after", "\nExample:\n  $ mapae did revoke-delegate did:mapae:local:0x… --type status --delegate 0x…")
    .action(async (did: string, { type, delegate }: Omit<Options, "validFor" | "yes">, command) => {
      const call = callOf(terminal, command);
      const entry = readEntry(type, delegate);
      const opened = await openDid(call, did);
      existing(opened);
      expectDelegate(opened, entry, type);
      const signer = await readSigner(terminal, call.options);
      const also = await voidRequests(call, opened, signer);
      await submit(call, { ...opened, changes: [{ kind: "revokeDelegate", ...entry }], signer, ...also });
    });
};

/**
 * Refuses what would withdraw nothing: a mistyped account or type would leave the delegate its rights.
 * @throws CliError `NOT_FOUND`, `INVALID_INPUT`
 */
function expectDelegate(
  { did, events }: OpenDid,
  { type, delegate }: { readonly type: Hash; readonly delegate: Address },
  typeName: string,
): void {
  const found = entryHistories(events).find(
    ({ kind, name, value }) => kind === "delegate" && name === type && value === delegate,
  );
  if (found === undefined) {
    throw new CliError(
      "NOT_FOUND",
      `${did.did} never had the delegate ${delegate} of type ${typeName}: mapae did show lists those that it has`,
    );
  }
  if (found.changes.at(-1)?.validTo !== 0) return;
  throw new CliError("INVALID_INPUT", `The delegate ${delegate} of type ${typeName} of ${did.did} is revoked already`);
}

function readEntry(type: string, delegate: string) {
  return {
    type: named("--type", () => typeOf(type)),
    delegate: named("--delegate", () => parseAccount(delegate)),
  };
}

function typeOf(text: string): Hash {
  if (/^[A-Za-z0-9/_-]{1,31}$/.test(text)) return encodeBytes32String(text) as Hash;
  throw new CliError(
    "INVALID_INPUT",
    `A delegate's type is up to 31 letters, such as status; got ${JSON.stringify(text.slice(0, 60))}`,
  );
}
