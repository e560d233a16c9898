import assert from "node:assert/strict";
import { id, toUtf8Bytes } from "ethers";
import { rootSlots } from "../../../node/index/roots.ts";
import type { ChainReader, Log } from "../../../resolver/chain/chain-reader.ts";
import type { Rpc } from "../../../resolver/chain/rpc/rpc.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES, type RegistryName } from "../../../resolver/registry-event.ts";
import { label } from "../../helpers/contracts.ts";
import { describeRegistries, inProcessRpc } from "../../helpers/network.ts";
import type { Random } from "../../helpers/random.ts";
import {
  accredit,
  change,
  createList,
  deployRegistries,
  LONG,
  type Registries,
  TYPE_ID,
} from "../../helpers/registries.ts";

/** How many of the newest blocks a node may undo. */
export const DEPTH = 12;

/** The true state as of a block, read from the chain when it was mined. */
export interface Truth {
  readonly number: number;
  readonly hash: Hash;
  readonly time: number;
  /** All logs of the registries up to the block, in order. */
  readonly logs: readonly Log[];
  /** The values of the registries' root slots. */
  readonly roots: Readonly<Record<RegistryName, Hash>>;
}

/** A call of a contract, as an account sends it. */
interface Sent {
  readonly from: string;
  readonly to: string;
  readonly data: string;
}

/** Hardhat's own chain with all registries on it, and a record of what is true at each of its blocks. */
export class RealChain {
  readonly network: NetworkDescriptor;
  readonly rpc: Rpc;
  readonly reader: ChainReader;
  readonly #registries: Registries;
  readonly #list: string;
  readonly #truths = new Map<Hash, Truth>();
  #branch: Truth[] = [];
  #written = 0;

  /** @param when of another time is another chain, with the same chain id and contracts. */
  static async start(when: { initialDate?: Date } = {}): Promise<RealChain> {
    const registries = await deployRegistries(when);
    const list = await createList(registries);
    await accredit(registries, registries.delegate);
    const described = await describeRegistries(registries);
    const chain = new RealChain(registries, list, { ...described, finality: { kind: "depth", blocks: DEPTH } });
    await chain.#record();
    return chain;
  }

  private constructor(registries: Registries, list: string, network: NetworkDescriptor) {
    this.network = network;
    this.rpc = inProcessRpc(registries);
    this.reader = rpcReader(this.rpc);
    this.#registries = registries;
    this.#list = list;
  }

  get tip(): Truth {
    return this.#branch.at(-1) as Truth;
  }

  /** The true state as of a block, on any branch. */
  truth(hash: Hash): Truth {
    const truth = this.#truths.get(hash);
    assert(truth, `block ${hash} was never mined`);
    return truth;
  }

  /** Mines a block with some writes to all registries, none of which fails. */
  async write(random: Random): Promise<void> {
    const writes = Array.from({ length: random.whole(1, 4) }, () => this.#write(random));
    await this.#send("evm_setAutomine", [false]);
    for (const write of writes) await this.#send("eth_sendTransaction", [{ ...write, gas: "0x7a120" }]);
    await this.#send("evm_mine", []);
    await this.#record();
    const [block] = (await this.rpc([["eth_getBlockByNumber", ["latest", false]]])) as [{ transactions: Hash[] }];
    assert.equal(block.transactions.length, writes.length);
    assert(this.tip.logs.length - (this.#branch.at(-2)?.logs.length ?? 0) >= writes.length, "a write failed");
  }

  /** The next block is so many seconds later. */
  async pass(seconds: number): Promise<void> {
    await this.#send("evm_increaseTime", [seconds]);
  }

  async mineEmpty(count: number): Promise<void> {
    for (let mined = 0; mined < count; mined++) await this.#send("evm_mine", []);
    await this.#record();
  }

  /** @returns what goes back to the block of now, once. */
  async mark(): Promise<() => Promise<void>> {
    const snapshot = await this.#send("evm_snapshot", []);
    const branch = this.#branch;
    return async () => {
      await this.#send("evm_revert", [snapshot]);
      this.#branch = branch;
    };
  }

  #write(random: Random): Sent {
    const { did, status, trust, issuer, council, others } = this.#registries;
    const count = this.#written++;
    const call = (
      from: { address: string },
      to: Registries["did" | "status" | "trust"],
      name: string,
      args: unknown[],
    ) => ({
      from: from.address,
      to: String(to.target),
      data: to.interface.encodeFunctionData(name, args),
    });
    switch (random.whole(0, 3)) {
      case 0: {
        const bits = change(BigInt(count % 500), { revoke: 1n << BigInt(count % 256) });
        return call(issuer, status, "update", [this.#list, [bits], id(`reason ${count}`)]);
      }
      case 1: {
        const terms = [random.pick(others).address, 0n, BigInt(this.tip.time) + LONG, false, `Office ${count}`];
        return call(council, trust, "grantRoot", [TYPE_ID, ...terms]);
      }
      default: {
        const owner = random.pick(others.slice(0, 4));
        const value = toUtf8Bytes(`https://${count}.example`);
        return call(owner, did, "setAttribute", [owner.address, label("did/svc/HubService"), value, 1_000_000n]);
      }
    }
  }

  /** Records the true state as of each new block. */
  async #record(): Promise<void> {
    const { registries } = currentDeployment(this.network);
    const addresses = REGISTRY_NAMES.map((name) => registries[name].address);
    const from = (this.#branch.at(-1)?.number ?? -1) + 1;
    const head = await this.reader.header("latest");
    const numbers = Array.from({ length: (head?.number ?? 0) - from + 1 }, (_, at) => from + at);
    const branch = [...this.#branch];
    for (const { number, hash, time, logsBloom } of await this.reader.headers(numbers)) {
      const before = branch.at(-1);
      let truth: Truth;
      if (before !== undefined && from > 0 && /^0x0*$/.test(logsBloom)) truth = { ...before, number, hash, time };
      else {
        const logs = await this.reader.logs({ addresses, blockHash: hash });
        const [did = hash, trust = hash, status = hash] = await this.reader.storage(rootSlots(this.network), hash);
        truth = { number, hash, time, logs: [...(before?.logs ?? []), ...logs], roots: { did, trust, status } };
      }
      this.#truths.set(hash, truth);
      branch.push(truth);
    }
    this.#branch = branch;
  }

  async #send(method: string, params: readonly unknown[]): Promise<unknown> {
    const [result] = await this.rpc([[method, params]]);
    return result;
  }
}
