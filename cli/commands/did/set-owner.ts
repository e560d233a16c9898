import type { Address } from "../../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { parseAccount } from "../../did/account.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { existing, openDid, submit } from "../../transaction/did-call.ts";

/** `mapae did set-owner` */
export const addDidSetOwner: AddCommand = (parent, terminal) => {
  parent
    .command("set-owner <did> <address>")
    .description("hand a DID to another account: a new key, or a contract such as a Safe")
    .addHelpText(
      "after",
      `
From then on only the new owner can change the DID, and nobody can bring it back: make sure that the address is right.
An owner that is a contract for several people (m of n) is the only recovery from a stolen or lost key.

Example:
  $ mapae did set-owner did:mapae:local:0x… 0x70997970C51812dc3A010C7d01b50e0d17dc79C8`,
    )
    .action(async (did: string, address: string, _options: object, command) => {
      const call = callOf(terminal, command);
      const owner = parseOwner(address);
      const opened = await openDid(call, did);
      existing(opened);
      await submit(call, { ...opened, changes: [{ kind: "changeOwner", owner }] });
    });
};

function parseOwner(text: string): Address {
  const owner = parseAccount(text);
  if (owner === ZERO_ADDRESS) {
    throw new CliError(
      "INVALID_INPUT",
      "The zero address would deactivate the DID for ever: that is mapae did deactivate",
    );
  }
  return owner;
}
