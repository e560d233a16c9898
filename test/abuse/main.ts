/**
 * `npm run test:abuse`: measures response times of well-behaved clients of a node, and the node's memory, while attackers abuse
 * the node and its chain's server has faults. The node and each attack have their own processes. An attack costs processor time
 * of the whole machine, not only of the node. So the same clients are also measured while the same attackers are connected to a
 * second node, which shares a core with clients and attackers, and the two are compared. Fails on a wrong answer, on response
 * times above the limit, on more memory than the limit, or when the node exits. Linux only: memory is read from `/proc`.
 */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask, requestText } from "../node/http/raw.ts";
import { type Asked, measureClients, percentile } from "./clients.ts";
import { end, hasPriority, isPlaced, peakMib, start } from "./processes.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "500" },
    seconds: { type: "string", default: "3" },
    "rss-mib": { type: "string", default: "1024" },
  },
});
const [sockets, seconds, limit] = [values.sockets, values.seconds, values["rss-mib"]].map(Number) as [
  number,
  number,
  number,
];

/** Maximum ratio of the clients' p99 with attackers at their node to that with the same attackers at the second node. */
const MAX_RATIO = 2;

/** Milliseconds until every attacker has begun, and until the attackers' remaining connections are closed. */
const ONSET_MS = 2_000;
const SETTLING_MS = 500;

const node = await start("node.ts", { at: "node's core", measured: true });
const secondNode = await start("node.ts", { at: "other core", measured: false });
interface Addresses {
  readonly url: string;
  readonly auditUrl: string;
  readonly metricsUrl: string;
  readonly identity: string;
}
const { url, auditUrl, metricsUrl, identity }: Addresses = JSON.parse(node.line);
const portOf = (one: string) => Number(new URL(one).port);
const path = `/1.0/identifiers/did:mapae:local:${identity}`;
const question = requestText(path, { headers: { accept: "application/did" } });
const right = (await ask(portOf(url), question))?.body ?? "";
assert(right.includes(identity));
const measured = () => measureClients({ port: portOf(url), question, right, milliseconds: seconds * 1_000 });

type Listener = "url" | "auditUrl";
type Attack = readonly [kind: string, count: number, listener?: Listener];

/** Measures the clients while attackers are connected to a node. */
async function measureUnder(
  attacks: readonly Attack[],
  target: { readonly line: string },
  onset: number,
): Promise<Asked> {
  const addresses: Addresses = JSON.parse(target.line);
  const attackers = await Promise.all(
    attacks.map(([kind, count, listener = "url"]) =>
      start("attackers.ts", {
        args: [kind, String(count), String(portOf(addresses[listener])), path],
        at: "other core",
        measured: false,
      }),
    ),
  );
  await delay(onset);
  const asked = await measured();
  const audit = requestText("/audit/openapi.json", { headers: { host: "localhost" } });
  const isAudited = (await ask(portOf(auditUrl), audit))?.status === 200;
  await Promise.all(attackers.map(end));
  assert.equal(node.child.exitCode, null, "the node exited");
  await delay(SETTLING_MS);
  return { times: asked.times, wrong: asked.wrong + (isAudited ? 0 : 1) };
}

let totalWrong = 0;
let requests = 0;
const tooSlow: string[] = [];
async function measure(name: string, attacks: readonly Attack[], { bounded = false, onset = ONSET_MS } = {}) {
  const here: number[] = [];
  const there: number[] = [];
  let wrong = 0;
  for (const target of [node, secondNode, secondNode, node]) {
    const asked = await measureUnder(attacks, target, onset);
    for (const time of asked.times) (target === node ? here : there).push(time);
    wrong += asked.wrong;
  }
  totalWrong += wrong;
  requests += here.length + there.length;
  const [p99, without] = [percentile(here, 0.99), percentile(there, 0.99)];
  const times = p99 / without;
  if (bounded && times > MAX_RATIO) tooSlow.push(`${name}: ${times.toFixed(1)}`);
  const count = attacks.reduce((sum, [, one]) => sum + one, 0);
  const counts = [String(count).padStart(7), String(here.length).padStart(8), String(wrong).padStart(5)];
  const figures = [percentile(here, 0.5), p99, without, times].map((one) => one.toFixed(2).padStart(9));
  console.log([name.padEnd(26), ...counts, ...figures, peakMib(node).toFixed(1).padStart(8)].join("  "));
}

if (!isPlaced)
  console.log(
    "There are fewer than two cores, or no taskset: attackers share the node's core, which makes response times longer.",
  );
if (!hasPriority)
  console.log("This is not the superuser, or there is no chrt: other load of the machine makes response times longer.");
console.log("attack                      sockets  requests  wrong     p50 ms    p99 ms  p99 else      times  peak MiB");
await measured();
await measure("none", []);
const four = ["slow header", "slow body", "slow reader", "pipeliner"];
for (const kind of four) await measure(kind, [[kind, sockets]], { bounded: true });
const together = four.map((kind): Attack => [kind, sockets]);
await measure("these four together", together, { bounded: true });
await measure("these four, connecting", together, { onset: 0 });
await measure("versionId on 2 000 events", [["historian", 100]]);
await measure("idle, public listener", [["idle", 10_020]]);
await measure("idle, audit listener", [["idle", 130, "auditUrl"]]);

const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
const refusals = metrics.split("\n").filter((line) => /^mapae_http_refusals_total.* [1-9]/.test(line));
console.log(refusals.join("\n"));
const peak = peakMib(node);
await Promise.all([end(node), end(secondNode)]);
const { falsified } = JSON.parse(node.last) as { falsified: number };
console.log(`requests ${requests}, falsified answers of the chain's server ${falsified}, wrong answers ${totalWrong}`);
assert(falsified > 0);
assert.equal(totalWrong, 0, "wrong answers");
assert(peak <= limit, `the node used ${peak.toFixed(0)} MiB, the maximum is ${limit}`);
assert.deepEqual(
  tooSlow,
  [],
  `the clients' p99 may be at most ${MAX_RATIO} times that with the attackers at the second node`,
);
