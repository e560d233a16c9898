import type { ContractReader, ViewCall } from "../chain/chain-reader.ts";
import { ChainDataError, UnavailableError } from "../errors.ts";
import { type Address, type Hash, type Hex, word, ZERO_HASH } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import type { StatusChunk } from "../status/apply-status-event.ts";

// Calls the contracts' views, and reads their results by the fixed offsets of the ABI encoding. `resolver/abi.ts` has the same
// views for ethers.

/** The signatures of the views that are called, from which their selectors are derived. */
export const VIEWS = {
  grantOf: "grantOf(bytes32)",
  grantCount: "grantCount(bytes32,address)",
  grantIds: "grantIds(bytes32,address,uint256,uint256)",
  acceptedGrants: "acceptedGrants(bytes32,address,uint256,uint256)",
  typeOf: "typeOf(bytes32)",
  typeIds: "typeIds(uint256,uint256)",
  listOf: "listOf(bytes32)",
  words: "words(bytes32,uint256,uint256)",
  deactivatedAt: "deactivatedAt(address)",
} as const;

/** A grant as the trust registry stores it. Times are Unix seconds. */
export interface StoredGrant {
  readonly grantId: Hash;
  readonly typeId: Hash;
  readonly subject: Address;
  readonly parent: Hash | null;
  readonly createdAt: number;
  readonly createdBlock: number;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly withdrawnFrom: number | null;
  readonly accepted: boolean;
  readonly mayGrant: boolean;
}

/** A list as the status registry stores it. */
export interface StoredList {
  readonly issuer: Address;
  readonly typeId: Hash;
  readonly size: number;
  readonly closed: boolean;
  readonly createdBlock: number;
  /** Unix time at which it was closed; `null` while it is open. */
  readonly closedAt: number | null;
}

/** Members of `ITrustRegistry.Grant`, in its order. */
export const GRANT_MEMBERS = [
  "subject",
  "createdAt",
  "notBefore",
  "notAfter",
  "withdrawnFrom",
  "accepted",
  "mayGrant",
  "depth",
  "createdBlock",
  "ownWithdrawals",
  "otherWithdrawals",
  "extensions",
  "parent",
  "typeId",
] as const;

/** `withdrawnFrom` of a grant that was not withdrawn. */
const NEVER = 2 ** 48 - 1;

/** The call of a view whose arguments are one word each. */
export function viewCall(to: Address, view: (typeof VIEWS)[keyof typeof VIEWS], ...args: (Hex | number)[]): ViewCall {
  const selector = keccak256Text(view).slice(0, 10);
  return { to, data: `${selector as Hex}${args.map((one) => word(one).slice(2)).join("")}` };
}

export async function askView(reader: ContractReader, call: ViewCall, blockHash: Hash): Promise<Hash[]> {
  const [answer = "0x"] = await reader.calls([call], blockHash);
  return wordsOf(answer);
}

/** The 32-byte words of a view's result. @throws UnavailableError when it is empty: the server does not have the state. */
export function wordsOf(answer: Hex): Hash[] {
  if (answer === "0x")
    throw new UnavailableError("The chain answered a view with nothing: it has no state of this block");
  if ((answer.length - 2) % 64 !== 0) throw wrong("a view", answer, "words of 32 bytes");
  return Array.from(
    { length: (answer.length - 2) / 64 },
    (_, at) => `0x${answer.slice(2 + 64 * at, 66 + 64 * at)}` as Hash,
  );
}

/** @returns `undefined` when there is no such grant. */
export function storedGrant(grantId: Hash, words: readonly Hash[]): StoredGrant | undefined {
  if (words.length !== GRANT_MEMBERS.length) throw wrong("grantOf", `${words.length} words`, `${GRANT_MEMBERS.length}`);
  const at = (member: (typeof GRANT_MEMBERS)[number]) => words[GRANT_MEMBERS.indexOf(member)] as Hash;
  const createdBlock = numberOf(at("createdBlock"));
  if (createdBlock === 0) return undefined;
  const parent = at("parent");
  const withdrawnFrom = numberOf(at("withdrawnFrom"));
  return {
    grantId,
    typeId: at("typeId"),
    subject: addressOf(at("subject")),
    parent: parent === ZERO_HASH ? null : parent,
    createdAt: numberOf(at("createdAt")),
    createdBlock,
    notBefore: numberOf(at("notBefore")),
    notAfter: numberOf(at("notAfter")),
    withdrawnFrom: withdrawnFrom === NEVER ? null : withdrawnFrom,
    accepted: booleanOf(at("accepted")),
    mayGrant: booleanOf(at("mayGrant")),
  };
}

/** @returns `undefined` when there is no such list. */
export function storedList(words: readonly Hash[]): StoredList | undefined {
  const [issuer, typeId, size, closed, createdBlock, closedAt, ...rest] = words;
  if (!issuer || !typeId || !size || !closed || !createdBlock || !closedAt || rest.length > 0) {
    throw wrong("listOf", `${words.length} words`, "6");
  }
  if (numberOf(size) === 0) return undefined;
  return {
    issuer: addressOf(issuer),
    typeId,
    size: numberOf(size),
    closed: booleanOf(closed),
    createdBlock: numberOf(createdBlock),
    closedAt: booleanOf(closed) ? numberOf(closedAt) : null,
  };
}

/** A dynamic array of words. */
export function arrayOf(words: readonly Hash[], width = 1): Hash[] {
  const [offset = ZERO_HASH, length = ZERO_HASH, ...items] = words;
  if (numberOf(offset) !== 32 || items.length !== numberOf(length) * width) {
    throw wrong("an array", `${items.length} words behind ${length}`, "as many as its length says");
  }
  return items;
}

/**
 * Chunks of a list, as the registry returns them: two words each.
 * @param count how many were asked for. A missing one would pass for a chunk without a revocation.
 */
export function statusChunks(words: readonly Hash[], count: number): StatusChunk[] {
  const items = arrayOf(words, 2);
  if (items.length !== 2 * count) throw wrong("a list's chunks", `${items.length / 2} chunks`, `${count}`);
  return Array.from({ length: items.length / 2 }, (_, at) => ({
    revoked: BigInt(items[2 * at] as Hash),
    suspended: BigInt(items[2 * at + 1] as Hash),
  }));
}

/** A word as a number. @throws ChainDataError when it is not below 2^53. */
export function numberOf(value: Hash): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw wrong("a view", value, "a number below 2^53");
  return number;
}

function addressOf(value: Hash): Address {
  if (!value.startsWith(`0x${"0".repeat(24)}`)) throw wrong("a view", value, "an address");
  return `0x${value.slice(26)}`;
}

function booleanOf(value: Hash): boolean {
  const number = numberOf(value);
  if (number > 1) throw wrong("a view", value, "true or false");
  return number === 1;
}

function wrong(what: string, got: string, wanted: string): ChainDataError {
  return new ChainDataError(`The chain gave ${what} as ${got.slice(0, 100)}, wanted ${wanted}`);
}
