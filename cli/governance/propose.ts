import { type BlockTag, Contract, type Signer } from "ethers";
import { ROLES } from "../../node/governance/roles.ts";
import type { Address, Deployment, Hash, Hex } from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { INTERFACES } from "../transaction/interfaces.ts";
import { transact } from "../transaction/send.ts";

/** An act of governance: a call that only a timelock may make. */
export interface GovernedCall {
  /** With a provider. */
  readonly signer: Signer;
  /** The timelocks, one of which acts, and the seat through which the council proposes. */
  readonly deployment: Pick<Deployment, "timelock" | "recovery" | "seat">;
  /**
   * The timelock that acts: `recovery` for proposals of the guardian; `timelock`, the default, for those of the council through
   * its seat.
   */
  readonly through?: "timelock" | "recovery";
  readonly target: Address;
  readonly data: Hex;
  readonly fees: FeeFields;
  readonly order?: OperationOrder;
}

/** What distinguishes an operation from another one with the same call, and the operation that has to be executed before it. */
export interface OperationOrder {
  /** Zero, unless the same call was executed before and is wanted again. */
  readonly salt: Hash;
  /** The operation that has to be executed before; zero when there is none. */
  readonly predecessor: Hash;
}

const NO_ORDER: OperationOrder = { salt: ZERO_HASH, predecessor: ZERO_HASH };

/** The progress of an act of governance. */
export interface GovernedState {
  /**
   * `scheduled`: by this call; `waiting`: scheduled before, and not ready yet; `done`: by this call; `doneBefore`: executed
   * before; `proposal`: the signer may not propose it, so an account that may has to send the transaction.
   */
  readonly state: "scheduled" | "waiting" | "done" | "doneBefore" | "proposal";
  /** The timelock's id of the operation. */
  readonly operation: Hash;
  /** Unix time from which it can be executed, in seconds. */
  readonly readyAt?: number;
  readonly transaction?: Hash;
  readonly block?: number;
  readonly proposal?: Proposal;
}

/**
 * A call that an account with the right to propose has to send: the council, which holds the seat, or for a recovery the
 * guardian.
 */
export interface Proposal {
  readonly to: Address;
  readonly data: Hex;
}

/** The call that the council has to send so that its seat calls a contract. */
export function councilCall(seat: Address, target: Address, data: Hex): Proposal {
  return { to: seat, data: INTERFACES.seat.encodeFunctionData("execute", [target, data]) as Hex };
}

/** The account that holds the council's seat, as of a block. */
export async function holderOf(seat: Contract, block: BlockTag = "latest"): Promise<Address> {
  return String(await seat.getFunction("holder")({ blockTag: block })).toLowerCase() as Address;
}

/** Whether an account acts as the council. */
export async function holdsSeat(signer: Signer, seat: Address): Promise<boolean> {
  const holder = await holderOf(new Contract(seat, INTERFACES.seat, signer));
  return holder === (await signer.getAddress()).toLowerCase();
}

/** Whether an account proposes to a timelock itself. */
async function proposes(signer: Signer, timelock: Address): Promise<boolean> {
  const hasRole = new Contract(timelock, INTERFACES.timelock, signer).getFunction("hasRole");
  return hasRole(ROLES.timelock.proposer, await signer.getAddress());
}

/**
 * Advances an act of governance as far as possible: schedules it, or executes it once it is ready. The same call can be
 * repeated until it is done; after it was scheduled, by anybody.
 * @throws what {@link transact} throws.
 */
export async function governed({
  signer,
  deployment,
  through = "timelock",
  target,
  data,
  fees,
  order = NO_ORDER,
}: GovernedCall): Promise<GovernedState> {
  const timelock = deployment[through].address;
  const contract = new Contract(timelock, INTERFACES.timelock, signer);
  const operationArgs = [target, 0n, data, order.predecessor, order.salt] as const;
  const operation = (await contract.getFunction("hashOperation")(...operationArgs)) as Hash;
  const delay: bigint = await contract.getFunction("getMinDelay")();
  const schedule = [...operationArgs, delay];

  let state: "scheduled" | undefined;
  if (!(await contract.getFunction("isOperation")(operation))) {
    const proposal = contract.interface.encodeFunctionData("schedule", schedule) as Hex;
    const seat = deployment.seat.address;
    const isRecovery = through === "recovery";
    const call = isRecovery ? { to: timelock, data: proposal } : councilCall(seat, timelock, proposal);
    const mayPropose = isRecovery ? await proposes(signer, timelock) : await holdsSeat(signer, seat);
    if (!mayPropose) return { state: "proposal", operation, proposal: call };
    await transact({ signer, ...call, fees });
    state = "scheduled";
  }
  if (await contract.getFunction("isOperationDone")(operation)) return { state: "doneBefore", operation };
  const readyAt = Number(await contract.getFunction("getTimestamp")(operation));
  if (delay > 0n && !(await contract.getFunction("isOperationReady")(operation))) {
    return { state: state ?? "waiting", operation, readyAt };
  }
  const execute = contract.interface.encodeFunctionData("execute", operationArgs) as Hex;
  return { state: "done", operation, ...(await transact({ signer, to: timelock, data: execute, fees })) };
}
