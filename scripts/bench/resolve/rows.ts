import { Agent } from "node:http";
import { Resolver } from "did-resolver";
import { Contract, encodeBytes32String, hexlify, type JsonRpcSigner, toUtf8Bytes } from "ethers";
import { getResolver as ethrResolver } from "ethr-did-resolver";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import { type Address, currentDeployment, formatDid, getResolver as mapaeResolver } from "../../../resolver/index.ts";
import { commandLineRows } from "./command-line.ts";
import { countingProxy } from "../stage/counting-proxy.ts";
import { read, startBareServer } from "../serving/bare.ts";
import type { Row } from "../measuring/row.ts";
import { openStage, type Stage, until } from "../stage/chain-and-node.ts";
import { compare } from "../measuring/timing.ts";

type PeerOptions = Parameters<typeof ethrResolver>[0];

/** What the node asks of its own accord: is there a new block? */
const POLL = "eth_getBlockByNumber";

const YEAR = 365 * 86_400;
const KEY = "0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/** Resolving over HTTP, against itself with fewer changes and against `ethr-did-resolver` on the same registry. */
export async function resolveRows(): Promise<Row[]> {
  const stage = await openStage();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const signers = await Promise.all([1, 2, 3, 4].map((account) => stage.provider.getSigner(account)));
    const [one, rotated, many, some] = signers;
    if (!one || !rotated || !many || !some) throw new Error("The chain has too few accounts");
    await write(stage, one, 1, () => ["did/pub/Ed25519/veriKey", KEY]);
    // The last of all changes leaves a document of the same size: one service, whose endpoint changed each time.
    for (const [signer, changes] of [[some, 10] as const, [rotated, 100] as const]) {
      await write(stage, signer, changes, (at) => [
        "did/svc/StatusLists/status",
        text(`https://issuer.example.go.kr/${at}`),
      ]);
    }
    await write(stage, many, 100, (at) => ["did/svc/StatusLists", text(`https://issuer.example.go.kr/${at}`)]);
    const newest = await stage.provider.getBlockNumber();
    await until("the node's newest block", async () => {
      const { block } = (await (await fetch(`${stage.nodeUrl}/ready`)).json()) as { block: number };
      if (block < newest) throw new Error(`the node is at ${block}, the chain at ${newest}`);
    });

    const over = (signer: JsonRpcSigner) => () => read(didUrl(stage, signer.address), agent);
    const flat = { times: { ours: 300, theirs: 300 }, rounds: 15 };
    const same = await compare({ ours: over(rotated), theirs: over(one), ...flat });
    const tenth = await compare({ ours: over(some), theirs: over(one), ...flat });
    const bare = await startBareServer(await sizeOf(stage, many));
    const large = await compare({ ours: over(many), theirs: () => read(bare.url, agent), ...flat });
    bare.stop();

    const before = askedBeyondPolls(stage);
    for (let i = 0; i < 1_000; i++) await over(many)();
    const asked = askedBeyondPolls(stage) - before;

    const requests = await libraryRequests(stage, rotated);
    const documented = await against(stage, over(rotated), documentedPeer(stage), rotated.address);
    const tuned = await against(stage, over(rotated), tunedPeer(stage), rotated.address);
    const row = { unit: "ms" as const };
    return [
      { topic: "resolve: 10 changes", size: "one service", peer: "1 change", ...tenth, ...row, goal: 1.2 },
      { topic: "resolve: 100 changes", size: "one service", peer: "1 change", ...same, ...row, goal: 1.2 },
      {
        topic: "resolve: 100 changes",
        size: `100 services, ${Math.round(bare.bytes / 1_000)} kB`,
        peer: "bare node:http, as many bytes",
        ...large,
        ...row,
        goal: 1.5,
      },
      {
        topic: "resolve: RPC calls",
        size: "1 000 resolves",
        peer: "an index makes none",
        ours: asked,
        theirs: 1_000,
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
      {
        topic: "resolve: 100 changes",
        size: "over HTTP",
        peer: "ethr-did-resolver as documented",
        ...documented,
        ...row,
        goal: 1 / 100,
      },
      {
        topic: "resolve: 100 changes",
        size: "over HTTP",
        peer: "ethr-did-resolver tuned",
        ...tuned,
        ...row,
        goal: 1 / 20,
      },
      ...(await commandLineRows(stage, formatDid(stage.descriptor.name, lower(rotated.address)))),
    ];
  } finally {
    agent.destroy();
    await stage.close();
  }
}

/** Each change is a transaction, and so a block, of its own. */
async function write(
  { descriptor }: Stage,
  signer: JsonRpcSigner,
  changes: number,
  change: (at: number) => readonly [name: string, value: string],
): Promise<void> {
  const registry = new Contract(currentDeployment(descriptor).registries.did.address, didRegistryAbi, signer);
  for (let at = 0; at < changes; at++) {
    const [name, value] = change(at);
    const sent = await registry.getFunction("setAttribute")(signer.address, encodeBytes32String(name), value, YEAR);
    await sent.wait();
  }
}

function didUrl({ nodeUrl, descriptor }: Stage, address: string): string {
  return `${nodeUrl}/1.0/identifiers/${formatDid(descriptor.name, lower(address))}`;
}

async function sizeOf(stage: Stage, { address }: JsonRpcSigner): Promise<number> {
  return (await (await fetch(didUrl(stage, address))).arrayBuffer()).byteLength;
}

/** HTTP requests to the chain for one more resolution by the library, which has checked the chain before. */
async function libraryRequests({ rpcUrl, descriptor }: Stage, { address }: JsonRpcSigner): Promise<number> {
  const proxy = await countingProxy(rpcUrl);
  try {
    const resolver = new Resolver(mapaeResolver({ networks: [{ descriptor, chain: proxy.url }] }));
    const resolve = async () => {
      const { didDocument, didResolutionMetadata } = await resolver.resolve(formatDid(descriptor.name, lower(address)));
      if (didDocument === null) throw new Error(`The library: ${JSON.stringify(didResolutionMetadata)}`);
    };
    await resolve();
    const before = proxy.requests();
    await resolve();
    return proxy.requests() - before;
  } finally {
    await proxy.close();
  }
}

function askedBeyondPolls({ nodeRpc }: Stage): number {
  let sum = 0;
  for (const [method, count] of nodeRpc.calls) if (method !== POLL) sum += count;
  return sum;
}

async function against(stage: Stage, ours: () => Promise<void>, peer: Resolver, address: string) {
  const did = `did:ethr:0x${stage.descriptor.chainId.toString(16)}:${address}`;
  const theirs = async () => {
    const { didDocument, didResolutionMetadata } = await peer.resolve(did);
    if (didDocument === null) throw new Error(`ethr-did-resolver: ${JSON.stringify(didResolutionMetadata)}`);
  };
  return compare({ ours, theirs, times: { ours: 200, theirs: 1 }, rounds: 5 });
}

/** With an RPC URL, as its README says. */
function documentedPeer({ rpcUrl, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  return new Resolver(ethrResolver({ networks: [{ chainId, rpcUrl, registry }] }));
}

/** With a provider that asks for the network once and sends each call at once. */
function tunedPeer({ provider, descriptor }: Stage): Resolver {
  const { chainId } = descriptor;
  const registry = currentDeployment(descriptor).registries.did.address;
  // That package sees ethers' types through its CommonJS entry, this one through its ESM entry: the class is the same.
  const networks = [{ chainId, provider, registry }];
  return new Resolver(ethrResolver({ networks } as unknown as PeerOptions));
}

function lower(address: string): Address {
  return address.toLowerCase() as Address;
}

function text(value: string): string {
  return hexlify(toUtf8Bytes(value));
}
