import type { Command } from "commander";
import { id } from "ethers";
import { dateTime, type Hash } from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { namedIfGiven } from "../terminal/named.ts";
import { parseHash } from "../values/hash.ts";
import type { GovernedState, OperationOrder, Proposal } from "./propose.ts";

/** Options of an act of governance. */
export interface OrderOptions {
  readonly salt?: string;
  readonly after?: string;
}

/** Adds the options of an act of governance to a command. */
export function orderOptions(command: Command): Command {
  return command
    .option("--salt <text>", "repeat an act that was executed before: any text that was not used for it yet")
    .option("--after <operation>", "the operation that has to be executed before this one");
}

/** @throws CliError `INVALID_INPUT` */
export function orderOf({ salt, after }: OrderOptions): OperationOrder {
  return {
    salt: salt === undefined ? ZERO_HASH : (id(salt) as Hash),
    predecessor: namedIfGiven("--after", after, (one) => parseHash(one, "An operation's id")) ?? ZERO_HASH,
  };
}

/** An act of governance as text. */
export function describeGoverned(
  what: string,
  { state, operation, readyAt, proposal }: GovernedState,
  proposer: "council" | "guardian" = "council",
): string {
  const lines = [what, `  operation    ${operation}`];
  if (state === "done") lines.push("  done");
  if (state === "doneBefore") {
    lines.push("  was done before; if it was undone since and is wanted again, propose it with another --salt");
  }
  if (readyAt !== undefined) lines.push(`  waits until  ${dateTime(readyAt)}; call this again then, from any account`);
  if (proposal !== undefined) {
    lines.push(
      `  The ${proposer} has to propose this first. Keep this answer as a file (--json) for mapae council sign, or have it send:`,
      ...proposalLines(proposal),
    );
  }
  return lines.join("\n");
}

/** The lines of text with the call that a body of governance has to send. */
export function proposalLines({ to, data }: Proposal): readonly string[] {
  return [`  to           ${to}`, `  data         ${data}`];
}
