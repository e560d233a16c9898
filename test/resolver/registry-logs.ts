import assert from "node:assert/strict";
import { Interface, id } from "ethers";
import { statusRegistryAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";

export const trust = new Interface(trustRegistryAbi);
export const status = new Interface(statusRegistryAbi);
export const REGISTRY: Address = `0x${"5e".repeat(20)}`;
export const ACTOR: Address = `0x${"ac".repeat(20)}`;
export const ISSUER: Address = `0x${"15".repeat(20)}`;
export const CHAIN_ID = 31_337;
export const TIME = 1_800_000_000;
export const TYPE = id("urn:type") as Hash;
export const SIZE = 131_072n;

/** What the contract would write, by a foreign encoder. */
export function logOf(contract: Interface, event: string, args: readonly unknown[], blockNumber = 7): Log {
  const fragment = contract.getEvent(event);
  assert(fragment);
  const { topics, data } = contract.encodeEventLog(fragment, args);
  const hash: Hash = `0x${"b0".repeat(32)}`;
  return {
    address: REGISTRY,
    topics: topics as Hash[],
    data: data as Hex,
    blockNumber,
    blockHash: hash,
    transactionHash: hash,
    logIndex: 3,
  };
}
