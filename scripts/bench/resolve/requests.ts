import { Resolver } from "did-resolver";
import { getResolver } from "../../../resolver/index.ts";
import type { Stage } from "../stage/chain-and-node.ts";
import { countingProxy } from "../stage/counting-proxy.ts";

/** What the node asks of its own accord: is there a new block? */
const POLL = "eth_getBlockByNumber";

/** Calls of the node to the chain while something is done, beside its polls. */
export async function nodeCalls({ nodeRpc }: Stage, work: () => Promise<void>): Promise<number> {
  const asked = () => [...nodeRpc.calls].reduce((sum, [method, count]) => sum + (method === POLL ? 0 : count), 0);
  const before = asked();
  await work();
  return asked() - before;
}

/** HTTP requests to the chain for one more resolution by the library, which has checked the chain before. */
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
