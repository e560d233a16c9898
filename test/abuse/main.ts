/**
 * `npm run test:abuse`: what clients of a node feel while others abuse it and the chain's server has faults, and how much memory
 * the node takes. Each attack runs in a process of its own, the node in another. Fails on a wrong answer, on more memory than the limit, or when the node
 * ends. Linux only: memory is read in `/proc`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { ask, RawConnection, requestText } from "../node/http/raw.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "500" },
    requests: { type: "string", default: "2000" },
    "rss-mib": { type: "string", default: "1024" },
  },
});
const [sockets, requests, limit] = [values.sockets, values.requests, values["rss-mib"]].map(Number) as [
  number,
  number,
  number,
];

interface Started {
  readonly child: ChildProcess;
  readonly line: string;
  /** The last line that it printed. */
  last: string;
}

/** Starts a script beside this one; resolves with the first line that it prints. */
async function start(script: string, args: readonly string[] = []): Promise<Started> {
  const file = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  assert(child.stdout);
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, "line");
  const started = { child, line: String(line), last: String(line) };
  lines.on("line", (next) => {
    started.last = next;
  });
  return started;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.stdin?.end();
  await ended;
}

const started = await start("node.ts");
const { child: node, line } = started;
const { url, auditUrl, identity } = JSON.parse(line) as { url: string; auditUrl: string; identity: string };
const [port, auditPort] = [Number(new URL(url).port), Number(new URL(auditUrl).port)];
const path = `/1.0/identifiers/did:mapae:local:${identity}`;
const peakMib = () => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${node.pid}/status`, "utf8"))?.[1]) / 1_024;

const QUESTION = requestText(path, { headers: { accept: "application/did" } });
const right = (await ask(port, QUESTION))?.body;
assert(right?.includes(identity));

/** Asks so many times one after the other, each tenth time on a new connection; anything but the document is wrong. */
async function others(count: number): Promise<{ p50: number; p99: number; wrong: number }> {
  const times: number[] = [];
  let wrong = 0;
  let kept = await RawConnection.open(port);
  for (let asked = 0; asked < count; asked++) {
    if (asked % 10 === 0) {
      kept.close();
      kept = await RawConnection.open(port);
    }
    const from = performance.now();
    kept.send(QUESTION);
    const answer = await kept.answer();
    times.push(performance.now() - from);
    if (answer?.status !== 200 || answer.body !== right) wrong += 1;
  }
  kept.close();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), wrong };
}

const rows: string[] = [];
let wrongInAll = 0;
let asked = 0;
async function measure(name: string, kinds: readonly (readonly [kind: string, count: number, port?: number])[]) {
  const attackers = await Promise.all(
    kinds.map(([kind, count, to = port]) => start("attackers.ts", [kind, String(count), String(to), path])),
  );
  const { p50, p99, wrong } = await others(requests);
  const audit = requestText("/audit/openapi.json", { headers: { host: "localhost" } });
  if ((await ask(auditPort, audit))?.status !== 200) wrongInAll += 1;
  wrongInAll += wrong;
  asked += requests;
  await Promise.all(attackers.map(({ child }) => end(child)));
  assert.equal(node.exitCode, null, "the node ended");
  const count = kinds.reduce((sum, [, one]) => sum + one, 0);
  const cells = [name.padEnd(34), String(count).padStart(6), String(requests).padStart(8), String(wrong).padStart(5)];
  rows.push([...cells, ...[p50, p99, peakMib()].map((one) => one.toFixed(1).padStart(9))].join("  "));
  console.log(rows.at(-1));
}

console.log("attack                              sockets  requests  wrong    p50 ms    p99 ms  peak MiB");
await others(500);
await measure("none", []);
for (const kind of ["slow header", "slow body", "slow reader", "pipeliner"]) await measure(kind, [[kind, sockets]]);
await measure("these four together", [
  ["slow header", sockets],
  ["slow body", sockets],
  ["slow reader", sockets],
  ["pipeliner", sockets],
]);
await measure("versionId on 2 000 events", [["historian", 100]]);
await measure("idle, public listener", [["idle", 10_020]]);
await measure("idle, audit listener", [["idle", 130, auditPort]]);
await measure("none again", []);

const metrics = JSON.parse(line).metricsUrl as string;
const text = await (await fetch(`${metrics}/metrics`)).text();
console.log(
  text
    .split("\n")
    .filter((one) => /^mapae_http_refusals_total.* [1-9]/.test(one))
    .join("\n"),
);
const peak = peakMib();
await end(node);
const { spoilt } = JSON.parse(started.last) as { spoilt: number };
console.log(`requests ${asked}, answers of the chain's server that were spoilt ${spoilt}, wrong answers ${wrongInAll}`);
assert(spoilt > 0);
assert.equal(wrongInAll, 0, "wrong answers");
assert(peak <= limit, `the node took ${peak.toFixed(0)} MiB, at most ${limit} may be`);
