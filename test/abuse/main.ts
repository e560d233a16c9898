/**
 * `npm run test:abuse`: what clients of a node feel while others abuse it and the chain's server has faults, and how much memory
 * the node takes. Each attack runs in a process of its own, the node in another. What an attacker does costs the machine as well
 * as the node: so the same clients are also measured while the same attackers are at another node, on the core that clients and
 * attackers have, and the two are compared. Fails on a wrong answer, on others' answers that take too long for it, on more
 * memory than the limit, or when the node ends. Linux only: memory is read in `/proc`.
 */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ask, requestText } from "../node/http/raw.ts";
import { type Asked, others, percentile } from "./others.ts";
import { end, isFirst, isPlaced, peakMib, start } from "./processes.ts";

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

/** Times in which others' p99 may be longer with attackers at their node than with the same attackers at another one. */
const AT_MOST = 2;

/** Until each attacker has begun, and what attackers left behind is closed; in milliseconds. */
const ONSET = 2_000;
const SETTLING = 500;

const node = await start("node.ts", { at: "node's core", measured: true });
const elsewhere = await start("node.ts", { at: "other core", measured: false });
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
const measured = () => others({ port: portOf(url), question, right, milliseconds: seconds * 1_000 });

type Listener = "url" | "auditUrl";
type Attack = readonly [kind: string, count: number, listener?: Listener];

/** What others feel while attackers are at a node. */
async function under(attacks: readonly Attack[], target: { readonly line: string }, onset: number): Promise<Asked> {
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
  assert.equal(node.child.exitCode, null, "the node ended");
  await delay(SETTLING);
  return { times: asked.times, wrong: asked.wrong + (isAudited ? 0 : 1) };
}

let wrongInAll = 0;
let requests = 0;
const tooSlow: string[] = [];
async function measure(name: string, attacks: readonly Attack[], { bounded = false, onset = ONSET } = {}) {
  const here: number[] = [];
  const there: number[] = [];
  let wrong = 0;
  for (const target of [node, elsewhere, elsewhere, node]) {
    const asked = await under(attacks, target, onset);
    for (const time of asked.times) (target === node ? here : there).push(time);
    wrong += asked.wrong;
  }
  wrongInAll += wrong;
  requests += here.length + there.length;
  const [p99, without] = [percentile(here, 0.99), percentile(there, 0.99)];
  const times = p99 / without;
  if (bounded && times > AT_MOST) tooSlow.push(`${name}: ${times.toFixed(1)}`);
  const count = attacks.reduce((sum, [, one]) => sum + one, 0);
  const counts = [String(count).padStart(7), String(here.length).padStart(8), String(wrong).padStart(5)];
  const figures = [percentile(here, 0.5), p99, without, times].map((one) => one.toFixed(2).padStart(9));
  console.log([name.padEnd(26), ...counts, ...figures, peakMib(node).toFixed(1).padStart(8)].join("  "));
}

if (!isPlaced)
  console.log("No two cores, or no taskset: attackers share their cores with the node, which makes times longer.");
if (!isFirst) console.log("Not the superuser, or no chrt: other work of the machine makes times longer.");
console.log("attack                      sockets  requests  wrong     p50 ms    p99 ms  p99 else      times  peak MiB");
await measured();
await measure("none", []);
const four = ["slow header", "slow body", "slow reader", "pipeliner"];
for (const kind of four) await measure(kind, [[kind, sockets]], { bounded: true });
const together = four.map((kind): Attack => [kind, sockets]);
await measure("these four together", together, { bounded: true });
await measure("these four, as they come", together, { onset: 0 });
await measure("versionId on 2 000 events", [["historian", 100]]);
await measure("idle, public listener", [["idle", 10_020]]);
await measure("idle, audit listener", [["idle", 130, "auditUrl"]]);

const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
const refusals = metrics.split("\n").filter((line) => /^mapae_http_refusals_total.* [1-9]/.test(line));
console.log(refusals.join("\n"));
const peak = peakMib(node);
await Promise.all([end(node), end(elsewhere)]);
const { spoilt } = JSON.parse(node.last) as { spoilt: number };
console.log(
  `requests ${requests}, answers of the chain's server that were spoilt ${spoilt}, wrong answers ${wrongInAll}`,
);
assert(spoilt > 0);
assert.equal(wrongInAll, 0, "wrong answers");
assert(peak <= limit, `the node took ${peak.toFixed(0)} MiB, at most ${limit} may be`);
assert.deepEqual(tooSlow, [], `others' p99 may be ${AT_MOST} times as long as with the attackers elsewhere`);
