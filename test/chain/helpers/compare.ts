import assert from "node:assert/strict";
import { Resolver } from "did-resolver";
import { currentDeployment, getResolver } from "../../../resolver/index.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import { answersOf, didsOf } from "./answers.ts";
import { type Follower, type FollowOptions, followAfresh, untilFollowing } from "./node.ts";

/**
 * Asserts that a node that followed changes of a chain equals a new node that reads the chain from its first block: in its HTTP
 * answers, its digest and its content. Its roots must be those of the chain, and its documents those that the library reads
 * without a node.
 */
export async function expectAsFresh(node: Follower, options: FollowOptions): Promise<void> {
  const fresh = await followAfresh(options);
  try {
    await untilFollowing(fresh, options.geth);
    await untilFollowing(node, options.geth);
    assert.deepEqual(node.report().digest, fresh.report().digest);
    assert.equal(node.contentHash()?.hash, fresh.contentHash()?.hash);
    assert.deepEqual(await answersOf(node), await answersOf(fresh));
  } finally {
    await fresh.stop();
  }
  await expectRoots(node, options);
  await expectDocuments(node, options);
}

/** Asserts that a node's roots are those of the registries at its block. */
async function expectRoots(node: Follower, { network, geth }: FollowOptions): Promise<void> {
  const { registries, slots } = currentDeployment(network);
  const digest = node.report().digest;
  assert(digest);
  for (const [name, root] of Object.entries(digest.roots)) {
    const { address } = registries[name as keyof typeof registries];
    assert.deepEqual(await geth.reader.storage([{ address, slot: word(slots.root) }], digest.hash), [root], name);
  }
}

/** Asserts that a node's documents are those that the library reads from the chain itself. */
async function expectDocuments(node: Follower, { network, geth }: FollowOptions): Promise<void> {
  const resolver = new Resolver(getResolver({ networks: [{ descriptor: network, chain: geth.reader }] }));
  for (const did of didsOf(network.name)) {
    const { didDocument, didDocumentMetadata } = await resolver.resolve(did, { accept: "application/did" });
    const response = await fetch(`${node.url}/1.0/identifiers/${did}`);
    const answer = (await response.json()) as Record<string, unknown>;
    assert.deepEqual([answer.didDocument, answer.didDocumentMetadata], [didDocument, didDocumentMetadata], did);
  }
}
