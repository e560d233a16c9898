import { keccak256 } from "ethers";
import type {
  ChainReader,
  CheckedHeader,
  Header,
  History,
  HistoryQuery,
  Log,
  LogFilter,
  Slot,
} from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { headSlot } from "../../resolver/primitives/head.ts";
import { type Address, type Hash, type Hex, word, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES, REGISTRY_OF, type RegistryName, type Subject } from "../../resolver/registry-event.ts";
import { historyFrom } from "./history-from.ts";
import { sealedBlock } from "./sealed-block.ts";
import { CHAIN_ID, RECOVERY, REGISTRIES, SEAT, type SimulatedWrite, TIMELOCK } from "./simulated-events.ts";
import { headIn, SimulatedRegistries } from "./simulated-registries.ts";

export { type SimulatedWrite, simulatedGrant, simulatedIdentity, simulatedList } from "./simulated-events.ts";

export const REGISTRY: Address = REGISTRIES.did;
const FORWARDER: Address = `0x${"f0".repeat(20)}`;
const CONTRACTS: ReadonlySet<Address> = new Set([FORWARDER, TIMELOCK, RECOVERY, SEAT, ...Object.values(REGISTRIES)]);
const CODE: Hex = "0x6001";
const FIRST_TIME = 1_700_000_000;

/** A block, and what the contracts did in it. */
export interface Block extends Header {
  readonly logs: readonly Log[];
  /** The registries' storage after the block. */
  readonly storage: SimulatedRegistries;
}

/**
 * A chain with the registries as a `ChainReader`: it mines on request, forks on request, and answers as an honest server. The
 * registries are deployed in block 1. A block is `seconds` after its parent.
 */
export class ChainSimulator implements ChainReader {
  /** Number of newest blocks that its server does not have yet. */
  lag = 0;
  readonly #byHash = new Map<Hash, Block>();
  readonly #salt: number;
  readonly #seconds: number;
  readonly #subjects = new Map<string, Subject>();
  /** Keys of heads by their slots. */
  readonly #keyAt = new Map<Hash, Hash>();
  #branch: Block[];
  #made = 0;

  /** @param options.salt a different value makes a different chain, with another genesis block. */
  constructor({ salt = 1, seconds = 2 }: { salt?: number; seconds?: number } = {}) {
    this.#salt = salt;
    this.#seconds = seconds;
    const storage = new SimulatedRegistries();
    const sealed = {
      number: 0,
      parentHash: ZERO_HASH,
      time: FIRST_TIME,
      logsBloom: NO_BLOOM,
      mixHash: this.#mixHash(),
    };
    const genesis: Block = { ...sealed, hash: sealedBlock(sealed).hash, logs: [], storage };
    this.#byHash.set(genesis.hash, genesis);
    this.#branch = [genesis];
    this.mine();
  }

  get tip(): Block {
    return this.#branch.at(-1) as Block;
  }

  /** The registries' roots at the newest block. */
  get roots(): Record<RegistryName, Hash> {
    const { did, trust, status } = this.tip.storage.registries;
    return { did: did.root as Hash, trust: trust.root as Hash, status: status.root as Hash };
  }

  /** The blocks of the current branch, from the first block on. */
  get branch(): readonly Block[] {
    return this.#branch;
  }

  /** Every subject that was ever written, on any branch. */
  get subjects(): Subject[] {
    return [...this.#subjects.values()];
  }

  /** A block by its hash, on any branch. */
  block(hash: Hash): Block {
    return this.#known(hash);
  }

  /** A subject's head in a registry's storage at a block; `undefined` when it was never written. */
  headOf({ kind, id }: Subject, block: Block): Hash | undefined {
    return headIn(block.storage, REGISTRY_OF[kind], id);
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
          recovery: { address: RECOVERY, codeHash },
          seat: { address: SEAT, codeHash },
          registries: {
            did: { address: REGISTRIES.did, codeHash },
            trust: { address: REGISTRIES.trust, codeHash },
            status: { address: REGISTRIES.status, codeHash },
          },
          slots: { heads: 0, root: 1, identities: 2 },
        },
      ],
      previous: null,
      signatures: [],
    };
  }

  /** Adds a block. Writes that the contracts would refuse are left out. */
  mine(writes: readonly SimulatedWrite[] = []): Block {
    const parent = this.tip;
    const mixHash = this.#mixHash();
    const blockNumber = parent.number + 1;
    const time = parent.time + this.#seconds;
    const storage = writes.length === 0 ? parent.storage : new SimulatedRegistries(parent.storage);
    const logs: Omit<Log, "blockHash">[] = [];
    for (const write of writes) {
      const emitted = storage.write(write, { number: blockNumber, time });
      if (emitted === undefined) continue;
      const { registry, topics, data, subject } = emitted;
      if (subject && !this.#subjects.has(subject.kind + subject.id)) {
        this.#subjects.set(subject.kind + subject.id, subject);
        const key = topics[1] as Hash;
        this.#keyAt.set(headSlot(key, 0), key);
      }
      // Logs of other contracts are between those of the registries.
      const logIndex = 2 * logs.length + 1;
      const transactionHash = keccak256(`0x${mixHash.slice(2)}${logIndex.toString(16).padStart(4, "0")}`) as Hash;
      const address = emitted.address ?? REGISTRIES[registry];
      logs.push({ address, topics, data, blockNumber, transactionHash, logIndex });
    }
    const sealed = { number: blockNumber, parentHash: parent.hash, time, logsBloom: bloomOf(logs), mixHash };
    const { hash } = sealedBlock(sealed);
    const block: Block = { ...sealed, hash, logs: logs.map((log) => ({ ...log, blockHash: hash })), storage };
    this.#byHash.set(block.hash, block);
    this.#branch.push(block);
    return block;
  }

  /**
   * Drops the newest blocks, so that others can be mined in their place. The genesis block and the block of the registries
   * stay.
   */
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

  async checkedHeaders(blocks: readonly (number | Hash)[]): Promise<CheckedHeader[]> {
    const found = await Promise.all(blocks.map((block) => this.header(block)));
    return found.map((header, at) => {
      if (header === null) return unavailable(`block ${blocks[at]}`);
      return { ...header, receiptsRoot: header.hash, transactions: [] };
    });
  }

  async receiptLogs({ hash }: CheckedHeader): Promise<Log[]> {
    return [...this.#known(hash).logs];
  }

  async logs(filter: LogFilter): Promise<Log[]> {
    const blocks =
      "blockHash" in filter
        ? [this.#known(filter.blockHash)]
        : this.#visible.slice(filter.fromBlock, filter.toBlock + 1);
    const { addresses, events, subject } = filter;
    const isWanted = ({ address, topics: [event, about] }: Log) =>
      addresses.includes(address) &&
      (events === undefined || events.some((one) => one === event)) &&
      (subject === undefined || about === subject);
    return blocks.flatMap(({ logs }) => logs).filter(isWanted);
  }

  async storage(slots: readonly Slot[], blockHash: Hash): Promise<Hash[]> {
    const { registries } = this.#known(blockHash).storage;
    return slots.map(({ address, slot }) => {
      const name = REGISTRY_NAMES.find((one) => REGISTRIES[one] === address);
      if (name === undefined) return ZERO_HASH;
      const { root, heads } = registries[name];
      if (slot === word(1)) return root as Hash;
      return (heads.get(this.#keyAt.get(slot) ?? "") ?? ZERO_HASH) as Hash;
    });
  }

  async logsAndStorage(addresses: readonly Address[], slots: readonly Slot[], blockHash: Hash) {
    return { logs: await this.logs({ addresses, blockHash }), values: await this.storage(slots, blockHash) };
  }

  history(query: HistoryQuery): Promise<History> {
    return historyFrom(this, query);
  }

  async code(address: Address): Promise<Hex> {
    return CONTRACTS.has(address) ? CODE : "0x";
  }

  codes(addresses: readonly Address[]): Promise<Hex[]> {
    return Promise.all(addresses.map((address) => this.code(address)));
  }

  /** Different for each block. */
  #mixHash(): Hash {
    const made = (this.#made++).toString(16).padStart(16, "0");
    return `0x${this.#salt.toString(16).padStart(48, "0")}${made}`;
  }

  get #visible(): readonly Block[] {
    return this.lag === 0 ? this.#branch : this.#branch.slice(0, this.#branch.length - this.lag);
  }

  #known(hash: Hash): Block {
    return this.#byHash.get(hash) ?? unavailable(`block ${hash}`);
  }
}

function unavailable(what: string): never {
  throw new UnavailableError(`The simulated chain has no ${what}`);
}

const NO_BLOOM: Hex = `0x${"00".repeat(256)}`;

/** Cache of the bloom bits of values, which many logs share. */
const bloomBits = new Map<Hex, bigint>();

function bloomOf(logs: readonly Pick<Log, "address" | "topics">[]): Hex {
  let bloom = 0n;
  for (const value of logs.flatMap(({ address, topics }) => [address, ...topics])) {
    const known = bloomBits.get(value);
    const bits = known ?? bitsOf(value);
    if (known === undefined) bloomBits.set(value, bits);
    bloom |= bits;
  }
  return `0x${bloom.toString(16).padStart(512, "0")}`;
}

function bitsOf(value: Hex): bigint {
  const hash = keccak256(value);
  return [2, 6, 10].reduce((bits, at) => bits | (1n << (BigInt(`0x${hash.slice(at, at + 4)}`) % 2_048n)), 0n);
}
