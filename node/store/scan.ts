import { keccak256, toUtf8Bytes } from "ethers";
import { type Address, type Hash, ZERO_HASH } from "../../resolver/hex.ts";
import type { Database, Scan } from "./database.ts";
import { CONTENT, checkedJson, HISTORY, ROOTS, STATES, stateAddress, TIP_KEY } from "./keys.ts";
import type { Tip } from "./open.ts";
import { corrupt, storeError } from "./store-error.ts";

/** Entries read at once. */
const PAGE = 1_000;

/** A content hash, and the block that it holds as of. */
export interface ContentHash {
  readonly block: number;
  readonly hash: Hash;
}

/**
 * keccak256 folded over every key and value of the content, in key order: hash' = keccak256(hash as text, key, line feed,
 * JSON), from 32 zero bytes on. It is equal on every honest node at the same block, however each got there. Reads
 * everything, from a snapshot.
 *
 * @returns `undefined` before the first commit.
 * @throws StoreError STORE_CORRUPT
 */
export async function contentHash(database: Database): Promise<ContentHash | undefined> {
  const snapshot = database.snapshot();
  try {
    const tip = database.getSync(TIP_KEY, { snapshot });
    if (tip === undefined) return undefined;
    let hash: Hash = ZERO_HASH;
    for await (const [key, json] of checkedEntries(database, { ...CONTENT, snapshot })) {
      hash = keccak256(toUtf8Bytes(`${hash}${key}\n${json}`)) as Hash;
    }
    return { block: (JSON.parse(checkedJson(TIP_KEY, tip)) as Tip).number, hash };
  } catch (error) {
    throw storeError(error);
  } finally {
    await snapshot.close();
  }
}

/**
 * All identities that have a state, in order.
 * @throws StoreError STORE_CORRUPT
 */
export async function identities(database: Database): Promise<Address[]> {
  const found: Address[] = [];
  try {
    for await (const [key] of checkedEntries(database, STATES)) found.push(stateAddress(key) as Address);
  } catch (error) {
    throw storeError(error);
  }
  return found;
}

/**
 * Reads everything once, so that a damaged disk is noticed before an answer is given from it: each value's checksum, and
 * that no state and no event is missing.
 *
 * @throws StoreError STORE_CORRUPT
 */
export async function verifyContent(database: Database, tip: Tip | undefined): Promise<void> {
  let subjects = 0;
  let events = 0;
  let roots = 0;
  try {
    for await (const [key] of checkedEntries(database, {})) {
      if (key >= HISTORY.gte && key < HISTORY.lt) events++;
      if (key >= STATES.gte && key < STATES.lt) subjects++;
      if (key >= ROOTS.gte && key < ROOTS.lt) roots++;
    }
  } catch (error) {
    throw storeError(error);
  }
  const wanted = { subjects: tip?.subjects ?? 0, events: tip?.events ?? 0 };
  if (subjects !== wanted.subjects || events !== wanted.events || roots !== Math.min(1, events)) {
    const found = `${subjects} identities, ${events} events and ${roots} roots`;
    throw corrupt(`it has ${found}, written were ${wanted.subjects} identities and ${wanted.events} events`);
  }
}

async function* checkedEntries(database: Database, scan: Scan): AsyncGenerator<[key: string, json: string]> {
  const entries = database.iterator(scan);
  try {
    for (let page = await entries.nextv(PAGE); page.length > 0; page = await entries.nextv(PAGE)) {
      for (const [key, text] of page) yield [key, checkedJson(key, text)];
    }
  } finally {
    await entries.close();
  }
}
