import { type Address, httpRpc, parseDid } from "../../../resolver/index.ts";
import { ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { kindOfAccount } from "../../did/account-kind.ts";
import { expectTakeOver } from "../../did/take-over.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { existing, type OpenDid, openDid, submit } from "../../transaction/did-call.ts";
import { parseAccount } from "../../values/account.ts";

interface Options {
  readonly signature?: string;
  readonly unproven?: true;
}

/** `mapae did set-owner` */
export const addDidSetOwner: AddCommand = (parent, terminal) => {
  parent
    .command("set-owner <did> <address>")
    .description("hand a DID to another account: a new key, or a contract such as a Safe")
    .option("--signature <hex>", "signature of the new owner, made with mapae did take-over")
    .option("--unproven", "skip the proof that the new owner has its key")
    .addHelpText(
      "after",
      `
From then on only the new owner can change the DID: this can't be undone. So the new owner has to prove that it has its key: give
its signature (mapae did take-over makes it), hand the DID to a contract that is on the chain, or skip the proof with --unproven.

An owner that is a contract for several people (m of n) is the only recovery from a stolen or lost key.

Example:
  $ mapae did take-over did:mapae:local:0x… --keystore next.json      (with the new key: prints a signature)
  $ mapae did set-owner did:mapae:local:0x… 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --signature 0x…`,
    )
    .action(async (did: string, address: string, { signature, unproven }: Options, command) => {
      const call = callOf(terminal, command);
      const owner = parseOwner(address);
      const identifier = parseDid(did).did;
      namedIfGiven("--signature", signature, (one) => expectTakeOver(identifier, owner, one));
      const opened = await openDid(call, did);
      existing(opened);
      if (signature === undefined && !unproven) await expectContract(opened, owner);
      await submit(call, { ...opened, changes: [{ kind: "changeOwner", owner }] });
    });
};

/** Refuses an owner that is no contract on the chain; an account with a delegation (EIP-7702) is a key, not a contract. */
async function expectContract({ network, did }: OpenDid, owner: Address): Promise<void> {
  const { kind } = await kindOfAccount(network.reader, httpRpc({ url: network.rpcUrl }), owner);
  if (kind === "contract") return;
  throw new CliError(
    "REFUSED",
    `${owner} is a key without a proof of possession: a wrong address would lose ${did.did} forever. Have its owner run ` +
      `mapae did take-over ${did.did} and give --signature, or skip this with --unproven`,
  );
}

function parseOwner(text: string): Address {
  const owner = parseAccount(text);
  if (owner === ZERO_ADDRESS) {
    throw new CliError(
      "INVALID_INPUT",
      "The zero address would deactivate the DID forever: that is mapae did deactivate",
    );
  }
  return owner;
}
