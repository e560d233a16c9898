import { Contract, type Provider } from "ethers";
import { type Address, type Hash, type Hex, type Log, UnavailableError } from "../../resolver/index.ts";
import { INTERFACES } from "../transaction/interfaces.ts";

const topicOf = (event: string): Hash => INTERFACES.timelock.getEvent(event)?.topicHash as Hash;

/** Topics 0 of a timelock's events about operations (OpenZeppelin's `TimelockController`). */
export const OPERATION_TOPICS = ["CallScheduled", "CallExecuted", "Cancelled"].map(topicOf);
const [SCHEDULED, EXECUTED, CANCELLED] = OPERATION_TOPICS;

/** One call of an operation. */
export interface OperationCall {
  readonly target: Address;
  /** In wei, decimal. */
  readonly value: string;
  readonly data: Hex;
}

/**
 * An operation that was scheduled in a timelock and neither executed nor cancelled: anybody may execute it once it is ready.
 */
export interface Operation {
  readonly operation: Hash;
  readonly timelock: Address;
  /** Unix time from which it can be executed, in seconds. */
  readonly readyAt: number;
  /** The operation that has to be executed before; `null` when there is none. */
  readonly predecessor: Hash | null;
  readonly calls: readonly OperationCall[];
}

/**
 * The pending operations of a timelock: those that any account ever scheduled, also one without a role now, and that are
 * pending by the timelock's storage.
 *
 * @param logs the events of governance up to the block, in the chain's order; other events are ignored.
 * @throws UnavailableError when events and storage differ: the chain's server lost or forged an event.
 */
export async function readOperations(
  provider: Provider,
  timelock: Address,
  logs: readonly Log[],
  block: number,
): Promise<Operation[]> {
  const open = new Map<Hash, { predecessor: Hash; calls: OperationCall[] }>();
  const closed = new Set<Hash>();
  for (const log of logs) {
    if (log.address.toLowerCase() !== timelock) continue;
    const [topic0, id] = log.topics as Hash[];
    if (id === undefined) continue;
    if (topic0 === EXECUTED || topic0 === CANCELLED) {
      open.delete(id);
      closed.add(id);
    }
    if (topic0 !== SCHEDULED) continue;
    const { target, value, data, predecessor } = INTERFACES.timelock.decodeEventLog(
      "CallScheduled",
      log.data,
      log.topics,
    );
    const before = open.get(id) ?? { predecessor, calls: [] };
    const call = { target: target.toLowerCase() as Address, value: String(value), data: data as Hex };
    open.set(id, { ...before, calls: [...before.calls, call] });
    closed.delete(id);
  }
  const contract = new Contract(timelock, INTERFACES.timelock, provider);
  const timestamp = async (id: Hash) => Number(await contract.getFunction("getTimestamp")(id, { blockTag: block }));
  const found: Operation[] = [];
  for (const [operation, { predecessor, calls }] of open) {
    const readyAt = await timestamp(operation);
    if (readyAt <= DONE) throw differs(timelock, operation);
    found.push({ operation, timelock, readyAt, predecessor: /^0x0+$/.test(predecessor) ? null : predecessor, calls });
  }
  for (const operation of closed) if ((await timestamp(operation)) > DONE) throw differs(timelock, operation);
  return found;
}

/** The timestamp that a timelock stores for an executed operation; 0 is that of an unknown one. */
const DONE = 1;

function differs(timelock: Address, operation: Hash): UnavailableError {
  return new UnavailableError(
    `The events and the storage of the timelock ${timelock} differ about operation ${operation}: ask another server`,
  );
}
