import assert from "node:assert/strict";
import {
  type BaseContract,
  type BytesLike,
  type ContractMethod,
  type ContractRunner,
  type ContractTransactionResponse,
  encodeBytes32String,
  isHexString,
  type TransactionReceipt,
  type TransactionResponse,
} from "ethers";
import { network } from "hardhat";

type Write<Arguments extends unknown[]> = ContractMethod<
  Arguments,
  ContractTransactionResponse,
  ContractTransactionResponse
>;
type Read<Arguments extends unknown[], Result> = ContractMethod<Arguments, Result, Result>;

/** `DidRegistry` as ethers sees it. */
export interface DidRegistry extends BaseContract {
  connect(runner: ContractRunner | null): DidRegistry;
  changeOwner: Write<[identity: string, newOwner: string]>;
  addDelegate: Write<[identity: string, delegateType: string, delegate: string, validity: bigint]>;
  revokeDelegate: Write<[identity: string, delegateType: string, delegate: string]>;
  setAttribute: Write<[identity: string, name: string, value: BytesLike, validity: bigint]>;
  revokeAttribute: Write<[identity: string, name: string, value: BytesLike]>;
  multicall: Write<[calls: string[]]>;
  identityOwner: Read<[identity: string], string>;
  lastOwner: Read<[identity: string], string>;
  deactivatedAt: Read<[identity: string], bigint>;
  changed: Read<[identity: string], bigint>;
  validDelegate: Read<[identity: string, delegateType: string, delegate: string], boolean>;
  head: Read<[subject: string], string>;
  root: Read<[], string>;
  trustedForwarder: Read<[], string>;
  isTrustedForwarder: Read<[forwarder: string], boolean>;
  MAX_VALUE_BYTES: Read<[], bigint>;
  MAX_VALIDITY: Read<[], bigint>;
  MAX_DELEGATES: Read<[], bigint>;
}

/**
 * A new in-process chain with a registry and all accounts that a test needs. Two calls share nothing, and have the same
 * addresses.
 */
export async function deployRegistry({ chainId = 31_337 }: { chainId?: number } = {}) {
  const { ethers } = await network.create({ network: "default", override: { chainId } });
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae forwarder"]);
  const deployed = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  // ethers returns a contract without the types of its functions.
  const registry = deployed as BaseContract as DidRegistry;
  const [alice, bob, carol] = await ethers.getSigners();
  assert(alice && bob && carol);
  return { ethers, forwarder, registry, address: await registry.getAddress(), alice, bob, carol };
}

/** What {@link deployRegistry} returns. `alice` is the default sender of `registry`. */
export type Deployment = Awaited<ReturnType<typeof deployRegistry>>;

/** A delegate type or an attribute's name: text in 32 bytes. */
export const label = encodeBytes32String;

/** Sets the Unix time of the next block, in seconds. */
export async function setNextTime({ ethers }: Pick<Deployment, "ethers">, time: bigint): Promise<void> {
  await ethers.provider.send("evm_setNextBlockTimestamp", [`0x${time.toString(16)}`]);
}

/** Mines an empty block, so that views see this Unix time, in seconds. */
export async function mineAt(deployment: Pick<Deployment, "ethers">, time: bigint): Promise<void> {
  await setNextTime(deployment, time);
  await deployment.ethers.provider.send("evm_mine", []);
}

/** Unix time of the newest block, in seconds. */
export async function now({ ethers }: Pick<Deployment, "ethers">): Promise<bigint> {
  const block = await ethers.provider.getBlock("latest");
  assert(block);
  return BigInt(block.timestamp);
}

/** Waits for a transaction; `block` is its block's number, `time` that block's Unix time in seconds. */
export async function mined(sent: Promise<Pick<ContractTransactionResponse, "wait"> | TransactionResponse>) {
  const receipt = await (await sent).wait();
  assert(receipt);
  const block = await receipt.getBlock();
  return { receipt, block: BigInt(receipt.blockNumber), time: BigInt(block.timestamp) };
}

/** A receipt's events of `contract`, as name and arguments; fails on an unknown event. */
export function eventsOf(receipt: Pick<TransactionReceipt, "logs">, contract: BaseContract): [string, ...unknown[]][] {
  return receipt.logs
    .filter((log) => log.address === contract.target)
    .map((log) => {
      const parsed = contract.interface.parseLog(log);
      assert(parsed, `unknown event ${log.topics[0]}`);
      return [parsed.name, ...parsed.args.toArray()];
    });
}

/** Asserts that `call` reverts with the error `name` of `contract`'s interface and exactly these arguments. */
export async function assertReverts(
  call: Promise<unknown>,
  { contract, name, args }: { contract: BaseContract; name: string; args: unknown[] },
): Promise<void> {
  const data = await revertData(call);
  const error = contract.interface.parseError(data);
  assert(error, `reverted with unknown data ${data}, wanted ${name}`);
  assert.deepEqual([error.name, ...error.args.toArray()], [name, ...args]);
}

/** The bytes that `call` reverts with; fails when it does not revert. `0x` is a revert without a reason. */
export async function revertData(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => assert.fail("did not revert"),
    (reason: unknown) => reason,
  );
  if (error instanceof assert.AssertionError) throw error;
  if (error instanceof Error && "data" in error && isHexString(error.data)) return error.data;
  throw error;
}
