import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import type { AttestationsAnswer } from "../../../node/attestations/ask-peer.ts";
import { attest } from "../../../node/attestations/attest.ts";
import type { Operator } from "../../../node/issuing/operator.ts";
import { startNode } from "../../../node/main.ts";
import { verifyAttestations } from "../../../resolver/proofs/attested.ts";
import { endsOf } from "../../cli/harness.ts";
import type { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";
import { chainOf, configOf, ready, until } from "../../helpers/real-node.ts";

const [first, second, third] = [makeOperator("행정안전부"), makeOperator("경찰청"), makeOperator("국세청")];
const DEPTH = { kind: "depth", blocks: 3 } as const;

async function start(t: TestContext, chain: ChainSimulator, operator: Operator, peers: readonly string[] = []) {
  const network = attestedBy(chain.network(DEPTH), [first, second, third], 2);
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line) => lines.push(line) });
  const metrics = { host: "127.0.0.1", port: 0 };
  const config = await configOf(t, chain, { network, metrics, peers: { urls: peers, checkSeconds: 60 } });
  const node = await startNode(config, { readers: [chain], signers: [operator.signer], logger });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  return { ...node, network, lines };
}

async function attested(url: string, block: number | "newest") {
  const answer = await fetch(`${url}/attestations/${block}`);
  return { status: answer.status, body: (await answer.json()) as AttestationsAnswer };
}

/** A server with configurable answers in place of a node; it stops after the test. */
async function fake(t: TestContext, answer: (block: number) => unknown): Promise<string> {
  const server = createServer((request, response) => {
    response.end(JSON.stringify(answer(Number(request.url?.split("/").at(-1)))));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("nodes attest blocks that stay, collect each other's attestations, and go on with each new block", async (t) => {
  const chain = chainOf(10);
  const one = await start(t, chain, first);
  const two = await start(t, chain, second, [one.url]);
  const settled = chain.tip.number - 3;
  await until(async () => (await attested(two.url, "newest")).body.number === settled);
  const { body } = await attested(two.url, settled);
  const { genesisHash, consensus } = two.network;
  assert(consensus.kind === "attested");
  await verifyAttestations({ ...body, genesisHash }, body.attestations, consensus);
  // The node without peers has only its own attestation, which does not reach the threshold.
  assert.equal((await attested(one.url, "newest")).status, 404);
  assert.equal((await attested(one.url, settled)).body.attestations.length, 1);
  chain.mine([]);
  await until(async () => (await attested(two.url, "newest")).body.number === settled + 1);
  const metrics = await (await fetch(`${two.metricsUrl}/metrics`)).text();
  assert.match(metrics, new RegExp(`^mapae_attested_block ${settled + 1}$`, "m"));
  assert.match(metrics, /^mapae_attestations_total\{outcome="refused"\} 0$/m);
});

test("a node that attests another block, or gives junk, is told by name and number, and nothing of it is kept", async (t) => {
  const chain = chainOf(10);
  const { genesisHash, name: network } = attestedBy(chain.network(DEPTH), [first], 1);
  const other = { hash: `0x${"ab".repeat(32)}` as const, time: 1, network };
  const forked = await fake(t, (number) => ({ ...other, number, attestations: ["e30..AAAA"] }));
  const lying = await fake(t, (number) => ({ number, ...other, attestations: 7 }));
  const settled = chain.tip.number - 3;
  const another = await attest(second, { ...other, number: settled, genesisHash });
  const hash = (await chain.header(settled))?.hash;
  // A node that follows the chain's last blocks slowly asks for the blocks below first, which this one does not attest.
  const malleated = await fake(t, (number) => ({
    ...other,
    hash,
    number,
    attestations: number === settled ? [another] : [],
  }));
  const node = await start(t, chain, first, [forked, lying, malleated]);
  const warnings = () => node.lines.filter((line) => line.includes("attestations can't be used"));
  await until(() => warnings().length === 3);
  assert(warnings().some((line) => line.includes(forked) && line.includes("it holds 0xabab")));
  assert(warnings().some((line) => line.includes(lying)));
  assert(warnings().some((line) => line.includes(malleated) && line.includes("1 of its 1 attestations are not good")));
  assert.equal((await attested(node.url, "newest")).status, 404);
  const metrics = await (await fetch(`${node.metricsUrl}/metrics`)).text();
  assert.match(metrics, /^mapae_attestations_total\{outcome="refused"\} [1-9]/m);
  assert.match(metrics, /^mapae_attested_block 0$/m);
});

test("a node with a key that the descriptor does not name does not start", async (t) => {
  await assert.rejects(start(t, chainOf(3), makeOperator("행정안전부")), { code: "OPERATOR_KEY" });
});
