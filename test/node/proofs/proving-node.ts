import assert from "node:assert/strict";
import { startNode } from "../../../node/main.ts";
import type { NodeOverrides } from "../../../node/parts/context.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { endsOf } from "../../cli/harness.ts";
import { deployTrust } from "../../helpers/grants.ts";
import { describeRegistries, inProcessRpc } from "../../helpers/network.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";
import { configOf, ready, silent, until } from "../../helpers/real-node.ts";
import { BASE_URI, change, REASON, SIZE, TYPE_ID } from "../../helpers/registries.ts";

type After = { after(end: () => Promise<void>): void };

/**
 * A chain in this process whose blocks one operator attests, on which four bodies are accredited one below the other: the last
 * one issues, with a list. A node follows it, as in production but for the connection to the chain.
 */
export async function provingStage(t: After, overrides: Omit<NodeOverrides, "readers"> = {}) {
  const chain = await deployTrust();
  const { did, status, ministry, others, stranger } = chain;
  const bodies = [ministry, ...others.slice(0, 3)];
  const grants = [await chain.acceptedRoot(ministry)];
  for (const [depth, to] of bodies.slice(1).entries()) {
    grants.push(await chain.acceptedBelow(grants[depth] as string, bodies[depth] as typeof to, to));
  }
  const issuer = bodies.at(-1) ?? assert.fail();
  const lists = status.connect(issuer);
  await lists.createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listIdOf(lower(issuer.address), 0n);
  await lists.update(list, [change(0n, { revoke: 5n }), change(511n, { suspend: 1n })], REASON);

  const operator = makeOperator("행정안전부");
  const network = attestedBy(await describeRegistries(chain), [operator], 1);
  const rpc = inProcessRpc(chain);
  const reader = rpcReader(rpc);
  const node = await startNode(
    await configOf(t, { network: () => network }, { metrics: { host: "127.0.0.1", port: 0 } }),
    {
      readers: [reader],
      rpcs: [rpc],
      signers: [operator.signer],
      logger: silent,
      ...overrides,
    },
  );
  endsOf(t)(() => node.stop());
  await ready(node.url);
  const newest = async () => (await reader.header("latest")) ?? assert.fail("no block");
  return {
    ...chain,
    did,
    network,
    operator,
    node,
    rpc,
    lists,
    list,
    bodies,
    grants: grants as Hash[],
    addresses: bodies.map(({ address }) => lower(address)),
    issuer: lower(issuer.address),
    stranger: lower(stranger.address),
    newest,
    /** The chain's clock, in Unix seconds. */
    now: async () => (await newest()).time,
    /** Waits until the node attested the chain's newest block. */
    async settled() {
      const { hash } = await newest();
      await until(async () => {
        const answer = await fetch(`${node.url}/attestations/newest`);
        return ((await answer.json()) as { hash?: string }).hash === hash;
      });
    },
    get: (path: string, headers: Record<string, string> = {}) => fetch(`${node.url}${path}`, { headers }),
  };
}

export function lower(address: string): Address {
  return address.toLowerCase() as Address;
}
