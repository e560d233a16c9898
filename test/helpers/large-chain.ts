import { AbiCoder, concat, encodeBytes32String, id, keccak256, toUtf8Bytes } from "ethers";
import type {
  ChainReader,
  Header,
  History,
  HistoryQuery,
  Log,
  LogFilter,
  Slot,
} from "../../resolver/chain/chain-reader.ts";
import { RpcError } from "../../resolver/chain/rpc/rpc.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type Address, type Hash, type Hex, word, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { ChainSimulator, REGISTRY, simulatedIdentity, simulatedList } from "./chain-simulator.ts";
import { fold, KIND_DID, KIND_LIST, KIND_ROOT, seed } from "./heads.ts";
import { historyFrom } from "./history-from.ts";
import { sealedBlock } from "./sealed-block.ts";
import { CHAIN_ID, REGISTRIES } from "./simulated-events.ts";

const EVENTS_A_BLOCK = 100;
/** Number of blocks without events at the end, whose state is available: enough that all others are read by ranges. */
const BLOCKS_AFTER = 300;
const LIST_SIZE = 131_072;
/** Revoking events per list; each changes some chunks. */
const REVOCATIONS_A_LIST = 1_250;
const WORDS_A_REVOCATION = 4;
const FIRST_TIME = 1_700_000_000;
const BLOOM: Hex = `0x${"ff".repeat(256)}`;
const coder = AbiCoder.defaultAbiCoder();
const TOPICS = {
  attribute: id("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)") as Hash,
  list: id("ListCreated(bytes32,address,address,uint256,uint256,bytes32,string)") as Hash,
  status: id("StatusChanged(bytes32,address,bytes32,(uint256,uint256,uint256,uint256)[])") as Hash,
};
const KEY_NAME = encodeBytes32String("did/pub/P256/veriKey") as Hash;
const SERVICE_NAME = encodeBytes32String("did/svc/LinkedDomains/web") as Hash;

interface Write {
  readonly registry: "did" | "status";
  readonly topics: Hash[];
  readonly data: Hex;
}

/**
 * A static chain with any number of DIDs and statuses. It needs little memory, because each event is computed from its position
 * on request. Each DID has a key and a service. Statuses are in lists of 131 072, of which a few per cent are revoked, a few at
 * a time.
 */
export class LargeChain implements ChainReader {
  readonly dids: number;
  readonly lists: number;
  readonly events: number;
  /** Number of the newest block. */
  readonly tip: number;
  readonly #headers: Header[] = [];
  readonly #numbers = new Map<Hash, number>();
  #roots: Record<string, Hash> | undefined;

  constructor({ dids, statuses }: { dids: number; statuses: number }) {
    this.dids = dids;
    this.lists = Math.ceil(statuses / LIST_SIZE);
    this.events = 2 * dids + this.lists * (1 + REVOCATIONS_A_LIST);
    // The registries are deployed in block 1; events begin in block 2.
    this.tip = 1 + Math.ceil(this.events / EVENTS_A_BLOCK) + BLOCKS_AFTER;
    for (let number = 0; number <= this.tip; number++) {
      const parentHash = this.#headers.at(-1)?.hash ?? ZERO_HASH;
      const header = { number, parentHash, time: FIRST_TIME + number, logsBloom: BLOOM };
      const { hash } = sealedBlock(header);
      this.#headers.push({ ...header, hash });
      this.#numbers.set(hash, number);
    }
  }

  network(): NetworkDescriptor {
    return { ...new ChainSimulator().network({ kind: "depth", blocks: 12 }), genesisHash: this.#hashOf(0) };
  }

  /** The address of the DID with a number. */
  did(number: number): Address {
    return simulatedIdentity(number);
  }

  async chainId(): Promise<number> {
    return CHAIN_ID;
  }

  async header(block: "latest" | number | Hash): Promise<Header | null> {
    const number = block === "latest" ? this.tip : typeof block === "number" ? block : this.#numberOf(block);
    return this.#headers[number] ?? null;
  }

  async headers(numbers: readonly number[]): Promise<Header[]> {
    return Promise.all(numbers.map(async (number) => (await this.header(number)) as Header));
  }

  async checkedHeaders(): Promise<never> {
    throw new RpcError("eth_getBlockByNumber", {
      code: -32_601,
      message: "there are no receipts to check here",
    });
  }

  async receiptLogs(): Promise<never> {
    throw new RpcError("eth_getBlockReceipts", { code: -32_601, message: "there are no receipts here" });
  }

  async logs(filter: LogFilter): Promise<Log[]> {
    const [from, to] =
      "blockHash" in filter
        ? [this.#numberOf(filter.blockHash), this.#numberOf(filter.blockHash)]
        : [filter.fromBlock, filter.toBlock];
    const logs: Log[] = [];
    for (let number = from; number <= Math.min(to, this.tip); number++) logs.push(...this.#logsOf(number));
    return logs.filter(({ address }) => filter.addresses.includes(address));
  }

  /** Like a chain that has only the state of recent blocks. */
  async storage(slots: readonly Slot[], blockHash: Hash): Promise<Hash[]> {
    const number = this.#numberOf(blockHash);
    if (number <= this.tip - BLOCKS_AFTER) {
      throw new RpcError("eth_getStorageAt", { code: -32_000, message: `no state of block ${number} is kept` });
    }
    const roots = this.roots();
    return slots.map(({ address }) => roots[address] ?? ZERO_HASH);
  }

  /** The registries' roots at the newest blocks, by address. The first call folds all events: call it before a node does. */
  roots(): Readonly<Record<string, Hash>> {
    this.#roots ??= this.#computeRoots();
    return this.#roots;
  }

  async logsAndStorage(addresses: readonly Address[], slots: readonly Slot[], blockHash: Hash) {
    return { logs: await this.logs({ addresses, blockHash }), values: await this.storage(slots, blockHash) };
  }

  history(query: HistoryQuery): Promise<History> {
    return historyFrom(this, query);
  }

  code(address: Address): Promise<Hex> {
    return new ChainSimulator().code(address);
  }

  codes(addresses: readonly Address[]): Promise<Hex[]> {
    return new ChainSimulator().codes(addresses);
  }

  #hashOf(number: number): Hash {
    return this.#headers[number]?.hash ?? ZERO_HASH;
  }

  /** An unknown block counts as above all others. */
  #numberOf(hash: Hash): number {
    return this.#numbers.get(hash) ?? Number.POSITIVE_INFINITY;
  }

  #logsOf(number: number): Log[] {
    const first = (number - 2) * EVENTS_A_BLOCK;
    const logs: Log[] = [];
    for (let event = Math.max(0, first); event < Math.min(this.events, first + EVENTS_A_BLOCK); event++) {
      const { registry, topics, data } = this.#write(event);
      const logIndex = event - first;
      const transactionHash = word(`0x${(number * 1_000 + logIndex).toString(16)}`);
      const at = { blockNumber: number, blockHash: this.#hashOf(number), transactionHash, logIndex };
      logs.push({ address: REGISTRIES[registry], topics, data, ...at });
    }
    return logs;
  }

  #write(event: number): Write {
    const ofLists = event - 2 * this.dids;
    if (ofLists >= 0) return listWrite(ofLists);
    const [did, isSecond] = [event >> 1, event % 2 === 1];
    return didWrite({ did, isSecond, previous: isSecond ? blockOf(event - 1) : 0 });
  }

  /** By the specification in `IHeads`, not by the code under test. */
  #computeRoots(): Record<string, Hash> {
    const roots: Record<string, string> = {};
    for (const address of Object.values(REGISTRIES)) roots[address] = seed(contract(address), KIND_ROOT, ZERO_HASH);
    const heads = new Map<string, string>();
    for (let number = 2; number <= this.tip; number++) {
      for (const { address, topics, data } of this.#logsOf(number)) {
        const subject = topics[1] as Hash;
        const kind = address === REGISTRY ? KIND_DID : KIND_LIST;
        const before = heads.get(subject) ?? seed(contract(address), kind, subject);
        const head = fold(before, { topics, data, block: BigInt(number), time: BigInt(FIRST_TIME + number) });
        heads.set(subject, head);
        roots[address] = keccak256(concat([roots[address] as Hash, head]));
      }
    }
    return roots as Record<string, Hash>;
  }
}

function blockOf(event: number): number {
  return 2 + Math.floor(event / EVENTS_A_BLOCK);
}

/** The write of a DID's key, or of its service. */
function didWrite({ did, isSecond, previous }: { did: number; isSecond: boolean; previous: number }): Write {
  const name = isSecond ? SERVICE_NAME : KEY_NAME;
  const value = isSecond ? toUtf8Bytes(`https://office-${did}.example`) : `0x02${word(did + 1).slice(2)}`;
  const types = ["bytes32", "bytes", "uint256", "uint256"];
  const data = coder.encode(types, [name, value, 4_000_000_000, previous]) as Hex;
  return { registry: "did", topics: [TOPICS.attribute, word(simulatedIdentity(did))], data };
}

/** The creation of a list, or one of its changes. */
function listWrite(event: number): Write {
  const [list, change] = [Math.floor(event / (1 + REVOCATIONS_A_LIST)), event % (1 + REVOCATIONS_A_LIST)];
  const actor = word(simulatedIdentity(list));
  if (change === 0) {
    const values = [simulatedIdentity(list), 0, LIST_SIZE, word(5), `https://lists.example/${list}`];
    const data = coder.encode(["address", "uint256", "uint256", "bytes32", "string"], values) as Hex;
    return { registry: "status", topics: [TOPICS.list, simulatedList(list, 0), actor], data };
  }
  const words = Array.from({ length: WORDS_A_REVOCATION }, (_, at) => at * 128 + ((change * 37) % 128));
  const changes = words.map((index) => [index, 1n << BigInt((change * 7 + index) % 256), 0n, 0n]);
  const data = coder.encode(["bytes32", "tuple(uint256,uint256,uint256,uint256)[]"], [word(9), changes]) as Hex;
  return { registry: "status", topics: [TOPICS.status, simulatedList(list, 0), actor], data };
}

function contract(address: Address) {
  return { chainId: BigInt(CHAIN_ID), address };
}
