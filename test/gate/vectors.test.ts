import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openGate } from "../../gate/gate.ts";
import { memoryStore } from "../../gate/gate-store.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import { parseNetworkDescriptor } from "../../resolver/network.ts";
import { type Bundle, readBundle, withDelta, writeBundle } from "../../resolver/proofs/bundle.ts";
import { describeEnvelope } from "./describe-state.ts";

interface Vector {
  readonly network: unknown;
  readonly policy: unknown;
  /** Unix time in seconds. */
  readonly now: number;
  readonly nonce: string;
  readonly bundle: Bundle;
  readonly delta: Bundle;
  /** The bundle that equals bundle and delta together. */
  readonly later: Bundle;
  readonly credentials: readonly {
    readonly name: string;
    readonly credential: string;
    readonly before: string;
    readonly after: string;
  }[];
}

const file = new URL("../vectors/bundles/attested.json", import.meta.url);
const vector = JSON.parse(await readFile(file, "utf8")) as Vector;
const network = parseNetworkDescriptor(vector.network);

test("the worked example's bundle and delta equal its later bundle", async () => {
  const { bundle, delta, later } = vector;
  const joined = withDelta(bundle.envelope, delta);
  assert.deepEqual(await describeEnvelope({ network }, joined), await describeEnvelope({ network }, later.envelope));
  assert.deepEqual(await readBundle(await writeBundle(bundle)), bundle);
});

test("a gate decides about the worked example's presentations as written, before the delta and after it", async () => {
  const { bundle, delta, credentials, nonce } = vector;
  const gate = await openGate({
    network,
    policy: parseGatePolicy(vector.policy),
    store: memoryStore(),
    now: () => vector.now,
    onFault: () => {},
  });
  for (const [when, bytes] of [
    ["before", bundle],
    ["after", delta],
  ] as const) {
    assert.equal((await gate.importBundle(await writeBundle(bytes))).reason, "newer");
    for (const { name, credential, ...wanted } of credentials) {
      const { outcome, reason } = await gate.check({ credential, nonce });
      assert.equal(`${outcome} ${reason}`, wanted[when], `${name}, ${when}`);
    }
  }
});
