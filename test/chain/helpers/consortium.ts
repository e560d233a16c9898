import { join } from "node:path";
import type { AtEnd } from "../../../scripts/rehearsal/ends.ts";
import { signersOf } from "./genesis.ts";
import { type Geth, initGeth, startGeth } from "./geth.ts";
import { connect, untilPeers } from "./peers.ts";

/** One block per second. Each validator may seal at most one of three consecutive blocks. */
const SPEC = { signers: 4, period: 1 };

/** Four validators, in the order of their turns. */
export type Consortium = readonly [Geth, Geth, Geth, Geth];

/**
 * Starts four connected validators, which do not seal yet: validators that seal before they are connected fork, and take long
 * to agree on one branch.
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
  // Each validator dials at most two others.
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
