import type { Address } from "../../../resolver/primitives/hex.ts";
import { hexOf, toBytes } from "../../../resolver/primitives/hex.ts";
import { encodeRlp } from "../../../resolver/primitives/rlp.ts";
import type { Consortium } from "../consortium.ts";

/** Blocks after which open votes on validators are dropped, as in the examples of Besu and of EIP-225. */
export const EPOCH_BLOCKS = 30_000;

/** 2^53 - 1, more than any block needs, so that the gas limit never matters. */
export const GAS_LIMIT = "0x1fffffffffffff";

/** The `mixHash` that Besu and GoQuorum use for Istanbul's family of engines. */
const MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";

/**
 * The `extraData` of block 0 of a QBFT chain: RLP of 32 bytes of vanity, the validators in ascending order, no vote, round 0 and no
 * seals (EIP-650, as Besu and GoQuorum extended it).
 */
export function genesisExtraData(validators: readonly Address[]): string {
  const ascending = [...validators].sort().map((address) => toBytes(address));
  return hexOf(encodeRlp([new Uint8Array(32), ascending, [], new Uint8Array(), []]));
}

/** Besu's genesis file: London's rules, no base fee, no balances. Each member gets the same bytes from the same file. */
export function genesisOf({ chainId, blockPeriod }: Consortium, validators: readonly Address[]): object {
  // A round without a block ends after this many seconds, the next one after twice as many.
  const requesttimeoutseconds = blockPeriod + 1;
  const qbft = { epochlength: EPOCH_BLOCKS, blockperiodseconds: blockPeriod, requesttimeoutseconds };
  return {
    config: { chainId, berlinBlock: 0, londonBlock: 0, zeroBaseFee: true, qbft },
    nonce: "0x0",
    timestamp: "0x0",
    extraData: genesisExtraData(validators),
    gasLimit: GAS_LIMIT,
    difficulty: "0x1",
    mixHash: MIX_HASH,
    coinbase: `0x${"00".repeat(20)}`,
    alloc: {},
  };
}
