import assert from "node:assert/strict";
import type { BaseContract, ContractMethod, ContractRunner, ContractTransactionResponse, Result } from "ethers";
import { AbiCoder, id, keccak256, ZeroHash } from "ethers";
import { network } from "hardhat";
import { type DidRegistry, now } from "./contracts.ts";

type Write<Arguments extends unknown[], Answer = void> = ContractMethod<Arguments, Answer, ContractTransactionResponse>;
type Read<Arguments extends unknown[], Answer> = ContractMethod<Arguments, Answer, Answer>;

/** The functions of every registry. */
interface Registry extends BaseContract {
  multicall: Write<[calls: string[]]>;
  head: Read<[subject: string], string>;
  root: Read<[], string>;
  trustedForwarder: Read<[], string>;
}

/** A change of one chunk of a status list; a mask has a 1 for each credential that it changes. */
export interface Change {
  word: bigint;
  revoke: bigint;
  suspend: bigint;
  reinstate: bigint;
}

/** `StatusRegistry` as ethers sees it. */
export interface StatusRegistry extends Registry {
  connect(runner: ContractRunner | null): StatusRegistry;
  createList: Write<[issuer: string, number: bigint, size: bigint, typeId: string, baseUri: string], string>;
  close: Write<[list: string]>;
  update: Write<[list: string, changes: Change[], reason: string]>;
  checkpoint: Write<[list: string, from: bigint, count: bigint]>;
  listId: Read<[issuer: string, number: bigint], string>;
  listOf: Read<[list: string], Result>;
  statusOf: Read<[list: string, index: bigint], Result>;
  words: Read<[list: string, from: bigint, count: bigint], Result[]>;
}

type Terms = [subject: string, notBefore: bigint, notAfter: bigint, mayGrant: boolean, label: string];

/** `TrustRegistry` as ethers sees it. */
export interface TrustRegistry extends Registry {
  connect(runner: ContractRunner | null): TrustRegistry;
  addType: Write<[uri: string, schemaUri: string, schemaHash: string], string>;
  grantRoot: Write<[typeId: string, ...Terms], string>;
  grant: Write<[parent: string, ...Terms], string>;
  accept: Write<[grantId: string]>;
  extend: Write<[grantId: string, notAfter: bigint]>;
  withdraw: Write<[grantId: string, from: bigint]>;
  isType: Read<[typeId: string], boolean>;
  typeOf: Read<[typeId: string], bigint>;
  holds: Read<[grantId: string, at: bigint], boolean>;
  isAccredited: Read<[typeId: string, subject: string], boolean>;
  grantOf: Read<[grantId: string], Result>;
  acceptedGrants: Read<[typeId: string, subject: string, from: bigint, count: bigint], string[]>;
  grantIds: Read<[typeId: string, subject: string, from: bigint, count: bigint], string[]>;
  typeIds: Read<[from: bigint, count: bigint], string[]>;
  grantCount: Read<[typeId: string, subject: string], bigint>;
  openGrants: Read<[typeId: string, subject: string], string[]>;
  hasRole: Read<[role: string, account: string], boolean>;
}

/** URI of the credential type that {@link deployRegistries} adds. */
export const TYPE_URI = "https://types.example.org/official-id/v1";
export const TYPE_ID = id(TYPE_URI);
export const SCHEMA_URI = "https://types.example.org/official-id/v1/schema.json";
export const SCHEMA_HASH = id("a schema");
export const BASE_URI = "https://issuer.example.org/status-lists/mois";
/** Smallest size of a list. */
export const SIZE = 131_072n;
export const REASON = id("32 random bytes and a document");
/** Longest validity of a grant in tests: 36 525 days less a day, because the test mines blocks before. */
export const LONG = 36_524n * 86_400n;

/**
 * A new in-process chain with all registries. `council` is both council and timelock, so that a test can use each role without
 * delay; the real governance has tests of its own.
 */
export async function deployRegistries({
  chainId = 31_337,
  ...when
}: {
  chainId?: number;
  initialDate?: Date;
  hardfork?: "osaka";
} = {}) {
  const { ethers } = await network.create({ network: "default", override: { chainId, ...when } });
  const [council, ministry, issuer, delegate, stranger, relayer, ...others] = await ethers.getSigners();
  assert(council && ministry && issuer && delegate && stranger && relayer);
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
  const deploy = async (name: string, args: unknown[]) => {
    const contract = await ethers.deployContract(name, [forwarder.target, ...args]);
    await contract.waitForDeployment();
    return contract as BaseContract;
  };
  const did = (await deploy("DidRegistry", [])) as DidRegistry;
  const trust = (await deploy("TrustRegistry", [did.target, council.address, council.address])) as TrustRegistry;
  const status = (await deploy("StatusRegistry", [did.target, trust.target])) as StatusRegistry;
  return { ethers, forwarder, did, trust, status, council, ministry, issuer, delegate, stranger, relayer, others };
}

/** What {@link deployRegistries} returns. `council` is the default sender of every contract. */
export type Registries = Awaited<ReturnType<typeof deployRegistries>>;

/** The id of the `number`th grant of a type to a subject, from 0; of a root unless a parent is given. */
export function grantId(typeId: string, subject: string, number = 0n, parent = ZeroHash): string {
  return keccak256(encode(["bytes32", "address", "bytes32", "uint256"], [typeId, subject, parent, number]));
}

/** The id of an issuer's list. */
export function listId(issuer: string, number: bigint): string {
  return keccak256(encode(["address", "uint256"], [issuer, number]));
}

/** ABI encoding, as the contracts' `abi.encode`. */
export function encode(types: string[], values: unknown[]): string {
  return AbiCoder.defaultAbiCoder().encode(types, values);
}

/** Adds {@link TYPE_ID} and accredits `issuer` for it by an accepted root; returns the grant's id. */
export async function accredit(registries: Registries, issuer: Registries["issuer"]): Promise<string> {
  const { trust, council } = registries;
  if (!(await trust.isType(TYPE_ID))) {
    await trust.connect(council).addType(TYPE_URI, SCHEMA_URI, SCHEMA_HASH);
  }
  const number = await trust.grantCount(TYPE_ID, issuer.address);
  const validUntil = (await now(registries)) + LONG;
  await trust.connect(council).grantRoot(TYPE_ID, issuer.address, 0n, validUntil, true, "Ministry of the Interior");
  const granted = grantId(TYPE_ID, issuer.address, number);
  await trust.connect(issuer).accept(granted);
  return granted;
}

/** Accredits `issuer` and creates its list with a number, 0 by default, of the smallest size; returns the list's id. */
export async function createList(registries: Registries, number = 0n): Promise<string> {
  const { status, issuer, trust } = registries;
  if (!(await trust.isAccredited(TYPE_ID, issuer.address))) await accredit(registries, issuer);
  await status.connect(issuer).createList(issuer.address, number, SIZE, TYPE_ID, BASE_URI);
  return listId(issuer.address, number);
}

/** A change with only the given masks. */
export function change(word: bigint, masks: Partial<Omit<Change, "word">> = {}): Change {
  return { word, revoke: 0n, suspend: 0n, reinstate: 0n, ...masks };
}

/** A mask with all bits set. */
export const ALL = 2n ** 256n - 1n;
