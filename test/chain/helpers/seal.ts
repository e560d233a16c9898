import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import type { Hash } from "../../../resolver/index.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import type { Geth } from "./geth.ts";
import { mined, placeOf, type Signed, send, signFor } from "./transactions.ts";

/** An account that makes no other transactions. */
const IDLE = 19;
const BEAT_MS = 200;

/** The answer to `txpool_content`: by account, then by nonce. */
interface Pool {
  readonly pending: Readonly<Record<string, Readonly<Record<string, { hash: Hash }>>>>;
}

/**
 * Lets a geth of a chain with period 0 seal one block with all executable transactions in its pool.
 * @param wanted transactions that were sent to it. Each must be in the block and succeed.
 * @returns the block's number.
 */
export async function sealBlock(geth: Geth, ...wanted: Signed[]): Promise<number> {
  await until(`${geth.options.extra} knows its transactions`, async () => {
    const known = await poolOf(geth);
    return wanted.every(({ hash }) => known.has(hash));
  });
  const places = await sealing(geth, () =>
    until(`${geth.options.extra} seals a block`, async () => {
      const found = await Promise.all(wanted.map((one) => placeOf(geth, one)));
      return found.every((place) => place !== undefined) && found;
    }),
  );
  assert(places.every(({ succeeded }) => succeeded));
  const [block, ...others] = new Set(places.map((place) => place.block));
  assert(block !== undefined && others.length === 0, `wanted one block, got ${block} and ${others}`);
  return block;
}

/** Lets a geth seal while `work` runs. */
export async function sealing<T>(geth: Geth, work: () => Promise<T>): Promise<T> {
  await geth.rpc("miner_start");
  try {
    return await work();
  } finally {
    await geth.rpc("miner_stop");
  }
}

/** Seals one block of transactions and returns its number. */
export async function sealTogether(geth: Geth, ...transactions: Signed[]): Promise<number> {
  await send(geth, ...transactions);
  return sealBlock(geth, ...transactions);
}

/**
 * Lets a geth of a chain with period 0 seal while `work` runs, and repeatedly sends a transaction that makes a further block,
 * because ethers looks for a receipt only at new blocks.
 */
export async function sealingOn<T>(geth: Geth, work: () => Promise<T>): Promise<T> {
  const sign = signFor(geth);
  const idle = () => sign(IDLE, { to: developmentAccount(IDLE).address, data: "0x" });
  const result = await sealing(geth, async () => {
    const working = work();
    let over = false;
    const ended = () => {
      over = true;
    };
    working.then(ended, ended);
    while (!over) {
      await mined(geth, await idle());
      await delay(BEAT_MS);
    }
    return working;
  });
  // For transactions that arrive at the same time it may have sealed two equally heavy blocks of one height. The next block
  // decides between them.
  await sealTogether(geth, await idle());
  return result;
}

/** Number of a geth's newest block. */
export async function numberOf(geth: Geth): Promise<number> {
  return Number(await geth.rpc("eth_blockNumber"));
}

/** Hashes of the transactions that a geth could mine now. */
async function poolOf(geth: Geth): Promise<ReadonlySet<Hash>> {
  const { pending } = await geth.rpc<Pool>("txpool_content");
  return new Set(Object.values(pending).flatMap((byNonce) => Object.values(byNonce).map(({ hash }) => hash)));
}
