import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Interface, id, Wallet } from "ethers";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { deployNetwork } from "../../cli/deploy/deploy-network.ts";
import { fileJournal } from "../../cli/deploy/journal.ts";
import { governed } from "../../cli/governance/propose.ts";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { writeProvider } from "../../cli/transaction/signer.ts";
import { statusRegistryAbi } from "../../resolver/abi.ts";
import {
  currentDeployment,
  type Hash,
  httpRpc,
  listIdOf,
  type NetworkDescriptor,
  type Rpc,
  rpcReader,
} from "../../resolver/index.ts";
import { type Calls, callsOf, MINISTRY } from "../chain/helpers/calls.ts";
import type { Call } from "../chain/helpers/transactions.ts";
import type { Random } from "../helpers/random.ts";

/** Number of blocks that a reorganisation can undo by the network's finality rule. */
const WINDOW = 12;
/** Number of Hardhat's accounts with a DID. It is fixed, so that the size of the index is bounded. */
const DIDS = 19;
/** Number of services that each DID has in turn. */
const ENDPOINTS = 8;
/** Number of words of the ministry's list in which credentials are suspended and reinstated: all words of the list. */
const WORDS = 512;
/**
 * Number of words that one change of the list writes, and the share of such changes among all writes. They are so large that
 * LevelDB's write buffer fills about every ten minutes: only after it was filled and flushed several times is the process's
 * memory constant.
 */
const WORDS_AT_ONCE = 128;
const STATUS_WRITES = 0.8;
const CHAIN_ID = 31_337;
/**
 * Maximum seconds by which the first blocks, which are mined in a burst, may be ahead of the clock. A reorganisation adds up to
 * a window of blocks, and a node rejects blocks that are 60 s ahead.
 */
const MOST_AHEAD = 40;
/** Gas limit of a transaction, so low that all writes of a block fit into it. */
const GAS = "0x400000";
/** Maximum number of writes in a block. */
const WRITES = 5;
const status = new Interface(statusRegistryAbi);

/** Hardhat's chain with a network whose DIDs and statuses change all the time, and which can be reorganised. */
export class SoakChain {
  readonly url: string;
  readonly network: NetworkDescriptor;
  /** Number of a block at which all DIDs exist and which no reorganisation undoes. */
  readonly firstVersion: number;
  /** Number of the newest block that no reorganisation undoes any more. */
  settled: number;
  blocks = 0;
  reorgs = 0;
  readonly #rpc: Rpc;
  readonly #calls: Calls;
  readonly #random: Random;
  /** Snapshots of the state before each of the newest blocks, oldest first. */
  #snapshots: unknown[] = [];

  private constructor({ url, rpc, network, calls, tip, random }: Begun & { random: Random }) {
    this.url = url;
    this.network = network;
    this.firstVersion = tip;
    this.settled = tip;
    this.#rpc = rpc;
    this.#calls = calls;
    this.#random = random;
  }

  /** Deploys a network on a new chain of `scripts/chain.ts`, and writes the first DIDs and the list. */
  static async begin({ url, folder, random }: { url: string; folder: string; random: Random }): Promise<SoakChain> {
    const rpc = httpRpc({ url });
    const { network, calls } = await deploy(url, folder);
    for (const call of [calls.acceptRoot(), calls.createList()]) await send(rpc, MINISTRY, call);
    for (let account = 1; account <= DIDS; account++) await send(rpc, account, calls.setService(account, endpoint(0)));
    // From now on blocks are mined only on request.
    await rpc([["evm_setIntervalMining", [0]]]);
    await rpc([["evm_setAutomine", [false]]]);
    const [tip] = await rpc([["eth_blockNumber", []]]);
    while ((await timeOf(rpc)) > secondsNow() + MOST_AHEAD) await delay(1_000);
    return new SoakChain({ url, rpc, network, calls, tip: Number(tip), random });
  }

  /** The accounts that have a DID. */
  get accounts(): number[] {
    return Array.from({ length: DIDS }, (_, at) => at + 1);
  }

  /** Mines a block with some writes. */
  async mine(): Promise<void> {
    const [snapshot] = await this.#rpc([["evm_snapshot", []]]);
    this.#snapshots = [...this.#snapshots, snapshot].slice(-WINDOW);
    const writes = this.#random.whole(0, WRITES);
    for (let count = 0; count < writes; count++) await this.#write();
    // The block's time is given, because Hardhat's own clock permanently gains a second with each block of a burst, and a node
    // rejects blocks that are a minute ahead.
    const time = Math.max((await timeOf(this.#rpc)) + 1, secondsNow());
    const [, tip] = await this.#rpc([
      ["evm_mine", [`0x${time.toString(16)}`]],
      ["eth_blockNumber", []],
    ]);
    this.settled = Math.max(this.settled, Number(tip) - WINDOW);
    this.blocks++;
  }

  /** Replaces a random number of the newest blocks, and mines one more. */
  async reorganise(): Promise<void> {
    const depth = this.#random.whole(1, this.#snapshots.length);
    const [isReverted] = await this.#rpc([["evm_revert", [this.#snapshots.at(-depth)]]]);
    if (isReverted !== true) throw new Error(`The chain could not revert ${depth} blocks`);
    this.#snapshots = this.#snapshots.slice(0, -depth);
    this.reorgs++;
    for (let count = 0; count <= depth; count++) await this.mine();
  }

  async #write(): Promise<void> {
    if (this.#random.next() < STATUS_WRITES) {
      const from = this.#random.whole(0, WORDS - WORDS_AT_ONCE);
      return send(this.#rpc, MINISTRY, this.#changeStatuses(from, this.#random.next() < 0.5));
    }
    const account = this.#random.whole(1, DIDS);
    const call = this.#calls.setService(account, endpoint(this.#random.whole(0, ENDPOINTS - 1)));
    return send(this.#rpc, account, call);
  }

  /** Suspends or reinstates one credential in each of some words. */
  #changeStatuses(from: number, isSuspended: boolean): Call {
    const mask = 1n << BigInt(this.#random.whole(0, 255));
    const [suspend, reinstate] = isSuspended ? [mask, 0n] : [0n, mask];
    const words = Array.from({ length: WORDS_AT_ONCE }, (_, at) => from + at);
    const changes = words.map((word) => ({ word, revoke: 0n, suspend, reinstate }));
    const list = listIdOf(developmentAccount(MINISTRY).address, 0n);
    const data = status.encodeFunctionData("update", [list, changes, id(`words from ${from}`)]) as Hash;
    return { to: currentDeployment(this.network).registries.status.address, data };
  }
}

/** Time of the newest block, in Unix seconds. */
async function timeOf(rpc: Rpc): Promise<number> {
  const [block] = await rpc([["eth_getBlockByNumber", ["latest", false]]]);
  return Number((block as { timestamp: string }).timestamp);
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1_000);
}

interface Begun {
  readonly url: string;
  readonly rpc: Rpc;
  readonly network: NetworkDescriptor;
  readonly calls: Calls;
  readonly tip: number;
}

async function deploy(url: string, folder: string): Promise<Pick<Begun, "network" | "calls">> {
  const provider = writeProvider(url, CHAIN_ID);
  try {
    const signer = new Wallet(developmentAccount(0).privateKey, provider);
    const { address } = developmentAccount(0);
    const reader = rpcReader(httpRpc({ url }));
    const network = await deployNetwork({
      signer,
      governance: { council: address, guardian: address, delay: 0 },
      reader,
      artifacts: ARTIFACTS,
      label: "local",
      consensus: { kind: "none" },
      finality: { kind: "depth", blocks: WINDOW },
      journal: fileJournal(join(folder, "journal.json")),
      fees: {},
    });
    const calls = callsOf(network, (await reader.header("latest"))?.time ?? 0);
    const deployment = currentDeployment(network);
    for (const { to: target, data } of [calls.addType(), calls.grantRoot()]) {
      await governed({ signer, deployment, target, data, fees: {} });
    }
    return { network, calls };
  } finally {
    provider.destroy();
  }
}

/** Sends a transaction of an account, which the chain signs. */
async function send(rpc: Rpc, account: number, call: Call): Promise<void> {
  await rpc([["eth_sendTransaction", [{ from: developmentAccount(account).address, gas: GAS, ...call }]]]);
}

function endpoint(number: number): string {
  return `https://office-${number}.example`;
}
