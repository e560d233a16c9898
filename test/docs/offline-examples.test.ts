import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openGate } from "../../gate/gate.ts";
import { memoryStore } from "../../gate/gate-store.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import { readCheck, shownDecision } from "../../gate/service/answer.ts";
import { parseNetworkDescriptor } from "../../resolver/network.ts";
import { BUNDLE_BOUNDS, BUNDLE_MEDIA_TYPE, writeBundle } from "../../resolver/proofs/bundle.ts";
import { findExamples, readRepositoryFile } from "./examples.ts";

// Runs the examples of the page about bundles and the gate through both.

const page = await readRepositoryFile("docs/offline.md");
const examples = findExamples(page);
const vector = JSON.parse(await readFile(new URL("../vectors/bundles/attested.json", import.meta.url), "utf8"));

const shape = (value: object) => Object.keys(value).sort();

test("a bundle has the members that the page shows, and the bounds", () => {
  const shown = examples.get("bundle") as { envelope: object };
  assert.deepEqual(shape(shown), shape(vector.bundle));
  assert.deepEqual(shape(shown.envelope), shape(vector.bundle.envelope));
  assert.ok(page.includes(BUNDLE_MEDIA_TYPE));
  assert.deepEqual(BUNDLE_BOUNDS, { bytes: 16 * 2 ** 20, json: 64 * 2 ** 20 });
});

test("the page's policy equals a policy with all defaults", () => {
  const shown = examples.get("policy") as { types: object };
  const [type = ""] = Object.keys(shown.types);
  assert.deepEqual(parseGatePolicy({ audience: "https://gate.example", types: { [type]: {} } }), shown);
});

test("a gate accepts the page's request, and its answer has the members shown", async () => {
  assert.ok(readCheck(JSON.stringify(examples.get("check"))));
  const gate = await openGate({
    network: parseNetworkDescriptor(vector.network),
    policy: parseGatePolicy(vector.policy),
    store: memoryStore(),
    now: () => vector.now,
    onFault: () => {},
  });
  await gate.importBundle(await writeBundle(vector.bundle));
  const { credential } = vector.credentials.find(({ name }: { name: string }) => name === "valid");
  const decision = shownDecision(await gate.check({ credential, nonce: vector.nonce }));
  const shown = examples.get("decision") as typeof decision;
  assert.deepEqual(shape(decision), shape(shown));
  assert.deepEqual(shape(decision.asOf as object), shape(shown.asOf as object));
  assert.deepEqual([decision.outcome, decision.reason, decision.clock], [shown.outcome, shown.reason, shown.clock]);
});

test("the page names every reason of the gate's own", async () => {
  const source = await readRepositoryFile("gate/reason.ts");
  const reasons = [...source.matchAll(/\| "(\w+)"|= "(\w+)"/g)].flatMap(([, one, other]) => one ?? other ?? []);
  const own = reasons.filter((reason) => !["stale", "issuerUnavailable", "statusUnavailable"].includes(reason));
  assert.ok(own.length > 12);
  for (const reason of [...own, "stale"]) assert.ok(page.includes(`\`${reason}\``), `${reason} is not on the page`);
});
