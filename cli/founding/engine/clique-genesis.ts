import type { Address } from "../../../resolver/primitives/hex.ts";
import type { Consortium } from "../consortium.ts";
import { EPOCH_BLOCKS, GAS_LIMIT } from "./genesis.ts";

/** The forks before Berlin, all active from block 0 on. Clique refuses those from Shanghai on. */
const FORKS = ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul"];

/** Balance of each funded account, in wei: far more than it can spend, because gas costs 1 wei. */
const BALANCE = 10n ** 24n;

/** The `extraData` of block 0 of a Clique chain (EIP-225): 32 bytes of vanity, the signers in ascending order, no seal. */
export function cliqueExtraData(validators: readonly Address[]): string {
  const ascending = [...validators].sort().map((address) => address.slice(2));
  return `0x${"00".repeat(32)}${ascending.join("")}${"00".repeat(65)}`;
}

/**
 * geth's genesis of a rehearsal: London's rules, a base fee of 0, and a balance for the accounts of the file. Gas can't be
 * free, because geth replaces a gas price of 0 by 1 gwei and its validators then ignore cheaper transactions of others. Each
 * member gets the same bytes from the same file.
 */
export function cliqueGenesisOf({ chainId, blockPeriod, funded }: Consortium, validators: readonly Address[]): object {
  const rules = Object.fromEntries([...FORKS, "berlin", "london"].map((fork) => [`${fork}Block`, 0]));
  const accounts = [...funded].sort().map((account) => [account, { balance: `0x${BALANCE.toString(16)}` }]);
  return {
    config: { chainId, ...rules, clique: { period: blockPeriod, epoch: EPOCH_BLOCKS } },
    nonce: "0x0",
    timestamp: "0x0",
    extraData: cliqueExtraData(validators),
    gasLimit: GAS_LIMIT,
    difficulty: "0x1",
    baseFeePerGas: "0x0",
    alloc: Object.fromEntries(accounts),
  };
}
