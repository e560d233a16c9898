import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encryptKeystoreJsonSync } from "ethers";
import { type DevelopmentAccount, developmentAccount } from "../../../cli/local/accounts.ts";

export const CHAIN_ID = 20_261_124;

/** A gas limit of which blocks never use half, so that the base fee stays 0. */
export const GAS_LIMIT = 2 ** 53 - 1;

/** Number of the first validator's account. The accounts before it have funds. */
const FIRST_SIGNER = 20;

export interface ChainSpec {
  /** Number of validators. */
  readonly signers: number;
  /** Seconds between two blocks; with 0, validators seal a block only when there is a transaction. */
  readonly period: number;
}

/** The validators' accounts, in the order of their turns. */
export function signersOf({ signers }: ChainSpec): DevelopmentAccount[] {
  const accounts = Array.from({ length: signers }, (_, number) => developmentAccount(FIRST_SIGNER + number));
  return accounts.sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** The genesis block of a Clique chain with London's rules. The accounts below {@link FIRST_SIGNER} have funds. */
export function genesis(spec: ChainSpec): object {
  const forks = ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul"];
  const config = Object.fromEntries([...forks, "berlin", "london"].map((fork) => [`${fork}Block`, 0]));
  const sealers = signersOf(spec).map(({ address }) => address.slice(2));
  const rich = Array.from({ length: FIRST_SIGNER }, (_, number) => developmentAccount(number).address);
  return {
    config: { ...config, chainId: CHAIN_ID, clique: { period: spec.period, epoch: 30_000 } },
    difficulty: "0x1",
    gasLimit: `0x${GAS_LIMIT.toString(16)}`,
    baseFeePerGas: "0x0",
    timestamp: "0x0",
    extraData: `0x${"00".repeat(32)}${sealers.join("")}${"00".repeat(65)}`,
    alloc: Object.fromEntries(rich.map((address) => [address, { balance: `0x${(10n ** 24n).toString(16)}` }])),
  };
}

/** Writes a validator's key into geth's keystore, encrypted with an empty password. */
export async function writeKeystore(folder: string, account: DevelopmentAccount): Promise<void> {
  await mkdir(join(folder, "keystore"), { recursive: true });
  const cheap = { scrypt: { N: 2, r: 1, p: 1 } };
  await writeFile(join(folder, "keystore", "signer.json"), encryptKeystoreJsonSync(account, "", cheap));
}
