import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { ownMegabytes } from "../measuring/memory.ts";
import { startBareServer } from "../serving/bare.ts";
import type { Row } from "../measuring/row.ts";
import { didAt } from "./chain.ts";
import { compareServers, each, UNDER_LOAD } from "../serving/compare.ts";

/** Answers of a round: of a known document so many that the 10 ms in which Linux counts processor time are a hundredth of it. */
const REQUESTS = { known: 80_000, unknown: 20_000 } as const;
/** Megabytes that a node may take while it answers. */
const MOST_MEGABYTES = 400;

/** The index of a folder over HTTP, its documents known and unknown, against the platform and against express. */
export async function serveRows(folder: string, dids: number): Promise<Row[]> {
  const peerFolder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const processes: ChildProcess[] = [];
  const start = async (program: string, ...args: string[]) => {
    const child = fork(new URL(program, import.meta.url), args);
    processes.push(child);
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return { url: `http://127.0.0.1:${port}`, pid: child.pid as number };
  };
  try {
    const node = await start("index-server.ts", folder);
    const first = await fetch(node.url + pathAt(0));
    const bytes = (await first.arrayBuffer()).byteLength;
    const bare = await startBareServer(bytes, { like: first.headers });
    const pointing = await startBareServer(bytes, { like: first.headers, withPoint: true });
    const express = await start("express-server.ts", peerFolder, String(dids), String(bytes));

    let asked = 0;
    /** Others each time: what was asked for before is kept ready. */
    const unknown = () => Array.from({ length: REQUESTS.unknown }, () => pathAt(placeOf(asked++, dids)));
    const known = () => new Array<string>(REQUESTS.known).fill(pathAt(0));
    const hot = await compareServers(node, bare, known);
    const cold = await compareServers(node, pointing, unknown);
    const naive = await compareServers(node, express, unknown);
    const megabytes = await ownMegabytes(node.pid);
    bare.stop();
    pointing.stop();

    const size = `${bytes} bytes, ${UNDER_LOAD}`;
    const random = `${dids.toLocaleString("en")} DIDs at random`;
    const [peer, unit] = ["bare node:http, same headers and bytes", "us"] as const;
    return [
      { topic: "serve: known, CPU", size, peer, ...each(hot), unit, goal: 1 / 0.85 },
      { topic: "serve: known, 99 of 100", size, peer, ours: hot.ours.p99, theirs: hot.theirs.p99, unit, goal: 2 },
      {
        topic: "serve: unknown, CPU",
        size: random,
        peer: `${peer}, a key's point`,
        ...each(cold),
        unit,
        goal: 1 / 0.35,
      },
      {
        topic: "serve: unknown, CPU",
        size: random,
        peer: "express, awaited get, a key's point",
        ...each(naive),
        unit,
        goal: 1 / 0.6,
      },
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
