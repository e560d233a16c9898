import { Agent } from "node:http";
import type { JsonRpcSigner } from "ethers";
import { type Address, formatDid } from "../../../resolver/index.ts";
import { until } from "../../rehearsal/until.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import { startBareServer } from "../serving/bare.ts";
import type { Sizes } from "../sizes.ts";
import { openStage, type Stage } from "../stage/chain-and-node.ts";
import { anotherEndpoint, writeChanges } from "../stage/changes.ts";
import { commandLineRows } from "./command-line.ts";
import { againstPeer, documentedPeer, tunedPeer } from "./peers.ts";
import { read } from "./read.ts";
import { libraryRequests, nodeCalls } from "./requests.ts";

const KEY = "0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/** Resolving over HTTP, against itself with fewer changes and against `ethr-did-resolver` on the same registry. */
export async function resolveRows(sizes: Sizes["resolve"]): Promise<Row[]> {
  await using stage = await openStage();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    return await rowsOf(stage, agent, sizes);
  } finally {
    agent.destroy();
  }
}

async function rowsOf(stage: Stage, agent: Agent, sizes: Sizes["resolve"]): Promise<Row[]> {
  const { rounds, requests: times, counted } = sizes;
  const { one, some, rotated, many } = await writeSubjects(stage);
  const over = (signer: JsonRpcSigner) => () => read(urlOf(stage, signer), agent);
  const flat = { times: { ours: times, theirs: times }, rounds };
  const same = await compare({ ours: over(rotated), theirs: over(one), ...flat });
  const tenth = await compare({ ours: over(some), theirs: over(one), ...flat });
  const bytes = (await (await fetch(urlOf(stage, many))).arrayBuffer()).byteLength;
  const large = await beside(bytes, (url) => compare({ ours: over(many), theirs: () => read(url, agent), ...flat }));
  const asked = await nodeCalls(stage, async () => {
    for (let i = 0; i < counted; i++) await over(many)();
  });
  const requests = await libraryRequests(stage, didOf(stage, rotated));
  const documented = await againstPeer(documentedPeer(stage), stage, rotated.address, over(rotated), sizes);
  const tuned = await againstPeer(tunedPeer(stage), stage, rotated.address, over(rotated), sizes);
  const row = { topic: "resolve: 100 changes", unit: "ms" } as const;
  const http = { ...row, size: "over HTTP" };
  return [
    { ...row, topic: "resolve: 10 changes", size: "one service", peer: "1 change", ...tenth, goal: 1.2 },
    { ...row, size: "one service", peer: "1 change", ...same, goal: 1.2 },
    {
      ...row,
      size: `100 services, ${Math.round(bytes / 1_000)} kB`,
      peer: "bare node:http, as many bytes",
      ...large,
      goal: 1.5,
    },
    {
      topic: "resolve: RPC calls",
      size: `${counted.toLocaleString("en")} resolves`,
      peer: "an index makes none",
      ours: asked,
      theirs: counted,
      unit: "calls",
      goal: 0,
    },
    {
      topic: "resolve: library on a chain",
      size: "100 changes, HTTP requests",
      peer: "a limit of ours",
      ours: requests,
      theirs: 2,
      unit: "calls",
      goal: 1,
    },
    { ...http, peer: "ethr-did-resolver as documented", ...documented, goal: 1 / 100 },
    { ...http, peer: "ethr-did-resolver tuned", ...tuned, goal: 1 / 20 },
    ...(await commandLineRows(stage, didOf(stage, rotated), sizes.commands)),
  ];
}

/**
 * Creates accounts whose DIDs have one change, 10 and 100 changes of the same service, and 100 services, and waits until the
 * node has them.
 */
async function writeSubjects(stage: Stage) {
  const { provider, descriptor, nodeUrl } = stage;
  const [one, rotated, many, some] = await Promise.all([1, 2, 3, 4].map((account) => provider.getSigner(account)));
  if (!one || !rotated || !many || !some) throw new Error("The chain has too few accounts");
  await writeChanges(descriptor, one, 1, () => ["did/pub/Ed25519/veriKey", KEY]);
  await writeChanges(descriptor, some, 10, anotherEndpoint);
  await writeChanges(descriptor, rotated, 100, anotherEndpoint);
  await writeChanges(descriptor, many, 100, (at) => anotherEndpoint(at, "did/svc/StatusLists"));
  const newest = await provider.getBlockNumber();
  await until("the node follows to the newest block", async () => {
    const { block } = (await (await fetch(`${nodeUrl}/ready`)).json()) as { block: number };
    return block >= newest;
  });
  return { one, some, rotated, many };
}

/** Measures against a bare `node:http` server that answers with as many bytes. */
async function beside<T>(bytes: number, measure: (url: string) => Promise<T>): Promise<T> {
  await using bare = await startBareServer(bytes);
  return await measure(bare.url);
}

function urlOf(stage: Stage, signer: JsonRpcSigner): string {
  return `${stage.nodeUrl}/1.0/identifiers/${didOf(stage, signer)}`;
}

function didOf({ descriptor }: Stage, { address }: JsonRpcSigner): string {
  return formatDid(descriptor.name, address.toLowerCase() as Address);
}
