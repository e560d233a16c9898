import { HDNodeWallet } from "ethers";
import type { Address, Hash } from "../../resolver/index.ts";

/** Hardhat's development phrase. It is public: anything that its accounts own on a real network is lost. */
const PHRASE = "test test test test test test test test test test test junk";

let root: HDNodeWallet | undefined;

/** An account of Hardhat's network, with its publicly known private key. */
export interface DevelopmentAccount {
  readonly address: Address;
  readonly privateKey: Hash;
}

/** One of the twenty accounts of Hardhat's network, by number from 0. */
export function developmentAccount(number: number): DevelopmentAccount {
  root ??= HDNodeWallet.fromPhrase(PHRASE, "", "m/44'/60'/0'/0");
  const { address, privateKey } = root.deriveChild(number);
  return { address: address.toLowerCase() as Address, privateKey: privateKey as Hash };
}
