import { getBytes, Wallet } from "ethers";
import { HEADER_FIELD, headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { type Address, type Hash, type Hex, hexOf, toBytes } from "../../resolver/primitives/hex.ts";
import { keccak256Bytes } from "../../resolver/primitives/keccak.ts";
import { encodeRlp, type RlpItem } from "../../resolver/primitives/rlp.ts";

/** How the blocks of a chain are sealed. */
export interface Sealing {
  /** The validators from a block on: the newest set at or before a block applies. The first one is that of block 0. */
  readonly sets: readonly { readonly fromBlock: number; readonly validators: readonly Wallet[] }[];
  /** The round in which validators agreed on a block; 0 unless given. */
  readonly round?: (number: number) => number;
  /** The seals that this server's node collected, out of those of all validators; the first quorum of them unless given. */
  readonly collected?: (seals: readonly Uint8Array[], quorum: number, number: number) => readonly Uint8Array[];
}

/** `mixHash` of all blocks of Istanbul engines. */
const ISTANBUL = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

type Block = Readonly<Record<string, unknown>>;

/** Validators, each with a key of its own. */
export const VALIDATORS = Array.from({ length: 7 }, (_, at) => new Wallet(`0x${String(at + 1).repeat(64)}`));

/** Addresses of validators, as in a network descriptor. */
export function addressesOf(validators: readonly Wallet[]): Address[] {
  return validators.map(({ address }) => address.toLowerCase() as Address);
}

/**
 * The server of a chain in the form of a QBFT node: the same blocks, states and logs, but with headers that validators sealed,
 * like the recordings in `test/vectors/proofs`. So each block has another hash, which replaces the chain's own in requests and
 * answers. The chain may grow, but must not reorganise.
 */
export function qbftChain(chain: Rpc, sealing: Sealing): Rpc {
  /** Sealed blocks by number. */
  const sealed: Block[] = [];
  /** From the chain's hashes to the QBFT ones, and back. */
  const [there, back] = [new Map<string, string>(), new Map<string, string>()];

  async function grow(): Promise<void> {
    const [newest] = await chain([["eth_blockNumber", []]]);
    for (let number = sealed.length; number <= Number(newest); number++) {
      const [block] = await chain([["eth_getBlockByNumber", [`0x${number.toString(16)}`, false]]]);
      if (sealed.length > number) continue;
      const own = sealOf(block as Block, sealed.at(-1)?.hash as Hash | undefined, sealing);
      sealed.push(own);
      there.set((block as { hash: string }).hash, own.hash as string);
      back.set(own.hash as string, (block as { hash: string }).hash);
    }
  }

  let growing = Promise.resolve();
  return async (calls) => {
    growing = growing.then(grow);
    await growing;
    const answers = await chain(calls.map(([method, params]) => [method, renamed(params, back) as unknown[]]));
    return answers.map((answer, at) =>
      calls[at]?.[0].startsWith("eth_getBlockBy") && answer !== null
        ? sealed[Number((answer as Block).number)]
        : renamed(answer, there),
    );
  };
}

function sealOf(block: Block, parentHash: Hash | undefined, sealing: Sealing): Block {
  const number = Number(block.number);
  const { validators } = sealing.sets.findLast(({ fromBlock }) => fromBlock <= number) ?? { validators: [] };
  const round = numberBytes(sealing.round?.(number) ?? 0);
  const extraData = (seals: readonly RlpItem[]) =>
    encodeRlp([new Uint8Array(32), validators.map((one) => getBytes(one.address)), [], round, seals]);
  const own = {
    ...block,
    ...(parentHash !== undefined && { parentHash }),
    difficulty: "0x1",
    nonce: "0x0000000000000000",
    mixHash: ISTANBUL,
    extraData: hexOf(extraData([])),
  };
  const fields = headerFields(own);
  if (fields === undefined) throw new Error(`Block ${number} has no header`);
  const digest = keccak256Bytes(encodeRlp(fields));
  // The genesis block has no seals.
  const seals = number === 0 ? [] : validators.map((one) => sealBy(one, digest));
  const quorum = Math.ceil((2 * validators.length) / 3);
  const collected = sealing.collected?.(seals, quorum, number) ?? seals.slice(0, quorum);
  const whole = extraData(collected);
  const [hash] = headerHashes(fields.with(HEADER_FIELD.extraData, whole));
  return { ...own, extraData: hexOf(whole), hash };
}

function sealBy(validator: Wallet, digest: Hash): Uint8Array {
  const { r, s, yParity } = validator.signingKey.sign(digest);
  return toBytes(`${r}${s.slice(2)}0${yParity}` as Hex);
}

function numberBytes(number: number): Uint8Array {
  return number === 0 ? new Uint8Array() : getBytes(`0x${number.toString(16).padStart(2, "0")}`);
}

/** Parsed JSON with some strings replaced, at any depth. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, names));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one, names)]));
}
