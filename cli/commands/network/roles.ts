import { roleFaults } from "../../governance/expected-roles.ts";
import { readGovernance } from "../../governance/read-governance.ts";
import { readRoles } from "../../governance/read-roles.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { withRegistries } from "../../transaction/contract-call.ts";

/** `mapae network roles` */
export const addNetworkRoles: AddCommand = (parent, terminal) => {
  parent
    .command("roles")
    .description("list every holder of every role, and fail when one is not as it should be")
    .option("--governance <file>", "who should govern, as it was given to mapae network deploy")
    .addHelpText(
      "after",
      `
Holders are read from all events of the timelock and the trust registry, and compared with their storage. Without
--governance it is not known who the council and the guardian should be: only what must be so in every network is checked.

Example:
  $ mapae network roles --governance council.json`,
    )
    .action(async ({ governance }: { governance?: string }, command) => {
      const call = callOf(terminal, command);
      const wanted = governance === undefined ? undefined : await readGovernance(governance);
      await withRegistries(call, async ({ network, deployment, trust }) => {
        const { runner } = trust;
        const newest = await network.reader.header("latest");
        if (newest === null || runner?.provider == null)
          throw new CliError("UNAVAILABLE", "The chain has no newest block now");
        const roles = await readRoles(runner.provider, deployment, newest.number);
        const faults = roleFaults(roles, deployment, wanted);
        const lines = roles.map(
          ({ contract, role, holders }) => `${contract} ${role}\n  ${holders.join("\n  ") || "nobody"}`,
        );
        call.out.answer({ block: newest.number, roles, faults }, lines.join("\n"));
        if (wanted === undefined)
          call.out.warn("Without --governance nobody checked who the council and the guardian are");
        if (faults.length > 0) {
          const words = faults.map(
            ({ contract, role, account, fault }) => `${account} as ${contract} ${role} is ${fault}`,
          );
          throw new CliError("REFUSED", `Roles are not as they should be: ${words.join("; ")}`);
        }
      });
    });
};
