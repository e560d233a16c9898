import { Resolver } from "did-resolver";
import { getResolver } from "../../../resolver/index.ts";
import type { Stage } from "../stage/chain-and-node.ts";
import { countingProxy } from "../stage/counting-proxy.ts";

/** The call with which the node polls for new blocks. */
const POLL = "eth_getBlockByNumber";

/** Number of the node's calls to the chain during some work, without its polls. */
export async function nodeCalls({ nodeRpc }: Stage, work: () => Promise<void>): Promise<number> {
  const asked = () => [...nodeRpc.calls].reduce((sum, [method, count]) => sum + (method === POLL ? 0 : count), 0);
  const before = asked();
  await work();
  return asked() - before;
}

/** Number of the library's HTTP requests to the chain for one resolution, after it has checked the chain. */
export async function libraryRequests({ rpcUrl, descriptor }: Stage, did: string): Promise<number> {
  const proxy = await countingProxy(rpcUrl);
  try {
    const resolver = new Resolver(getResolver({ networks: [{ descriptor, chain: proxy.url }] }));
    const resolve = async () => {
      const { didDocument, didResolutionMetadata } = await resolver.resolve(did);
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
