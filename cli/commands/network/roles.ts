import type { Deployment } from "../../../resolver/index.ts";
import { callInWords } from "../../governance/coming.ts";
import { type Examination, examineGovernance, faultInWords } from "../../governance/examine.ts";
import { readGovernance } from "../../governance/read-governance.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { progress } from "../../terminal/progress.ts";
import { withRegistries } from "../../transaction/registries.ts";
import { moment } from "../../values/time.ts";

/** `mapae network roles` */
export const addNetworkRoles: AddCommand = (parent, terminal) => {
  parent
    .command("roles")
    .description("list the holders of roles and pending operations, and fail when something is not as it should be")
    .option("--governance <file>", "the governance file that was given to mapae network deploy")
    .addHelpText(
      "after",
      `
Reads every holder of every role from all events of the timelocks and the trust registry, compares them with storage, and
shows every operation that is scheduled and neither executed nor cancelled. Fails when an account holds a role that it
should not hold, when a pending operation would change the governance in a way that the file does not state, when a delay
differs, when a transfer to another admin is pending, and when a contract's code is not what this version of Mapae compiles, or
was created by other code: another constructor could have written a role, or the owner of a DID, without an event.

Without --governance only what must hold in every network is checked, not which accounts are the council and the guardian.

Example:
  $ mapae network roles --governance council.json`,
    )
    .action(async ({ governance }: { governance?: string }, command) => {
      const call = callOf(terminal, command);
      const wanted = await namedIfGiven("--governance", governance, readGovernance);
      await withRegistries(call, async ({ network: { reader }, deployment, provider, newest: { number: block } }) => {
        const found = await progress(terminal, call.out)("Events of governance read", (onProgress) =>
          examineGovernance({ reader, provider, deployment, governance: wanted, block, onProgress }),
        );
        call.out.answer({ block, ...found }, describe(found, deployment));
        if (wanted === undefined)
          call.out.warn(
            "Without --governance the accounts of the council and the guardian, and the delay, were not checked",
          );
        if (found.faults.length === 0) return;
        const words = found.faults.map(faultInWords).join("; ");
        throw new CliError("REFUSED", `Governance is not as it should be: ${words}`);
      });
    });
};

function describe({ roles, council, delays, operations }: Examination, deployment: Deployment): string {
  return [
    ...roles.map(({ contract, role, holders }) => `${contract} ${role}\n  ${holders.join("\n  ") || "nobody"}`),
    `holder of the council's seat\n  ${council}`,
    `delay of the timelock\n  ${delays.timelock} s`,
    `delay of the recovery timelock\n  ${delays.recovery} s`,
    ...operations.map(({ operation, readyAt, predecessor, calls }) =>
      [
        `coming: operation ${operation}`,
        `  can be executed from ${moment(readyAt)}${predecessor === null ? "" : `, after operation ${predecessor}`}`,
        ...calls.map((one) => `  ${callInWords(one, deployment)}`),
      ].join("\n"),
    ),
  ].join("\n");
}
