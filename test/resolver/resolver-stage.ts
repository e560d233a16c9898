import assert from "node:assert/strict";
import { type DIDResolutionResult, Resolver } from "did-resolver";
import { ZeroAddress } from "ethers";
import { getResolver } from "../../resolver/get-resolver.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { deployRegistry, mineAt, now, setNextTime } from "../helpers/contracts.ts";
import { name32, publicKey } from "../helpers/keys.ts";
import { describeNetwork, inProcessRpc } from "../helpers/network.ts";
import { type Alteration, startRpcServer } from "../helpers/rpc-server.ts";

const YEAR = 365n * 86_400n;

/** A chain with three identities, and a server in front of it whose answers a test alters. */
export async function resolverStage(t: { after(end: () => Promise<void>): unknown }) {
  const deployment = await deployRegistry();
  const { registry } = deployment;
  const [alice, bob, carol] = [deployment.alice, deployment.bob, deployment.carol].map(({ address }) =>
    address.toLowerCase(),
  ) as [string, string, string];
  const descriptor = await describeNetwork(deployment);
  const server = await startRpcServer(inProcessRpc(deployment));
  t.after(() => server[Symbol.asyncDispose]());
  const time = (await now(deployment)) + 10n;
  await setNextTime(deployment, time);
  await registry.setAttribute(alice, name32("did/pub/P256/veriKey"), publicKey("P256", 1), YEAR);
  await setNextTime(deployment, time + 10n);
  await registry.setAttribute(alice, name32("did/pub/Ed25519/veriKey"), publicKey("Ed25519", 1), 100n);
  await registry.connect(deployment.bob).changeOwner(bob, ZeroAddress);
  await mineAt(deployment, time + 20n);

  /** A new resolver, which trusts nothing yet. The clock stands at the newest block unless it is given. */
  function resolver({ clock = 0n, network = descriptor }: { clock?: bigint; network?: NetworkDescriptor } = {}) {
    const networks = [{ descriptor: network, chain: server.url }];
    return new Resolver(getResolver({ networks, now: () => Number(clock) }));
  }

  return {
    deployment,
    server,
    descriptor,
    /** Alice's DID has two keys, one of which expires at `time + 110n`. */
    alice,
    /** Bob's DID is deactivated. */
    bob,
    /** Carol's DID was never written. */
    carol,
    /** Unix time of Alice's first block. */
    time,
    resolver,
    /** Resolves while the server alters its answers. */
    async resolveAltered(url: string, alter: Alteration) {
      server.alter = alter;
      try {
        return await resolver().resolve(url);
      } finally {
        server.alter = (_, honest) => honest;
      }
    },
  };
}

export const did = (address: string) => `did:mapae:local:${address}`;

export function assertError(result: DIDResolutionResult, error: string, message: RegExp): void {
  assert.equal(result.didResolutionMetadata.error, error, result.didResolutionMetadata.message);
  assert.match(result.didResolutionMetadata.message ?? "", message);
  assert.equal(result.didDocument, null);
  assert.deepEqual(result.didDocumentMetadata, {});
  assert.equal(result.didResolutionMetadata.contentType, undefined);
}

/** Alters the result of one method. */
export const altering =
  (method: string, alter: (result: never, params: readonly unknown[]) => unknown): Alteration =>
  ([asked, params], honest) =>
    asked === method && "result" in honest ? { result: alter(honest.result as never, params) } : honest;
