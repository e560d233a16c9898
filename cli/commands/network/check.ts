import { codeFaults } from "../../governance/check-code.ts";
import { faultInWords } from "../../governance/examine.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { withRegistries } from "../../transaction/registries.ts";

/** `mapae network check` */
export const addNetworkCheck: AddCommand = (parent, terminal) => {
  parent
    .command("check")
    .description("compare a network's contracts with those that this version of Mapae deploys")
    .addHelpText(
      "after",
      `
Reads the code of every contract of the descriptor from the chain and compares it with the code that this version pins, whatever
the constructor's values in it, and asks each contract which other contracts it relies on. It fails when one differs. The
descriptor's own code hashes show only that nothing has changed since the deployment, not what was deployed.

Example:
  $ mapae network check --network gov.network.json --rpc http://10.0.0.5:8545`,
    )
    .action(async (_options: object, command) => {
      const call = callOf(terminal, command);
      await withRegistries(call, async ({ network, deployment, provider }) => {
        const faults = await codeFaults(network.reader, provider, deployment);
        const { forwarder, timelock, recovery, seat, registries } = deployment;
        const contracts = { forwarder, timelock, recovery, seat, ...registries };
        const different = new Set(faults.map(({ contract }) => contract));
        call.out.answer(
          { contracts, faults },
          Object.entries(contracts)
            .map(
              ([name, { address }]) =>
                `${different.has(name as keyof typeof contracts) ? "differs" : "ok     "}  ${name}  ${address}`,
            )
            .join("\n"),
        );
        if (faults.length > 0)
          throw new CliError("REFUSED", `Not this version's contracts: ${faults.map(faultInWords).join("; ")}`);
      });
    });
};
