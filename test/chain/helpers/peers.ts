import { until } from "../../../scripts/rehearsal/until.ts";
import type { Geth } from "./geth.ts";

/** Connects two geths. The first one dials, which it does only once in half a minute. */
export async function connect(from: Geth, to: Geth): Promise<void> {
  const [ours, theirs] = await Promise.all([enode(from), enode(to)]);
  await from.rpc("admin_addTrustedPeer", theirs);
  await to.rpc("admin_addTrustedPeer", ours);
  await from.rpc("admin_addPeer", theirs);
}

/** Disconnects two geths permanently. */
export async function disconnect(one: Geth, other: Geth): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const peer = await enode(to);
    await from.rpc("admin_removeTrustedPeer", peer);
    await from.rpc("admin_removePeer", peer);
  }
  await Promise.all([untilPeers(one, 0), untilPeers(other, 0)]);
}

export async function untilPeers(geth: Geth, count: number): Promise<void> {
  await until(`${geth.options.extra} has ${count} peers`, async () => {
    return Number(await geth.rpc<string>("net_peerCount")) === count;
  });
}

/** The URL by which peers connect to a geth. */
async function enode(geth: Geth): Promise<string> {
  return (await geth.rpc<{ enode: string }>("admin_nodeInfo")).enode;
}
