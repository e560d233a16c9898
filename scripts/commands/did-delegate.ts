import { encodeBytes32String } from "ethers";
import type { Hash } from "../../resolver/index.ts";
import { type AddCommand, callOf } from "../cli/call.ts";
import { existing, openDid, submit } from "../cli/did-call.ts";
import { DEFAULT_VALIDITY, parseDuration } from "../cli/duration.ts";
import { CliError } from "../cli/errors.ts";
import { parseAccount } from "../did/account.ts";

interface Options {
  readonly type: string;
  readonly delegate: string;
  readonly validFor: string;
}

/** `mapae did add-delegate` */
export const addDidAddDelegate: AddCommand = (parent, terminal) => {
  parent
    .command("add-delegate <did>")
    .description("let another account act for a DID, or change how long it may")
    .requiredOption("--type <type>", "what for: status or suspend in status lists; veriKey or sigAuth as in did:ethr")
    .requiredOption("--delegate <address>", "the account")
    .option("--valid-for <duration>", "how long, such as 90d or 12h", DEFAULT_VALIDITY)
    .addHelpText(
      "after",
      `
Type suspend may only suspend: what a stolen key of an office does can be undone. Type status may also revoke, a whole list and for
ever, and reinstate: keep its key where the issuing system is guarded.

Example:
  $ mapae did add-delegate did:mapae:local:0x… --type suspend --delegate 0x… --valid-for 90d`,
    )
    .action(async (did: string, { type, delegate, validFor }: Options, command) => {
      const call = callOf(terminal, command);
      const entry = { type: typeOf(type), delegate: parseAccount(delegate) };
      const validity = parseDuration(validFor);
      const opened = await openDid(call, did);
      existing(opened);
      await submit(call, { ...opened, changes: [{ kind: "addDelegate", ...entry, validity }] });
    });
};

/** `mapae did revoke-delegate` */
export const addDidRevokeDelegate: AddCommand = (parent, terminal) => {
  parent
    .command("revoke-delegate <did>")
    .description("end what another account may do for a DID")
    .requiredOption("--type <type>", "as it was added")
    .requiredOption("--delegate <address>", "the account")
    .addHelpText("after", "\nExample:\n  $ mapae did revoke-delegate did:mapae:local:0x… --type status --delegate 0x…")
    .action(async (did: string, { type, delegate }: Omit<Options, "validFor">, command) => {
      const call = callOf(terminal, command);
      const entry = { type: typeOf(type), delegate: parseAccount(delegate) };
      const opened = await openDid(call, did);
      existing(opened);
      await submit(call, { ...opened, changes: [{ kind: "revokeDelegate", ...entry }] });
    });
};

function typeOf(text: string): Hash {
  if (/^[A-Za-z0-9/_-]{1,31}$/.test(text)) return encodeBytes32String(text) as Hash;
  throw new CliError(
    "INVALID_INPUT",
    `A delegate's type is up to 31 letters, such as status; got ${JSON.stringify(text.slice(0, 60))}`,
  );
}
