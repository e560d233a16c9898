import { id, keccak256, ZeroHash, zeroPadValue } from "ethers";

/** Kinds of subjects, as `IHeads` numbers them. */
export const KIND_ROOT = 0n;
export const KIND_DID = 1n;
export const KIND_LIST = 2n;
export const KIND_GRANT = 3n;
export const KIND_TYPE = 4n;

const DOMAIN = id("mapae.head.v1");

/** A registry on a chain, which a seed commits to. */
export interface Registry {
  chainId: bigint;
  address: string;
}

/** An event as the chain reports it, with its block's number and Unix time in seconds. */
export interface TimedLog {
  topics: readonly string[];
  data: string;
  block: bigint;
  time: bigint;
}

/**
 * The hash of words; numbers and addresses are padded on the left. Joined as hex digits: ethers' `concat` and `zeroPadValue`, which
 * go by way of bytes, took longer than the hash.
 */
export function hashOfWords(...words: readonly (string | bigint)[]): string {
  const digits = words.map((word) => (typeof word === "bigint" ? word.toString(16) : word.slice(2)).padStart(64, "0"));
  return keccak256(`0x${digits.join("")}`);
}

/** A DID's subject: its address, left-padded to 32 bytes. */
export function subjectOf(address: string): string {
  return zeroPadValue(address.toLowerCase(), 32);
}

/** The value into which a subject's first event is folded; the root's subject is 0. */
export function seed({ chainId, address }: Registry, kind: bigint, subject: string): string {
  return hashOfWords(DOMAIN, chainId, address, kind, subject);
}

/** A head after one more event. */
export function fold(head: string, { topics, data, block, time }: TimedLog): string {
  return hashOfWords(head, block, time, hashOfWords(...topics), keccak256(data));
}

/**
 * Recomputes every head and the root of a registry from its logs, by the specification in `IHeads` only.
 *
 * @param logs all of the registry's events, in log order; topic 1 is the subject.
 * @param kindOf the kind of a log's subject.
 */
export function replay(
  registry: Registry,
  logs: readonly TimedLog[],
  kindOf: (log: TimedLog) => bigint = () => KIND_DID,
): { heads: Map<string, string>; root: string } {
  const heads = new Map<string, string>();
  let root = seed(registry, KIND_ROOT, ZeroHash);
  for (const log of logs) {
    const subject = log.topics[1];
    if (subject === undefined) throw new Error("a log without a subject");
    const head = fold(heads.get(subject) ?? seed(registry, kindOf(log), subject), log);
    heads.set(subject, head);
    root = hashOfWords(root, head);
  }
  return { heads, root };
}
