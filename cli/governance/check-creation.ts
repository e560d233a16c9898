import { getCreateAddress, type Provider } from "ethers";
import { ROLE_REVOKED, ROLES } from "../../node/governance/roles.ts";
import { type Address, type Deployment, type Log, UnavailableError } from "../../resolver/index.ts";
import { word } from "../../resolver/primitives/hex.ts";
import { ARTIFACTS } from "../deploy/artifacts.ts";
import { STEPS, type StepName } from "../deploy/deploy-network.ts";
import { addressOf } from "./check-code.ts";

/**
 * A contract that was not created by the creation code of this version of Mapae. Another constructor can leave the same code
 * and write storage of which no event tells: a role, or the owner of a DID.
 */
export interface CreationFault {
  readonly fault: "creation";
  readonly contract: StepName;
  readonly address: Address;
}

/** Most blocks from the first to the last transaction of a deployment that are searched: a day of blocks of one second. */
const MAX_BLOCKS = 86_400;

/** Blocks that are requested at a time. */
const AT_ONCE = 16;

/**
 * Compares the transaction that created each contract of a deployment with the pinned creation code. It is searched in the
 * blocks of the deployment: from the timelock's first role up to the end of the deployer's. A contract whose transaction is
 * not there, such as one that another contract created, is a fault too.
 *
 * @param logs the events of governance, in the chain's order.
 * @throws UnavailableError for a block that the chain's server does not have.
 */
export async function creationFaults(
  provider: Provider,
  deployment: Deployment,
  logs: readonly Log[],
): Promise<CreationFault[]> {
  const open = new Map(STEPS.map((step) => [addressOf(deployment, step.name), step]));
  const faults: CreationFault[] = [];
  const { from, to } = blocksOf(deployment, logs);
  for (let first = from; first <= to && open.size > 0; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - first + 1) }, (_, at) => first + at);
    const creations = await Promise.all(numbers.map((number) => creationsIn(provider, number)));
    for (const { address, code } of creations.flat()) {
      const step = open.get(address);
      // The constructor's arguments follow the code; the contracts' getters and events show them.
      if (step !== undefined && !code.startsWith(ARTIFACTS[step.contract].bytecode)) {
        faults.push({ fault: "creation", contract: step.name, address });
      }
      open.delete(address);
    }
  }
  return [
    ...faults,
    ...[...open].map(([address, { name }]): CreationFault => ({ fault: "creation", contract: name, address })),
  ];
}

/** The blocks of a deployment, both ends included; none when its timelock has no roles. */
function blocksOf({ timelock }: Deployment, logs: readonly Log[]): { readonly from: number; readonly to: number } {
  const admins = logs.filter(
    ({ address, topics: [, role] }) => address.toLowerCase() === timelock.address && role === ROLES.timelock.admin,
  );
  const [first] = admins;
  if (first === undefined) return { from: 0, to: -1 };
  const from = first.blockNumber;
  // The constructor makes the timelock its own admin, and its deployer, who leaves when all contracts are there.
  const deployer = admins.find(({ topics: [, , account] }) => account !== word(timelock.address))?.topics[2];
  const end = admins.find(({ topics: [event, , account] }) => event === ROLE_REVOKED && account === deployer);
  return { from, to: Math.min((end ?? logs.at(-1) ?? first).blockNumber, from + MAX_BLOCKS) };
}

/** The contracts that transactions of a block create, and their creation code with the constructor's arguments. */
async function creationsIn(provider: Provider, number: number): Promise<{ address: Address; code: string }[]> {
  const block = await provider.getBlock(number, true);
  if (block === null) throw new UnavailableError(`The chain's server has no block ${number} now`);
  return block.prefetchedTransactions
    .filter(({ to }) => to === null)
    .map(({ from, nonce, data }) => ({
      address: getCreateAddress({ from, nonce }).toLowerCase() as Address,
      code: data,
    }));
}
