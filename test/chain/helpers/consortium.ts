import { join } from "node:path";
import type { AtEnd } from "./ends.ts";
import { signersOf } from "./genesis.ts";
import { type Geth, initGeth, startGeth } from "./geth.ts";
import { connect, untilPeers } from "./peers.ts";
import { numberOf } from "./seal.ts";
import { until } from "./until.ts";

/** A block a second; each validator seals at most one block of three. */
const SPEC = { signers: 4, period: 1 };

/** Difficulty of a block that was sealed by whose turn it was (EIP-225). */
const IN_TURN = 2;

/** So many blocks sealed in turn, one after the other, show that the validators agree. */
const CALM = 4;

/** Four validators, in the order of their turns. */
export type Consortium = readonly [Geth, Geth, Geth, Geth];

/**
 * Starts four validators that are connected. None seals: those that do before they are connected fork at once, and are
 * slow to find together.
 */
export async function startConsortium(folder: string, atEnd: AtEnd): Promise<Consortium> {
  const all = signersOf(SPEC).map((signer, number) => {
    const extra = `validator-${number}`;
    return { folder: join(folder, extra), spec: SPEC, signer, extra, maxPeers: SPEC.signers - 2 };
  });
  await Promise.all(all.map(initGeth));
  const started = await Promise.all(
    all.map(async (options) => {
      const geth = await startGeth(options);
      atEnd(geth.stop);
      return geth;
    }),
  );
  const [first, second, third, fourth] = started as unknown as Consortium;
  // Each dials two at most.
  await connect(first, second);
  await connect(second, third);
  await connect(third, fourth);
  await connect(fourth, first);
  await connect(first, third);
  await connect(second, fourth);
  await Promise.all(started.map((geth) => untilPeers(geth, SPEC.signers - 1)));
  return [first, second, third, fourth];
}

/** Lets validators seal blocks from now on. */
export async function seal(...validators: Geth[]): Promise<void> {
  for (const geth of validators) await geth.rpc("miner_start");
}

/** Starts a validator that was killed on what it left, at the same address; it finds two that are alive, and seals. */
export async function restart(killed: Geth, alive: readonly [Geth, Geth], atEnd: AtEnd): Promise<Geth> {
  const geth = await startGeth({ ...killed.options, port: new URL(killed.url).port });
  atEnd(geth.stop);
  for (const other of alive) await connect(geth, other);
  await seal(geth);
  return geth;
}

/** Waits until the newest blocks were sealed in turn: then no two branches are in sight. */
export async function untilCalm(geth: Geth): Promise<void> {
  await until("the newest blocks are sealed in turn", async () => {
    const head = await numberOf(geth);
    const difficulties = await Promise.all(
      Array.from({ length: CALM }, (_, back) => difficultyOf(geth, Math.max(0, head - back))),
    );
    return difficulties.every((difficulty) => difficulty === IN_TURN);
  });
}

async function difficultyOf(geth: Geth, number: number): Promise<number | undefined> {
  const hex = `0x${number.toString(16)}`;
  const block = await geth.rpc<{ difficulty: string } | null>("eth_getBlockByNumber", hex, false);
  return block === null ? undefined : Number(block.difficulty);
}
