import { ownMegabytes } from "../measuring/memory.ts";
import type { Row } from "../measuring/row.ts";
import { startBareServer } from "../serving/bare.ts";
import { compareServers, each, UNDER_LOAD } from "../serving/compare.ts";
import type { Sizes } from "../sizes.ts";
import { openFolder } from "../stage/folder.ts";
import { startServer } from "../stage/program.ts";
import { anyOf, didAt } from "./chain.ts";

/** Maximum milliseconds from the start to the first answer of a node that was stopped properly. */
const FIRST_WITHIN_MS = 1_000;
/** Maximum megabytes of a node that answers. */
const MOST_MEGABYTES = 400;

/**
 * Serves the index of a folder over HTTP and measures known and unknown documents, against bare `node:http` and against
 * express.
 */
export async function serveRows(folder: string, dids: number, sizes: Sizes["scale"]): Promise<Row[]> {
  await using peerFolder = await openFolder();
  const from = performance.now();
  await using node = await startServer(new URL("index-server.ts", import.meta.url), [folder]);
  const first = await fetch(node.url + pathAt(0));
  const bytes = (await first.arrayBuffer()).byteLength;
  const firstMs = performance.now() - from;
  await using bare = await startBareServer(bytes, { like: first.headers });
  await using pointing = await startBareServer(bytes, { like: first.headers, withPoint: true });
  const peerArgs = [peerFolder.path, String(dids), String(bytes)];
  await using express = await startServer(new URL("express-server.ts", import.meta.url), peerArgs);

  const { requests, requestRounds: rounds } = sizes;
  let asked = 0;
  /** Paths of documents that were not requested before, because the node caches requested ones. */
  const unknown = () => Array.from({ length: requests.unknown }, () => pathAt(anyOf(asked++, dids)));
  const known = () => new Array<string>(requests.known).fill(pathAt(0));
  const hot = await compareServers(node, bare, { paths: known, rounds });
  const cold = await compareServers(node, pointing, { paths: unknown, rounds });
  const naive = await compareServers(node, express, { paths: unknown, rounds });
  const megabytes = await ownMegabytes(node.pid);

  const size = `${bytes} bytes, ${UNDER_LOAD}`;
  const random = `${dids.toLocaleString("en")} DIDs at random`;
  const [peer, unit] = ["bare node:http, same headers and bytes", "us"] as const;
  return [
    {
      topic: "serve: first answer",
      size: `${dids.toLocaleString("en")} DIDs, from the process's start`,
      peer: "a limit of ours",
      ours: firstMs,
      theirs: FIRST_WITHIN_MS,
      unit: "ms",
      goal: 1,
    },
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
}

function pathAt(at: number): string {
  return `/1.0/identifiers/${didAt(at)}`;
}
