import assert from "node:assert/strict";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { AUDIT_ERROR_CODES, AuditError, auditProblem } from "../../../node/audit/audit-error.ts";
import { FAILURE_KINDS } from "../../../node/chain/servers/failure.ts";
import type { NodeConfig } from "../../../node/config/config.ts";
import { type RunningNode, startNode } from "../../../node/main.ts";
import type { NodeOverrides } from "../../../node/parts/context.ts";
import { STATE_KINDS } from "../../../node/runtime/status.ts";
import { openLevel } from "../../../node/store/database.ts";
import { endsOf } from "../../cli/harness.ts";
import { type ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { sampleOf, scrape } from "../../helpers/exposition.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { chainOf, configOf, ready, silent, until } from "../../helpers/real-node.ts";
import { ask } from "../http/raw.ts";

const METRICS = { host: "127.0.0.1", port: 0 };

async function nodeWithMetrics(
  t: TestContext,
  chain: ChainSimulator,
  { config, ...overrides }: NodeOverrides & { config?: Partial<NodeConfig> } = {},
): Promise<RunningNode & { metricsUrl: string }> {
  const node = await startNode(await configOf(t, chain, { metrics: METRICS, ...config }), {
    readers: [chain],
    logger: silent,
    ...overrides,
  });
  endsOf(t)(() => node.stop());
  assert(node.metricsUrl !== null);
  return { ...node, metricsUrl: node.metricsUrl };
}

test("metrics say what /status says", async (t) => {
  const chain = chainOf(20);
  const node = await nodeWithMetrics(t, chain);
  await ready(node.url);
  const samples = await scrape(node.metricsUrl);
  const { head, indexed, lag, digest, comparedAt, version, network } = node.report();
  assert.equal(head, chain.tip.number);
  assert.equal(sampleOf(samples, "mapae_head_block"), head);
  assert.equal(sampleOf(samples, "mapae_indexed_block"), indexed);
  assert.equal(sampleOf(samples, "mapae_served_block"), digest?.block);
  assert.equal(sampleOf(samples, "mapae_served_block_timestamp_seconds"), chain.tip.time);
  assert.equal(sampleOf(samples, "mapae_lag_blocks"), lag);
  assert.equal(sampleOf(samples, "mapae_roots_compared_timestamp_seconds"), comparedAt);
  assert.equal(sampleOf(samples, "mapae_ready"), 1);
  assert.equal(sampleOf(samples, "mapae_info", { version, network }), 1);
  assert((comparedAt ?? 0) > 1.7e9, "a moment of today");
  assert((sampleOf(samples, "mapae_store_size_bytes") ?? 0) > 0);
  assert((sampleOf(samples, "mapae_store_memory_bytes") ?? 0) > 0);
  assert((sampleOf(samples, "mapae_disk_free_bytes") ?? 0) > 0);
  assert((sampleOf(samples, "process_start_time_seconds") ?? 0) > 0);
});

test("one state is 1 and the others are 0, and what is not known has no value", async (t) => {
  let fault: Fault | undefined = "down";
  const chain = chainOf(5);
  const node = await nodeWithMetrics(t, chain, { readers: [faulty(chain, () => fault)] });
  const states = async () => {
    const samples = await scrape(node.metricsUrl);
    return { samples, is: STATE_KINDS.filter((state) => sampleOf(samples, "mapae_state", { state }) === 1) };
  };
  const first = await states();
  assert.deepEqual(first.is, ["connecting"]);
  assert.equal(sampleOf(first.samples, "mapae_ready"), 0);
  assert.equal(sampleOf(first.samples, "mapae_state", { state: "following" }), 0);
  for (const name of ["head_block", "served_block", "lag_blocks", "roots_compared_timestamp_seconds"]) {
    assert.equal(sampleOf(first.samples, `mapae_${name}`), undefined, name);
  }

  fault = undefined;
  await ready(node.url);
  assert.deepEqual((await states()).is, ["following"]);
  fault = "down";
  await until(() => node.report().state.kind === "stale");
  const { samples, is } = await states();
  assert.deepEqual(is, ["stale"]);
  assert.equal(sampleOf(samples, "mapae_ready"), 1);
  assert.equal(sampleOf(samples, "mapae_head_block"), chain.tip.number);
});

test("reorganisations are counted by depth, and batches by whether they were waited for", async (t) => {
  const chain = chainOf(8);
  const node = await nodeWithMetrics(t, chain);
  const atTip = () => until(() => node.report().digest?.hash === chain.tip.hash);
  await atTip();
  const before = await scrape(node.metricsUrl);
  assert.equal(sampleOf(before, "mapae_reorg_depth_blocks_count"), 0);
  const synced = sampleOf(before, "mapae_batch_duration_seconds_count", { sync: "true" }) ?? 0;
  assert(synced > 0);
  for (const depth of [3, 1]) {
    chain.dropBlocks(depth);
    for (let blocks = 0; blocks <= depth; blocks++) chain.mine();
    await atTip();
  }
  const samples = await scrape(node.metricsUrl);
  assert.equal(sampleOf(samples, "mapae_reorg_depth_blocks_count"), 2);
  assert.equal(sampleOf(samples, "mapae_reorg_depth_blocks_sum"), 4);
  assert.equal(sampleOf(samples, "mapae_reorg_depth_blocks_bucket", { le: "2" }), 1);
  assert((sampleOf(samples, "mapae_batch_duration_seconds_count", { sync: "true" }) ?? 0) > synced);
  assert((sampleOf(samples, "mapae_batch_duration_seconds_count", { sync: "false" }) ?? 0) > 0);
});

test("answers are counted by class of status, those to no request included", async (t) => {
  const chain = chainOf(3);
  const node = await nodeWithMetrics(t, chain);
  await ready(node.url);
  const counts = async () => {
    const samples = await scrape(node.metricsUrl);
    return ["2xx", "3xx", "4xx", "5xx"].map((status) =>
      sampleOf(samples, "mapae_http_answers_total", { class: status }),
    );
  };
  const [ok = 0, ...others] = await counts();
  const did = `did:mapae:local:${simulatedIdentity(0)}`;
  const answer = await fetch(`${node.url}/1.0/identifiers/${did}`);
  const etag = answer.headers.get("etag") ?? "";
  await fetch(`${node.url}/1.0/identifiers/${did}`, { headers: { "if-none-match": etag } });
  await fetch(`${node.url}/1.0/identifiers/did:mapae:local:${simulatedIdentity(9)}`);
  await ask(Number(new URL(node.url).port), "no request\r\n\r\n");
  const [unchanged = 0, refused = 0, failed = 0] = others;
  await until(async () => {
    const [given = 0, ...rest] = await counts();
    return given > ok && JSON.stringify(rest) === JSON.stringify([unchanged + 1, refused + 2, failed]);
  });
});

test("a counter has the value 0 before its first event, so that Prometheus sees the first one as an increase", async (t) => {
  const chain = chainOf(1);
  const node = await nodeWithMetrics(t, chain, { readers: [chain, chain] });
  const samples = await scrape(node.metricsUrl);
  for (const url of ["0", "1"]) {
    for (const kind of FAILURE_KINDS) {
      assert.equal(sampleOf(samples, "mapae_rpc_failures_total", { url, kind }), 0, `${url} ${kind}`);
    }
  }
  assert.equal(sampleOf(samples, "mapae_rpc_failures_total", { url: "2" }), undefined);
  for (const code of AUDIT_ERROR_CODES) {
    const status = String(auditProblem(new AuditError(code, "")).status);
    assert.equal(sampleOf(samples, "mapae_audit_answers_total", { status }), 0, code);
  }
});

test("requests to the chain that fail are counted by kind, and by the place of the URL, never by the URL", async (t) => {
  const answers: RequestListener = (request, response) => {
    request.resume();
    response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"limit exceeded"}}');
  };
  const server = createServer(answers).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const chain = chainOf(1);
  const rpcUrls = ["http://us3r:hunter2@127.0.0.1:2/path-k3y?token=t0ken", `http://127.0.0.1:${port}`];
  const config = await configOf(t, chain, { metrics: METRICS, secrets: { rpcUrls } });
  const node = await startNode(config, { logger: silent });
  endsOf(t)(() => node.stop());
  const url = node.metricsUrl ?? "";
  await until(async () => {
    const samples = await scrape(url);
    const failures = (labels: Record<string, string>) => sampleOf(samples, "mapae_rpc_failures_total", labels) ?? 0;
    return failures({ url: "0", kind: "refused" }) > 0 && failures({ url: "1", kind: "rpc" }) > 0;
  });
  assert.doesNotMatch(await (await fetch(`${url}/metrics`)).text(), /hunter2|us3r|k3y|t0ken|127\.0\.0\.1/);
});

test("no metric names a subject or a client, whatever was asked", async (t) => {
  const chain = chainOf(5);
  const node = await nodeWithMetrics(t, chain);
  await ready(node.url);
  for (const path of [
    `/1.0/identifiers/did:mapae:local:${simulatedIdentity(0)}`,
    "/gate-7",
    "/1.0/identifiers/x?y=z",
  ]) {
    await fetch(`${node.url}${path}`, { headers: { "user-agent": "gate-7" } });
  }
  const labels = (await scrape(node.metricsUrl)).flatMap((sample) => Object.values(sample.labels));
  for (const label of labels) assert.doesNotMatch(label, /did:|0x|gate|127\.|\/1\.0|identifiers/);
});

test("the metrics listener gives /metrics by GET and HEAD and nothing else, to no web page, and the public one gives none", async (t) => {
  const node = await nodeWithMetrics(t, chainOf(1));
  const ask = (path: string, method = "GET") => fetch(`${node.metricsUrl}${path}`, { method });
  const got = await ask("/metrics?x=1");
  assert.equal(got.status, 200);
  assert.equal(got.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(got.headers.get("access-control-allow-origin"), null);
  const head = await ask("/metrics", "HEAD");
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  for (const path of ["/", "/status", "/metrics/", "/ready"]) assert.equal((await ask(path)).status, 404, path);
  const posted = await ask("/metrics", "POST");
  assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
  assert.equal((await fetch(`${node.url}/metrics`)).status, 404);
});

test("a value that can't be read is left out and logged, and the others are shown", async (t) => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => lines.push(line) });
  const chain = chainOf(2);
  const config = await configOf(t, chain, { metrics: METRICS });
  const node = await startNode(config, { readers: [chain], logger });
  endsOf(t)(() => node.stop());
  await ready(node.url);
  await rm(config.dataDir, { recursive: true });
  const samples = await scrape(node.metricsUrl ?? "");
  assert.equal(sampleOf(samples, "mapae_store_size_bytes"), undefined);
  assert.equal(sampleOf(samples, "mapae_disk_free_bytes"), undefined);
  assert.equal(sampleOf(samples, "mapae_ready"), 1);
  assert.match(lines.join(""), /a metric can't be read/);
});

test("metrics can be turned off; a port that is taken is PORT_IN_USE, and leaves nothing open", async (t) => {
  const chain = chainOf(1);
  const without = await startNode(await configOf(t, chain), { readers: [chain], logger: silent });
  assert.equal(without.metricsUrl, null);
  await without.stop();

  const other = createTcpServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const config = await configOf(t, chain, { metrics: { host: "127.0.0.1", port } });
  await assert.rejects(startNode(config, { readers: [chain], logger: silent }), {
    code: "PORT_IN_USE",
    message: /MAPAE_METRICS_HOST or MAPAE_METRICS_PORT/,
  });
  await (await openLevel(config.dataDir)).close();
});

test("stopping lets a scrape finish, then closes the metrics listener too", async (t) => {
  const chain = chainOf(3);
  const config = await configOf(t, chain, { metrics: METRICS });
  const node = await startNode(config, { readers: [chain], logger: silent });
  await ready(node.url);
  const scrapes = Promise.all([1, 2, 3].map(() => fetch(`${node.metricsUrl}/metrics`)));
  const [answers] = await Promise.all([scrapes, scrapes.then(() => node.stop())]);
  for (const answer of answers) assert.match(await answer.text(), /mapae_ready/);
  await assert.rejects(fetch(`${node.metricsUrl}/metrics`));
  await assert.rejects(fetch(`${node.url}/health`));
  await (await openLevel(config.dataDir)).close();
});
