import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { loadConfig } from "../../node/config.ts";
import { startNode } from "../../node/main.ts";
import { httpRpc, type Rpc, type RpcCall, rpcReader } from "../../resolver/index.ts";
import { startBulkChain } from "./bulk.ts";
const t0=performance.now();
const chain = await startBulkChain({ dids: Number(process.env.DIDS ?? 33_334), didsABlock: 32, what: "created" });
console.log("chain", Math.round(performance.now()-t0)/1000, "s", chain.events, "events");
const { url, file, head } = chain;
async function index(profile = false) {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const asked: RpcCall[] = [];
  const rpc = httpRpc({ url, timeout: 120_000 });
  const recording: Rpc = (calls) => { asked.push(...calls.filter(([m]) => m === "eth_getLogs")); return rpc(calls); };
  const config = loadConfig({ MAPAE_NETWORK: file, MAPAE_RPC_URLS: url, MAPAE_DATA_DIR: folder, MAPAE_METRICS_PORT: "off" });
  const c0=process.cpuUsage(); const from = performance.now();
  const node = await startNode({ ...config, httpPort: 0 }, { readers: [rpcReader(recording)], logger: pino({ level: "silent" }) });
  while (node.report().digest?.block !== head) await delay(2);
  const ms = performance.now() - from; const c=process.cpuUsage(c0);
  await node.stop(); await rm(folder, { recursive: true, force: true });
  return { ms, asked, cpu: (c.user+c.system)/1000 };
}
async function raw(asked: RpcCall[]) {
  const from = performance.now(); let logs = 0; const c0=process.cpuUsage();
  for (const [method, params] of asked) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method, params });
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    logs += JSON.parse(await answer.text()).result.length;
  }
  const c=process.cpuUsage(c0);
  return { ms: performance.now() - from, cpu: (c.user+c.system)/1000 };
}
const { asked } = await index();
console.log("ranges", asked.length);
const us = (x: number) => (1000 * x / chain.events).toFixed(1);
if (process.env.PROF) {
  const { Session } = await import("node:inspector/promises");
  const s = new Session(); s.connect(); await s.post("Profiler.enable"); await s.post("Profiler.start");
  const r = await index(); const { profile } = await s.post("Profiler.stop") as any;
  (await import("node:fs")).writeFileSync("/tmp/idx.cpuprofile", JSON.stringify(profile)); console.log("profiled", us(r.ms), us(r.cpu));
}
const A: number[] = [], B: number[] = [];
for (let i = 0; i < 6; i++) {
  const a = await index(), b = await raw(asked);
  A.push(a.ms); B.push(b.ms);
  console.log("index", us(a.ms), "cpu", us(a.cpu), "raw", us(b.ms), "cpu", us(b.cpu), "ratio", (a.ms / b.ms).toFixed(2));
}
const med=(v:number[])=>v.toSorted((x,y)=>x-y)[v.length>>1]!;
console.log("median ratio", (med(A)/med(B)).toFixed(2));
await chain.close();
