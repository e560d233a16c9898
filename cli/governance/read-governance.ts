import { Contract, type Provider } from "ethers";
import { z } from "zod";
import { ROLES } from "../../node/governance/roles.ts";
import type { Address, ChainReader, Deployment } from "../../resolver/index.ts";
import type { Governance } from "../deploy/governance.ts";
import { readJsonFile } from "../files/json-file.ts";
import { CliError } from "../terminal/errors.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { accountField } from "../values/fields.ts";

/** Longest governance file, in bytes. */
const MAX_GOVERNANCE_BYTES = 65_536;
/** Default delay of the timelock: 72 hours, in seconds. */
export const DEFAULT_DELAY_S = 259_200;
/** Bounds of the delay, in seconds: an hour, which leaves time to cancel, and 90 days. */
export const MIN_DELAY_S = 3_600;
export const MAX_DELAY_S = 7_776_000;

/** The fields of a network's files for the delay of its governance. */
export const delayFields = {
  delay: z.int().min(1).max(MAX_DELAY_S).default(DEFAULT_DELAY_S),
  /** Allows a delay of seconds, for a network for practice. */
  rehearsal: z.literal(true).optional(),
};

/** Whether a delay leaves the guardian time to cancel; a rehearsal may have any delay. */
export function isLongEnough({
  delay,
  rehearsal,
}: {
  readonly delay: number;
  readonly rehearsal?: true | undefined;
}): boolean {
  return rehearsal === true || delay >= MIN_DELAY_S;
}
export const TOO_SHORT = `the delay is at least ${MIN_DELAY_S} s, or the guardian has no time to cancel; only a network with "rehearsal": true may have a shorter one`;

const governanceSchema = z
  .strictObject({ council: accountField, guardian: accountField, ...delayFields })
  .refine(isLongEnough, TOO_SHORT);

/**
 * Reads the governance of a network from a file: `{"council": "0x…", "guardian": "0x…", "delay": seconds}`.
 *
 * @throws CliError `INVALID_INPUT` naming what is wrong in the file; what reading it throws.
 */
export async function readGovernance(path: string): Promise<Governance> {
  const file = { path, what: "governance file", maxBytes: MAX_GOVERNANCE_BYTES };
  const { rehearsal, ...governance } = await readJsonFile(governanceSchema, file);
  return rehearsal ? { ...governance, rehearsal } : governance;
}

/**
 * Requires that a network is governed by two bodies, each of m of n keys, and not by its deployer.
 *
 * @throws CliError `INVALID_INPUT` saying which account is unfit and why; UnavailableError
 */
export async function expectFit(
  { council, guardian }: Governance,
  deployer: string,
  reader: ChainReader,
): Promise<void> {
  if (council === guardian) {
    throw new CliError("INVALID_INPUT", `Council and guardian are both ${council}: one has to watch over the other`);
  }
  for (const [name, address] of Object.entries({ council, guardian })) {
    if (address === deployer.toLowerCase()) {
      throw new CliError(
        "INVALID_INPUT",
        `The ${name} ${address} is the account that deploys, which is to keep no power`,
      );
    }
    await expectManyKeys(name, address, reader);
  }
}

/**
 * Requires that an account that is to govern is a contract.
 * @throws CliError `INVALID_INPUT`; UnavailableError
 */
export async function expectManyKeys(name: string, address: Address, reader: ChainReader): Promise<void> {
  const code = await reader.code(address);
  // With a delegation (EIP-7702) the key keeps its power.
  if (code !== "0x" && !code.startsWith("0xef0100")) return;
  throw new CliError(
    "INVALID_INPUT",
    `The ${name} ${address} is no contract: one stolen key would govern the network. Found a Safe, or another ` +
      "account of m of n keys, on this chain first",
  );
}

/**
 * Requires that an account that is to be the council is neither the guardian, which supervises it, nor a contract of the
 * network itself, for which nobody can act.
 * @throws CliError `INVALID_INPUT`; what a call throws.
 */
export async function expectCouncil(
  account: Address,
  { forwarder, timelock, recovery, seat, registries }: Deployment,
  provider: Provider,
): Promise<void> {
  for (const [name, { address }] of Object.entries({ forwarder, timelock, recovery, seat, ...registries })) {
    if (address !== account) continue;
    throw new CliError(
      "INVALID_INPUT",
      `The new council ${account} is the network's own contract ${name}: it can't act as the council. Name another account`,
    );
  }
  const hasRole = new Contract(recovery.address, INTERFACES.timelock, provider).getFunction("hasRole");
  if (!(await hasRole(ROLES.recovery.proposer, account))) return;
  throw new CliError(
    "INVALID_INPUT",
    `The new council ${account} is the guardian: one has to watch over the other. Name another account`,
  );
}
