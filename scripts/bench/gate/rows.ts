import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { importJWK, type JWK, SignJWT } from "jose";
import { pino } from "pino";
import { type Gate, openGate } from "../../../gate/gate.ts";
import { levelStore } from "../../../gate/level-store.ts";
import { parseGatePolicy } from "../../../gate/policy.ts";
import type { NodeConfig } from "../../../node/config/config.ts";
import { type RunningNode, startNode } from "../../../node/main.ts";
import { formatDid, type Hash } from "../../../resolver/index.ts";
import { type BenchIssuer, type GateChain, LIST_SIZE, openGateChain } from "./chain.ts";
import { AUDIENCE, type Checked, NONCE, TYPE } from "./facts.ts";
import type { Row } from "../measuring/row.ts";
import { compare, median } from "../measuring/timing.ts";

const ISSUERS = 200;
const LISTS = 8;
/** Of each list: one in a hundred. */
const REVOKED = Math.floor(LIST_SIZE / 100);
/** A day: so many revocations, and issuers that rotate a key. */
const DAY = { revocations: 100, issuers: 2 } as const;
const TAKES = 7;
const PROGRAM = fileURLToPath(new URL("checks.ts", import.meta.url));
const SIZE = `${ISSUERS} issuers, ${(LISTS * LIST_SIZE).toLocaleString("en")} credentials in ${LISTS} lists, 1 % revoked`;
/** Milliseconds for the node to follow what was written. */
const PATIENCE = 300_000;
const A_DAY = `${DAY.revocations} revocations, ${DAY.issuers} issuers changed`;

/** What a gate costs: bundles and deltas in bytes and time, and a check, against the same facts fetched from a node. */
export async function gateRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const chain = await openGateChain(ISSUERS);
  const node = await startNode(configOf(chain, join(folder, "index")), {
    readers: [chain.reader],
    rpcs: [chain.rpc],
    signers: [chain.operator, ...chain.issuers.slice(0, LISTS).map(({ signer }) => signer)],
    logger: pino({ level: "silent" }),
  });
  try {
    const lists = await fill(chain, node);
    const full = await bundleOf(chain, node);
    const since = await newest(chain);
    await oneDay(chain, lists);
    const delta = await bundleOf(chain, node, since);
    const stage = { chain, node, folder, full, delta };
    return [...sizeRows(stage), ...(await takeRows(stage)), ...(await checkRows(stage)), ...(await onlineRows(stage))];
  } finally {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly chain: GateChain;
  readonly node: RunningNode;
  readonly folder: string;
  readonly full: Uint8Array;
  readonly delta: Uint8Array;
}

interface List {
  readonly issuer: BenchIssuer;
  readonly list: Hash;
}

/** Lists with a checkpoint behind their revocations, as issuers make one now and then. */
async function fill(chain: GateChain, { url }: RunningNode): Promise<List[]> {
  const lists: List[] = [];
  for (const [at, issuer] of chain.issuers.slice(0, LISTS).entries()) {
    const list = await chain.createList(issuer, `${url}/status-lists/${issuer.address}`);
    await chain.revoke(issuer, list, randomIndexes(at + 1, REVOKED));
    await chain.checkpoint(issuer, list);
    lists.push({ issuer, list });
  }
  return lists;
}

async function oneDay(chain: GateChain, lists: readonly List[]): Promise<void> {
  for (const [at, index] of [...randomIndexes(99, DAY.revocations)].entries()) {
    const { issuer, list } = lists[at % LISTS] as List;
    await chain.revoke(issuer, list, [index]);
  }
  for (const issuer of chain.issuers.slice(-DAY.issuers)) await chain.rotate(issuer);
}

async function newest({ reader }: GateChain): Promise<number> {
  return (await reader.header("latest"))?.number ?? 0;
}

/** Waits until the node attested the newest block, and fetches a bundle of it. */
async function bundleOf(chain: GateChain, { url }: RunningNode, since?: number): Promise<Uint8Array> {
  const wanted = await newest(chain);
  const patience = AbortSignal.timeout(PATIENCE);
  for (;;) {
    const answer = await fetch(`${url}/attestations/newest`, { signal: patience });
    if (answer.status === 200 && ((await answer.json()) as { number: number }).number >= wanted) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const response = await fetch(
    `${url}/bundles?types=${encodeURIComponent(TYPE)}${since === undefined ? "" : `&since=${since}`}`,
  );
  if (response.status !== 200) throw new Error(`The node answered HTTP ${response.status}: ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

function sizeRows({ full, delta }: Stage): Row[] {
  const row = { unit: "bytes", goal: 1 } as const;
  return [
    { ...row, topic: "bundle", size: SIZE, peer: "250 kB", ours: full.length, theirs: 250_000 },
    { ...row, topic: "bundle: delta of a day", size: A_DAY, peer: "40 kB", ours: delta.length, theirs: 40_000 },
  ];
}

async function open({ chain, folder }: Stage, name: string): Promise<Gate> {
  return openGate({
    network: chain.network,
    policy: parseGatePolicy({ audience: AUDIENCE, types: { [TYPE]: {} } }),
    store: await levelStore(join(folder, name), chain.network),
    onFault: (error) => {
      throw error;
    },
  });
}

async function takeRows(stage: Stage): Promise<Row[]> {
  const times = { full: [] as number[], delta: [] as number[] };
  for (let count = 0; count <= TAKES; count++) {
    const gate = await open(stage, `gate-${count}`);
    for (const name of ["full", "delta"] as const) {
      const from = performance.now();
      const { reason, problem } = await gate.take(stage[name]);
      if (reason !== "newer") throw new Error(`The ${name} bundle was not taken: ${problem?.message ?? reason}`);
      // The first one warms up.
      if (count > 0) times[name].push(performance.now() - from);
    }
    await gate.close();
  }
  const row = { unit: "ms", goal: 1 } as const;
  return [
    { ...row, topic: "gate: take a bundle", size: SIZE, peer: "3 s", ours: median(times.full), theirs: 3_000 },
    { ...row, topic: "gate: take a delta", size: A_DAY, peer: "500 ms", ours: median(times.delta), theirs: 500 },
  ];
}

/** Checks in a process of their own: a door has no node and no chain beside the gate. */
async function checkRows(stage: Stage): Promise<Row[]> {
  const { chain, node, folder, full, delta } = stage;
  const files = {
    "network.json": JSON.stringify(chain.network),
    "presentations.json": JSON.stringify(await presentations(stage)),
    "full.bundle": full,
    "delta.bundle": delta,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, folder, node.url]);
  const { check, signatures, online } = JSON.parse(stdout) as Checked;
  const row = { size: "SD-JWT VC with key binding", unit: "ms" } as const;
  const [wall, cpu] = ["gate: a check, p99", "gate: a check, p99, processor"];
  return [
    { ...row, topic: wall, peer: "5 ms", ours: check.wall, theirs: 5, goal: 1 },
    { ...row, topic: cpu, peer: "5 ms", ours: check.cpu, theirs: 5, goal: 1 },
    { ...row, topic: wall, peer: "its two signatures alone, by turns", ours: check.wall, theirs: signatures, goal: 10 },
    { ...row, topic: "gate: a check", peer: "the same verdict by a node on this machine", ...online, goal: 1 },
  ];
}

/** The same facts from a node: each issuer, and each list's token. */
async function onlineRows(stage: Stage): Promise<Row[]> {
  const { chain, node, full } = stage;
  const urls = [
    ...chain.issuers.map(({ address }) => `${node.url}/issuers/${formatDid("local", address)}`),
    ...chain.issuers.slice(0, LISTS).map(({ address }) => `${node.url}/status-lists/${address}/0`),
  ];
  let bytes = 0;
  const fetchAll = async () => {
    bytes = 0;
    for (const url of urls) {
      const response = await fetch(url);
      if (response.status !== 200) throw new Error(`${url}: HTTP ${response.status}`);
      bytes += (await response.arrayBuffer()).byteLength;
    }
  };
  let count = 0;
  const timed = await compare({
    async ours() {
      const gate = await open(stage, `again-${count++}`);
      await gate.take(full);
      await gate.close();
    },
    theirs: fetchAll,
    times: { ours: 1, theirs: 1 },
    rounds: 3,
  });
  const peer = `${urls.length} requests to a node on this machine, unproven`;
  return [
    { topic: "bundle: bytes", size: SIZE, peer, ours: full.length, theirs: bytes, unit: "bytes", goal: 1 },
    { topic: "gate: take a bundle, proven", size: SIZE, peer, ...timed, unit: "ms", goal: 5 },
  ];
}

/** SD-JWTs of the issuers with lists, each bound to a holder and presented. */
async function presentations({ chain, node }: Stage): Promise<string[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const holder = publicKey.export({ format: "jwk" });
  const now = Math.floor(Date.now() / 1_000);
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const revoked = new Set(Array.from({ length: LISTS }, (_, at) => [...randomIndexes(at + 1, REVOKED)]).flat());
  for (const index of randomIndexes(99, DAY.revocations)) revoked.add(index);
  const free = Array.from({ length: 1_000 }, (_, at) => at).filter((index) => !revoked.has(index));
  const shown: string[] = [];
  for (const { address, signer, key } of chain.issuers.slice(0, LISTS)) {
    const { issuer: _, ...jwk } = key;
    const signing = await importJWK(jwk as JWK, "ES256");
    for (const index of free.slice(0, 4)) {
      const disclosure = encoded(["salt", "department", "민원실"]);
      const credential = await new SignJWT({
        iss: formatDid("local", address),
        iat: now,
        vct: TYPE,
        cnf: { jwk: holder },
        _sd_alg: "sha-256",
        _sd: [createHash("sha256").update(disclosure).digest("base64url")],
        status: { status_list: { idx: index, uri: `${node.url}/status-lists/${address}/0` } },
      })
        .setProtectedHeader({ alg: "ES256", typ: "dc+sd-jwt", kid: signer.keyId })
        .sign(signing);
      const presented = `${credential}~${disclosure}~`;
      const sdHash = createHash("sha256").update(presented).digest("base64url");
      const binding = `${encoded({ alg: "ES256", typ: "kb+jwt" })}.${encoded({ iat: now, aud: AUDIENCE, nonce: NONCE, sd_hash: sdHash })}`;
      const signature = sign("sha256", Buffer.from(binding), { key: privateKey, dsaEncoding: "ieee-p1363" });
      shown.push(`${presented}${binding}.${signature.toString("base64url")}`);
    }
  }
  return shown;
}

/** Distinct indexes from a fixed seed: each run measures the same lists. */
function randomIndexes(first: number, count: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let seed = first; found.size < count; ) {
    seed = (seed * 48_271) % 2_147_483_647;
    found.add(seed % LIST_SIZE);
  }
  return found;
}

function configOf({ network }: GateChain, dataDir: string): NodeConfig {
  return {
    network,
    dataDir,
    httpHost: "127.0.0.1",
    httpPort: 0,
    trustedProxies: [],
    metrics: null,
    audit: null,
    pollMs: 20,
    rpcAgreement: 2,
    staleAfter: null,
    refuseAfter: null,
    logLevel: "error",
    peers: { urls: [], checkSeconds: 60 },
    testIdentifiers: [],
    typesDir: null,
    signers: { files: [], passwordFile: null },
    secrets: { rpcUrls: [] },
  };
}
