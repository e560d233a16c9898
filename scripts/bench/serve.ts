import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { keccak256 } from "../../resolver/primitives/keccak.ts";
import { load, type Served } from "./load.ts";
import { ownMegabytes } from "./memory.ts";
import { startBareServer } from "./over-http.ts";
import type { Row } from "./row.ts";
import { didAt } from "./scale-chain.ts";
import { median } from "./timing.ts";

const CONNECTIONS = 64;
const REQUESTS = 20_000;
const ROUNDS = 5;
/** Megabytes that a node may take while it answers. */
const MOST_MEGABYTES = 600;

/** The index of a folder over HTTP, its documents known and unknown, against the platform and against express. */
export async function serveRows(folder: string, dids: number): Promise<Row[]> {
  const peerFolder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const processes: ChildProcess[] = [];
  const start = async (program: string, ...args: string[]) => {
    const child = fork(join(REPOSITORY, "scripts", "bench", program), args);
    processes.push(child);
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return { url: `http://127.0.0.1:${port}`, pid: child.pid as number };
  };
  try {
    const node = await start("index-server.ts", folder);
    const bytes = (await (await fetch(node.url + pathAt(0))).arrayBuffer()).byteLength;
    const bare = await startBareServer(bytes);
    const express = await start("express-server.ts", peerFolder, String(dids), String(bytes));

    let asked = 0;
    /** Others each time: what was asked for before is kept ready. */
    const unknown = () => Array.from({ length: REQUESTS }, () => pathAt(placeOf(asked++, dids)));
    const known = () => new Array<string>(REQUESTS).fill(pathAt(0));
    const under = (url: string, paths: () => string[]) => () => load(url, paths(), CONNECTIONS);
    const platform = under(bare.url, known);
    const hot = await byTurns(under(node.url, known), platform);
    const cold = await byTurns(under(node.url, unknown), platform);
    const naive = await byTurns(under(node.url, unknown), under(express.url, unknown));
    const megabytes = await ownMegabytes(node.pid);
    bare.stop();

    const size = `${bytes} bytes, ${CONNECTIONS} connections`;
    const random = `${dids.toLocaleString("en")} DIDs at random`;
    const [peer, unit] = ["bare node:http, as many bytes", "us"] as const;
    return [
      { topic: "serve: known", size, peer, ...each(hot), unit, goal: 1 / 0.85 },
      { topic: "serve: known, 99 of 100", size, peer, ours: hot.ours.p99, theirs: hot.theirs.p99, unit, goal: 3 },
      { topic: "serve: unknown", size: random, peer, ...each(cold), unit, goal: 1 / 0.4 },
      { topic: "serve: unknown", size: random, peer: "express, awaited get", ...each(naive), unit, goal: 1 / 4 },
      {
        topic: "serve: memory",
        size: random,
        peer: "a limit of ours",
        ours: megabytes,
        theirs: MOST_MEGABYTES,
        unit: "MB",
        goal: 1,
      },
    ];
  } finally {
    for (const child of processes) child.disconnect();
    await rm(peerFolder, { recursive: true, force: true });
  }
}

function pathAt(at: number): string {
  return `/1.0/identifiers/${didAt(at)}`;
}

function placeOf(at: number, dids: number): number {
  return Number.parseInt(keccak256(at).slice(2, 14), 16) % dids;
}

interface Both {
  readonly ours: Served;
  readonly theirs: Served;
}

async function byTurns(ours: () => Promise<Served>, theirs: () => Promise<Served>): Promise<Both> {
  const rounds: Both[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const both = { ours: await ours(), theirs: await theirs() };
    if (round > 0) rounds.push(both);
  }
  const middle = (of: keyof Both) => ({
    each: median(rounds.map((one) => one[of].each)),
    p99: median(rounds.map((one) => one[of].p99)),
  });
  return { ours: middle("ours"), theirs: middle("theirs") };
}

function each({ ours, theirs }: Both): { ours: number; theirs: number } {
  return { ours: ours.each, theirs: theirs.each };
}
