import { Contract, type Signer } from "ethers";
import { timelockAbi } from "../../resolver/abi.ts";
import type { Address, Hash, Hex } from "../../resolver/index.ts";
import { ZERO_HASH } from "../../resolver/primitives/hex.ts";
import type { FeeFields } from "../transaction/gas-price.ts";
import { transact } from "../transaction/send.ts";

/** An act of governance: a call that only the timelock may make. */
export interface GovernedCall {
  /** With a provider. */
  readonly signer: Signer;
  readonly timelock: Address;
  readonly target: Address;
  readonly data: Hex;
  readonly fees: FeeFields;
  readonly order?: OperationOrder;
}

/** What tells an operation from another with the same call, and which one has to be done before it. */
export interface OperationOrder {
  /** Zero unless the same call was done before and is wanted again. */
  readonly salt: Hash;
  /** The operation that has to be executed before; zero when none has. */
  readonly predecessor: Hash;
}

const NO_ORDER: OperationOrder = { salt: ZERO_HASH, predecessor: ZERO_HASH };

/** How far an act of governance is. */
export interface GovernedState {
  /**
   * `scheduled` now, `waiting` for its time, `done` now, `doneBefore`; `proposal`: the signer is not the council, which has to send
   * the transaction.
   */
  readonly state: "scheduled" | "waiting" | "done" | "doneBefore" | "proposal";
  /** The timelock's id of it. */
  readonly operation: Hash;
  /** Unix time from which it can be executed, in seconds. */
  readonly readyAt?: number;
  readonly transaction?: Hash;
  readonly block?: number;
  readonly proposal?: { readonly to: Address; readonly data: Hex };
}

/**
 * Takes an act of governance as far as it goes now: schedules it, or executes it once its time has come. The same call can be
 * repeated until it is done, by anybody from the second time on.
 * @throws what {@link transact} throws.
 */
export async function governed({
  signer,
  timelock,
  target,
  data,
  fees,
  order = NO_ORDER,
}: GovernedCall): Promise<GovernedState> {
  const contract = new Contract(timelock, timelockAbi, signer);
  const send = (name: string, args: readonly unknown[]) =>
    transact({ signer, to: timelock, data: contract.interface.encodeFunctionData(name, args) as Hex, fees });
  const operationArgs = [target, 0n, data, order.predecessor, order.salt] as const;
  const operation = (await contract.getFunction("hashOperation")(...operationArgs)) as Hash;
  const delay: bigint = await contract.getFunction("getMinDelay")();
  const schedule = [...operationArgs, delay];

  let state: "scheduled" | undefined;
  if (!(await contract.getFunction("isOperation")(operation))) {
    const proposer: string = await contract.getFunction("PROPOSER_ROLE")();
    if (!(await contract.getFunction("hasRole")(proposer, await signer.getAddress()))) {
      const call = contract.interface.encodeFunctionData("schedule", schedule) as Hex;
      return { state: "proposal", operation, proposal: { to: timelock, data: call } };
    }
    await send("schedule", schedule);
    state = "scheduled";
  }
  if (await contract.getFunction("isOperationDone")(operation)) return { state: "doneBefore", operation };
  const readyAt = Number(await contract.getFunction("getTimestamp")(operation));
  if (delay > 0n && !(await contract.getFunction("isOperationReady")(operation))) {
    return { state: state ?? "waiting", operation, readyAt };
  }
  return { state: "done", operation, ...(await send("execute", operationArgs)) };
}
