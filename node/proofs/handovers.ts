import { headerFields } from "../../resolver/chain/block/header-hash.ts";
import { readQbftExtraData } from "../../resolver/chain/block/qbft-extra-data.ts";
import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { object } from "../../resolver/chain/rpc/rpc-values.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";
import { type Address, type Hex, hexOf } from "../../resolver/primitives/hex.ts";
import { encodeRlp } from "../../resolver/primitives/rlp.ts";
import { type BlockHeader, readBlockHeader } from "../../resolver/proofs/block-header.ts";
import { verifyQbftHandover } from "../../resolver/proofs/qbft.ts";
import type { BlockRef } from "../index/recent-blocks.ts";

/** A block's header, encoded and decoded, with the validators that it lists. */
interface Listing {
  readonly rlp: Hex;
  readonly header: BlockHeader;
  readonly validators: ReadonlySet<Address>;
}

/**
 * The headers at which a QBFT network's validators changed. Binary search between blocks with different validators finds
 * them with about twenty headers for each change on a chain of millions of blocks. Found headers are kept.
 *
 * A change that was reversed before this node searched is found only when a block in between is given as `since`. Only a
 * verifier that knows the validators of that time needs it; without it, that verifier rejects the proof with
 * `PROOF_VALIDATORS`.
 */
export class Handovers {
  readonly #rpc: Rpc;
  /** Oldest first. */
  #found: readonly Listing[] = [];
  /** Number of the block up to which they are found. */
  #block = 0;
  /** The validators from the first block on. */
  readonly #first: ReadonlySet<Address>;
  #looking: Promise<void> = Promise.resolve();

  /** @param validators those of the network descriptor. */
  constructor(rpc: Rpc, validators: readonly Address[]) {
    this.#rpc = rpc;
    this.#first = new Set(validators);
  }

  /**
   * The headers up to a block that is never undone, oldest first.
   * @param block in the index: a header with another hash is not that block's, and would hide changes from then on.
   * @param since number of a block whose validators the verifier may know.
   * @throws UnavailableError when the chain can't be asked; ChainDataError, ProofError when validators did not change one by
   * one, for example by a `transitions` override: then the network needs a new descriptor.
   */
  async upTo(block: Pick<BlockRef, "number" | "hash">, since?: number): Promise<readonly Hex[]> {
    const looking = this.#looking.then(async () => {
      await this.#look(block);
      if (since !== undefined && since > 0 && since < this.#block) await this.#lookAt(since);
    });
    this.#looking = looking.catch(() => undefined);
    await looking;
    return this.#found.map(({ rlp }) => rlp);
  }

  async #look({ number, hash }: Pick<BlockRef, "number" | "hash">): Promise<void> {
    if (number <= this.#block) return;
    const last = await this.#listing(number);
    if (last.header.hash !== hash)
      throw new ChainDataError(`The chain gave block ${number} as ${last.header.hash}, wanted ${hash}`);
    const found = await this.#between(this.#block, this.#found.at(-1)?.validators ?? this.#first, last);
    this.#found = [...this.#found, ...found];
    this.#block = number;
  }

  /** Searches for changes around a block that were reversed later. */
  async #lookAt(number: number): Promise<void> {
    const at = await this.#listing(number);
    const next = this.#found.findIndex(({ header }) => header.number > number);
    const [before, after] = next < 0 ? [this.#found, []] : [this.#found.slice(0, next), this.#found.slice(next)];
    const from = before.at(-1);
    const validators = from?.validators ?? this.#first;
    if (isSame(validators, at.validators)) return;
    const changes = await this.#between(from?.header.number ?? 0, validators, at);
    const last = await this.#listing((after[0]?.header.number ?? this.#block + 1) - 1);
    const back = await this.#between(number, at.validators, last);
    this.#found = [...before, ...changes, ...back, ...after];
  }

  async #between(from: number, trusted: ReadonlySet<Address>, last: Listing): Promise<Listing[]> {
    if (isSame(trusted, last.validators)) return [];
    const { number } = last.header;
    if (number === from + 1) {
      verifyQbftHandover(last.header, trusted);
      return [last];
    }
    const middle = await this.#listing(from + Math.floor((number - from) / 2));
    const before = await this.#between(from, trusted, middle);
    return [...before, ...(await this.#between(middle.header.number, middle.validators, last))];
  }

  async #listing(number: number): Promise<Listing> {
    const [answer] = await this.#rpc([["eth_getBlockByNumber", [`0x${number.toString(16)}`, false]]]);
    if (answer === null) throw new UnavailableError(`The chain has no block ${number} now`);
    const fields = headerFields(object(answer, "block"));
    if (fields === undefined) throw new ChainDataError(`The chain gave block ${number} without a header`);
    const rlp = encodeRlp(fields);
    const header = readBlockHeader(rlp);
    const read = readQbftExtraData(header.extraData);
    if (read === undefined || header.number !== number)
      throw new ChainDataError(`The chain gave something else than the QBFT block ${number}`);
    return { rlp: hexOf(rlp), header, validators: new Set(read.validators) };
  }
}

function isSame(one: ReadonlySet<Address>, other: ReadonlySet<Address>): boolean {
  return one.size === other.size && [...one].every((member) => other.has(member));
}
