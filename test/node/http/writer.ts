import { Interface, id, toBeHex } from "ethers";
import type { Log } from "../../../resolver/chain/chain-reader.ts";
import { decodeDidLog } from "../../../resolver/did/decode-log.ts";
import type { Address, Hash, Hex } from "../../../resolver/primitives/hex.ts";
import type { AsOf } from "../../../resolver/resolution/resolve.ts";
import type { MemoryIndex } from "../../helpers/memory-index.ts";

/** What an owner may do to an identity; `validTo` is the last valid second in Unix time, 0 when revoked. */
export type Change = { readonly identity: Address } & (
  | { readonly type: "owner"; readonly owner: Address }
  | { readonly type: "attribute"; readonly name: Hash; readonly value: Hex; readonly validTo: number }
  | { readonly type: "delegate"; readonly name: Hash; readonly value: Address; readonly validTo: number }
);

// Not from the ABI that the resolver has: what ethers makes of these is a second opinion on its decoder.
const registry = new Interface([
  "event DIDOwnerChanged(address indexed identity, address owner, uint256 previousChange)",
  "event DIDDelegateChanged(address indexed identity, bytes32 delegateType, address delegate, uint256 validTo, uint256 previousChange)",
  "event DIDAttributeChanged(address indexed identity, bytes32 name, bytes value, uint256 validTo, uint256 previousChange)",
]);

const REGISTRY: Address = `0x${"5e".repeat(20)}`;

/** Writes blocks of events into an index, encoded as the registry's contract does. */
export class Writer {
  readonly #index: MemoryIndex;
  #tips: AsOf[] = [];
  /** Makes the blocks of a fork others than those that it replaces. */
  #fork = 0;

  constructor(index: MemoryIndex) {
    this.#index = index;
  }

  /** Undoes all blocks, and begins with an empty one. */
  restart(time: number): void {
    this.#fork += 1;
    this.#tips = [];
    this.#index.rewind({ number: 0, hash: id(`genesis of fork ${this.#fork}`) as Hash, time, finalizedBlock: 0 });
    this.block(time);
  }

  /**
   * The next block at a Unix time in seconds, with these changes in it; those of an identity that is deactivated are left
   * out, as the contract refuses them.
   */
  block(time: number, ...changes: readonly Change[]): void {
    const number = (this.#tips.at(-1)?.number ?? 0) + 1;
    const hash = id(`block ${number} of fork ${this.#fork}`) as Hash;
    const tip: AsOf = { number, hash, time, finalizedBlock: number - 2 };
    this.#tips.push(tip);
    for (const [logIndex, change] of changes.entries()) {
      const state = this.#index.state("did", change.identity);
      if (state?.deactivated) continue;
      const previousChange = state?.updated.block ?? 0;
      this.#index.write(decodeDidLog(encode(change, { previousChange, logIndex, number, hash }), time));
    }
    this.#index.advance(tip);
  }

  /** Undoes the newest blocks, but never the first. */
  reorg(blocks: number): void {
    const tips = this.#tips.slice(0, Math.max(1, this.#tips.length - blocks));
    const tip = tips.at(-1);
    if (tip === undefined) return;
    this.#fork += 1;
    this.#tips = tips;
    this.#index.rewind(tip);
  }
}

function encode(
  change: Change,
  { previousChange, logIndex, number, hash }: { previousChange: number; logIndex: number; number: number; hash: Hash },
): Log {
  const { topics, data } =
    change.type === "owner"
      ? registry.encodeEventLog("DIDOwnerChanged", [change.identity, change.owner, previousChange])
      : registry.encodeEventLog(change.type === "attribute" ? "DIDAttributeChanged" : "DIDDelegateChanged", [
          change.identity,
          change.name,
          change.value,
          change.validTo,
          previousChange,
        ]);
  return {
    address: REGISTRY,
    topics: topics as Hash[],
    data: data as Hex,
    blockNumber: number,
    blockHash: hash,
    transactionHash: toBeHex(number * 1_000 + logIndex, 32) as Hash,
    logIndex,
  };
}
