import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seedOf } from "../helpers/seeds.ts";
import { mutateBytes, resolveTampered, tamperStage } from "./run.ts";

// A short run of `npm run test:tamper`.

const stage = await tamperStage({ after });
const seed = seedOf("FC_SEED");

test("through a proxy that tampers at random, a DID resolves correctly or with an error code of proofs", async () => {
  const outcome = await resolveTampered(stage, 300, seed);
  assert.ok((outcome.right ?? 0) > 0 && Object.keys(outcome).length > 5, JSON.stringify(outcome));
});

test("an envelope with one altered byte never proves something else", async () => {
  const outcome = await mutateBytes(stage, seed, 500);
  assert.ok((outcome.PROOF_NODE_MISSING ?? 0) > 0, JSON.stringify(outcome));
});
