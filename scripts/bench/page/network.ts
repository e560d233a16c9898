import { setTimeout as delay } from "node:timers/promises";
import { Contract, JsonRpcProvider, keccak256, NonceManager, Wallet } from "ethers";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import type { LocalNetwork } from "../../../cli/local/local-network.ts";
import { statusRegistryAbi } from "../../../resolver/abi.ts";
import {
  type Address,
  currentDeployment,
  listIdOf,
  parseDid,
  parseNetworkDescriptor,
} from "../../../resolver/index.ts";
import { CHUNK_SIZE } from "../../../resolver/status/decode-status-log.ts";
import { openLocalNetwork } from "../stage/local-network.ts";

/** A list of the maximum size with many revocations: chunks per event and revoked entries per chunk. */
export const LARGE_LIST = { number: 9, size: 524_288, chunks: 20, eachChunk: 5 } as const;

/** The network of `npm start`, with a list of {@link LARGE_LIST}. */
export interface PageNetwork extends AsyncDisposable {
  readonly url: string;
  readonly auditUrl: string;
  readonly network: LocalNetwork;
  readonly issuer: Address;
}

/** @param events number of events that fill the list. */
export async function openPageNetwork(events: number): Promise<PageNetwork> {
  const local = await openLocalNetwork();
  const { network, auditUrl } = local;
  const close = () => local[Symbol.asyncDispose]();
  try {
    const { address: issuer } = parseDid(network.trust.lists[0]?.issuer ?? "");
    await writeLargeList(network, issuer, events);
    return { url: network.nodeUrl, auditUrl, network, issuer, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeLargeList(
  { chainUrl, nodeUrl, trust }: LocalNetwork,
  issuer: Address,
  events: number,
): Promise<void> {
  const { number, size } = LARGE_LIST;
  const provider = new JsonRpcProvider(chainUrl, 31_337, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const { registries } = currentDeployment(parseNetworkDescriptor(await (await fetch(`${nodeUrl}/network`)).json()));
    const account = Array.from({ length: 20 }, (_, at) => developmentAccount(at)).find((one) => one.address === issuer);
    const signer = new NonceManager(new Wallet(account?.privateKey ?? "", provider));
    const registry = new Contract(registries.status.address, statusRegistryAbi, signer);
    const write = async (name: string, values: readonly unknown[]) => registry.getFunction(name)(...values);
    const baseUri = `${nodeUrl}/status-lists/${issuer}`;
    const typeId = trust.types[0]?.typeId;
    await (await write("createList", [issuer, number, size, typeId, baseUri])).wait();
    const list = listIdOf(issuer, BigInt(number));
    let sent: { wait(): Promise<{ blockNumber: number } | null> } | undefined;
    for (let at = 0; at < events; at++) {
      sent = await write("update", [list, changesOf(at), keccak256(list)]);
      // Limits the number of transactions in the chain's pool.
      if (at % 50 === 49) await sent?.wait();
    }
    const block = (await sent?.wait())?.blockNumber ?? 0;
    // Waits until the node proves the list as of that block, which its operator attested.
    await untilAsOf(`${nodeUrl}/proofs/status-lists/${issuer}/${number}`, block);
  } finally {
    provider.destroy();
  }
}

/**
 * Revocations of one event: some entries in each of its chunks, which follow those of the event before. No entry is revoked
 * twice.
 */
function changesOf(event: number): object[] {
  const { size, chunks, eachChunk } = LARGE_LIST;
  const all = size / CHUNK_SIZE;
  const changes = Array.from({ length: chunks }, (_, at) => {
    const place = event * chunks + at;
    const bits = ((1n << BigInt(eachChunk)) - 1n) << BigInt(Math.floor(place / all) * eachChunk);
    return { word: place % all, revoke: bits, suspend: 0n, reinstate: 0n };
  });
  return changes.sort((a, b) => a.word - b.word);
}

async function untilAsOf(url: string, block: number): Promise<void> {
  for (;;) {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (Number(response.headers.get("mapae-as-of")?.split(" ", 1)[0]) >= block) return;
    await delay(200);
  }
}
