import assert from "node:assert/strict";
import type { Bundle } from "../../resolver/proofs/bundle.ts";
import { issuerOf } from "../helpers/issue.ts";
import { change, REASON, SIZE, TYPE_ID } from "../helpers/registries.ts";
import { describeEnvelope } from "./describe-state.ts";
import { type GateStage, INDEX, publish } from "./stage.ts";

/** The bundles of some blocks of a history. */
export interface BundleHistory {
  /** The full bundle of each of the blocks, in their order. */
  readonly fulls: readonly Bundle[];
  /** The deltas from each block, by their index in {@link fulls}, to each later one. */
  readonly deltas: readonly (readonly Bundle[])[];
}

/** Changes of every kind, one after the other: statuses, a new issuer, a checkpoint, a revoked key and a closed list. */
function stepsOf(stage: GateStage): readonly (() => Promise<void>)[] {
  const { did, account, ministry, lists, list, grants, others } = stage;
  const [, second] = others;
  assert.ok(second);
  return [
    async () => {},
    async () => {
      await lists.update(list, [change(1n, { revoke: 6n, suspend: 1n })], REASON);
    },
    async () => {
      // Somebody new is accredited, and has a list.
      await publish(
        did.connect(second),
        second.address,
        issuerOf(`did:mapae:local:${second.address.toLowerCase()}`).signer,
      );
      await stage.acceptedBelow(grants.root, ministry, second);
      await stage.status.connect(second).createList(second.address, 7n, SIZE, TYPE_ID, "https://second.example");
    },
    async () => {
      await lists.update(
        list,
        Array.from({ length: 40 }, (_, at) => change(BigInt(at + 2), { revoke: 1n << BigInt(at) })),
        REASON,
      );
      await lists.checkpoint(list, 0n, SIZE / 256n);
      await lists.update(list, [change(1n, { reinstate: 1n })], REASON);
    },
    async () => {
      await did.connect(account).revokeAttribute(account.address, `0x${"11".repeat(32)}`, "0x01");
      await stage.revoke(INDEX.later);
      await lists.close(list);
    },
  ];
}

/** Makes the changes, and after each of them the bundles. */
export async function bundleHistory(stage: GateStage): Promise<BundleHistory> {
  const steps = stepsOf(stage);
  const fulls: Bundle[] = [];
  const deltas: Bundle[][] = steps.map(() => []);
  const numbers: number[] = [];
  for (const [at, step] of steps.entries()) {
    await step();
    fulls.push(await stage.bundle());
    for (const [from, number] of numbers.entries())
      (deltas[from] as Bundle[])[at] = await stage.bundle({ since: number });
    numbers.push((await describeEnvelope(stage, (fulls.at(-1) as Bundle).envelope)).asOf.number);
  }
  return { fulls, deltas };
}
