import { AbiCoder, keccak256, zeroPadValue } from "ethers";
import type { ChainReader, Header, Log, LogFilter, Slot } from "../../resolver/chain/chain-reader.ts";
import { DID_TOPICS } from "../../resolver/decode-log.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import { type Address, type Hash, type Hex, word, ZERO_ADDRESS, ZERO_HASH } from "../../resolver/hex.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { fold, KIND_DID, KIND_ROOT, seed, subjectOf } from "./heads.ts";

export const REGISTRY: Address = `0x${"d1".repeat(20)}`;
const FORWARDER: Address = `0x${"f0".repeat(20)}`;
const TIMELOCK: Address = `0x${"c0".repeat(20)}`;
const TRUST_REGISTRY: Address = `0x${"a0".repeat(20)}`;
const STATUS_REGISTRY: Address = `0x${"b0".repeat(20)}`;
const CONTRACTS: ReadonlySet<Address> = new Set([REGISTRY, FORWARDER, TIMELOCK, TRUST_REGISTRY, STATUS_REGISTRY]);
const CODE: Hex = "0x6001";
const CHAIN_ID = 31_337;
const FIRST_TIME = 1_700_000_000;
const coder = AbiCoder.defaultAbiCoder();

/** A write to the registry. `identity` is a small number that stands for an address. */
export type SimulatedWrite =
  | { readonly do: "attribute"; readonly identity: number; readonly value: number; readonly validTo: number }
  | { readonly do: "delegate"; readonly identity: number; readonly value: number; readonly validTo: number }
  | { readonly do: "owner"; readonly identity: number; readonly value: number }
  | { readonly do: "deactivate"; readonly identity: number };

interface Block extends Header {
  readonly logs: readonly Log[];
  /** The registry's storage after the block. */
  readonly root: string;
  readonly heads: ReadonlyMap<string, string>;
  readonly changed: ReadonlyMap<Address, number>;
  readonly deactivated: ReadonlySet<Address>;
}

/**
 * A chain with a DID registry on it, as a `ChainReader`: it mines at once, forks at will, and answers as an honest server
 * would. Events are encoded by ethers; heads and root are computed by the words of `IHeads`, not by the code under test.
 * The registry is deployed in block 1. A block is `seconds` after its parent.
 */
export class ChainSimulator implements ChainReader {
  /** How many of the newest blocks its server does not have yet. */
  lag = 0;
  readonly #byHash = new Map<Hash, Block>();
  readonly #salt: number;
  readonly #seconds: number;
  #branch: Block[];
  #made = 0;

  /** @param options.salt makes another chain, with another genesis block. */
  constructor({ salt = 1, seconds = 2 }: { salt?: number; seconds?: number } = {}) {
    this.#salt = salt;
    this.#seconds = seconds;
    const root = seed({ chainId: BigInt(CHAIN_ID), address: REGISTRY }, KIND_ROOT, ZERO_HASH);
    const genesis: Block = {
      ...this.#header(0, ZERO_HASH, FIRST_TIME),
      logs: [],
      root,
      heads: new Map(),
      changed: new Map(),
      deactivated: new Set(),
    };
    this.#byHash.set(genesis.hash, genesis);
    this.#branch = [genesis];
    this.mine();
  }

  get tip(): Block {
    return this.#branch.at(-1) as Block;
  }

  /** The registry's root at the newest block. */
  get root(): Hash {
    return this.tip.root as Hash;
  }

  /** All logs of the branch that the chain is on, in order. */
  get allLogs(): Log[] {
    return this.#branch.flatMap((block) => block.logs);
  }

  /** A block that was ever mined, by its hash. */
  block(hash: Hash): Block {
    return this.#known(hash);
  }

  /** What the registry's storage holds as an identity's head at a block; `undefined` when it was never written. */
  headOf(identity: Address, block: Block): Hash | undefined {
    return block.heads.get(subjectOf(identity)) as Hash | undefined;
  }

  network(finality: NetworkDescriptor["finality"] = { kind: "depth", blocks: 12 }): NetworkDescriptor {
    const codeHash = keccak256(CODE) as Hash;
    return {
      version: 1,
      name: "local",
      chainId: CHAIN_ID,
      genesisHash: (this.#branch[0] as Block).hash,
      consensus: { kind: "none" },
      finality,
      deployments: [
        {
          fromBlock: 1,
          forwarder: { address: FORWARDER, codeHash },
          timelock: { address: TIMELOCK, codeHash },
          registries: {
            did: { address: REGISTRY, codeHash },
            trust: { address: TRUST_REGISTRY, codeHash },
            status: { address: STATUS_REGISTRY, codeHash },
          },
          slots: { heads: 0, root: 1, identities: 2 },
        },
      ],
      previous: null,
      signatures: [],
    };
  }

  /** Adds a block. What the contract would refuse is left out. */
  mine(writes: readonly SimulatedWrite[] = []): Block {
    const parent = this.tip;
    const header = this.#header(parent.number + 1, parent.hash, parent.time + this.#seconds);
    const heads = new Map(parent.heads);
    const changed = new Map(parent.changed);
    const deactivated = new Set(parent.deactivated);
    const logs: Log[] = [];
    let { root } = parent;
    for (const write of writes) {
      const identity = simulatedIdentity(write.identity);
      if (deactivated.has(identity)) continue;
      const { topics, data } = encodeEvent(write, identity, changed.get(identity) ?? 0);
      const { number: blockNumber, hash: blockHash, time } = header;
      // Other contracts' logs stand between ours.
      const logIndex = 2 * logs.length + 1;
      const transactionHash = keccak256(`0x${blockHash.slice(2)}${logIndex.toString(16).padStart(4, "0")}`) as Hash;
      logs.push({ address: REGISTRY, topics, data, blockNumber, blockHash, transactionHash, logIndex });

      const subject = subjectOf(identity);
      const registry = { chainId: BigInt(CHAIN_ID), address: REGISTRY };
      const before = heads.get(subject) ?? seed(registry, KIND_DID, subject);
      const head = fold(before, { topics, data, block: BigInt(blockNumber), time: BigInt(time) });
      heads.set(subject, head);
      root = keccak256(coder.encode(["bytes32", "bytes32"], [root, head]));
      changed.set(identity, blockNumber);
      if (write.do === "deactivate") deactivated.add(identity);
    }
    const block: Block = { ...header, logs, root, heads, changed, deactivated };
    this.#byHash.set(block.hash, block);
    this.#branch.push(block);
    return block;
  }

  /** Leaves the newest blocks, to mine others in their place. Genesis and the registry's block stay. */
  dropBlocks(depth: number): void {
    this.#branch = this.#branch.slice(0, Math.max(2, this.#branch.length - depth));
  }

  async chainId(): Promise<number> {
    return CHAIN_ID;
  }

  async header(block: "latest" | number | Hash): Promise<Header | null> {
    if (block === "latest") return this.#visible.at(-1) ?? null;
    return (typeof block === "number" ? this.#visible[block] : this.#byHash.get(block)) ?? null;
  }

  async headers(numbers: readonly number[]): Promise<Header[]> {
    return numbers.map((number) => this.#visible[number] ?? unavailable(`block ${number}`));
  }

  async logs(filter: LogFilter): Promise<Log[]> {
    const blocks =
      "blockHash" in filter
        ? [this.#known(filter.blockHash)]
        : this.#visible.slice(filter.fromBlock, filter.toBlock + 1);
    return blocks.flatMap(({ logs }) => logs).filter((log) => filter.addresses.includes(log.address));
  }

  async storage(slots: readonly Slot[], blockHash: Hash): Promise<Hash[]> {
    const { root } = this.#known(blockHash);
    return slots.map(({ address, slot }) => (address === REGISTRY && slot === word(1) ? (root as Hash) : ZERO_HASH));
  }

  async logsAndStorage(addresses: readonly Address[], slots: readonly Slot[], blockHash: Hash) {
    return { logs: await this.logs({ addresses, blockHash }), values: await this.storage(slots, blockHash) };
  }

  async code(address: Address): Promise<Hex> {
    return CONTRACTS.has(address) ? CODE : "0x";
  }

  #header(number: number, parentHash: Hash, time: number): Header {
    const made = (this.#made++).toString(16).padStart(16, "0");
    const hash: Hash = `0x${this.#salt.toString(16).padStart(48, "0")}${made}`;
    return { number, hash, parentHash, time, logsBloom: `0x${"00".repeat(256)}` };
  }

  get #visible(): readonly Block[] {
    return this.#branch.slice(0, this.#branch.length - this.lag);
  }

  #known(hash: Hash): Block {
    return this.#byHash.get(hash) ?? unavailable(`block ${hash}`);
  }
}

/** The address that a small number stands for. */
export function simulatedIdentity(number: number): Address {
  return `0x${(number + 1).toString(16).padStart(40, "0")}`;
}

function encodeEvent(write: SimulatedWrite, identity: Address, previous: number): { topics: Hash[]; data: Hex } {
  const log = (kind: keyof typeof DID_TOPICS, types: string[], values: unknown[]) => ({
    topics: [DID_TOPICS[kind], zeroPadValue(identity, 32) as Hash],
    data: coder.encode([...types, "uint256"], [...values, previous]) as Hex,
  });
  switch (write.do) {
    case "attribute": {
      const value = `0x${"ab".repeat(write.value % 70)}`;
      return log("attribute", ["bytes32", "bytes", "uint256"], [word(write.value), value, write.validTo]);
    }
    case "delegate":
      return log(
        "delegate",
        ["bytes32", "address", "uint256"],
        [word(7), simulatedIdentity(write.value), write.validTo],
      );
    case "owner":
      return log("owner", ["address"], [simulatedIdentity(write.value)]);
    case "deactivate":
      return log("owner", ["address"], [ZERO_ADDRESS]);
  }
}

function unavailable(what: string): never {
  throw new UnavailableError(`The simulated chain has no ${what}`);
}
