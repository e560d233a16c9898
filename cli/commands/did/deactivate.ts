import { ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { confirm } from "../../terminal/terminal.ts";
import { existing, openDid, submit } from "../../transaction/did-call.ts";

/** `mapae did deactivate` */
export const addDidDeactivate: AddCommand = (parent, terminal) => {
  parent
    .command("deactivate <did>")
    .description("deactivate a DID permanently")
    .option("--yes", "don't ask for confirmation")
    .addHelpText(
      "after",
      `
It can't be undone. The last owner stays the last owner forever, and may still revoke and suspend what the DID issued:
when its key was stolen, hand the DID to a new key first (mapae did set-owner), and deactivate from that one.

Example:
  $ mapae did deactivate did:mapae:local:0x…`,
    )
    .action(async (did: string, { yes }: { yes?: true }, command) => {
      const call = callOf(terminal, command);
      const opened = await openDid(call, did);
      const { deactivated, owner } = existing(opened);
      if (deactivated !== null) {
        throw new CliError("DEACTIVATED", `${did} is deactivated already, since block ${deactivated.block}`);
      }
      if (!yes) {
        await confirm(
          terminal,
          `This deactivates ${did} forever. Its last owner, ${owner}, can never be changed afterwards:\n` +
            "if that account's key may have been stolen, use mapae did set-owner first.",
        );
      }
      await submit(call, { ...opened, changes: [{ kind: "changeOwner", owner: ZERO_ADDRESS }] });
    });
};
