import type { Wallet } from "ethers";
import { deployCommand, foundBodies, makeListSigner } from "../../rehearsal/deploy.ts";
import { endsOf, temporaryFolder } from "../../rehearsal/ends.ts";
import { foundConsortium } from "../../rehearsal/founding.ts";
import { ministryNodes, untilState } from "../../rehearsal/ministry-node.ts";
import { Rehearsal } from "../../rehearsal/rehearsal.ts";

/** Opens a consortium of four validators with its contracts, and three ministries' nodes that follow the chain. */
export async function openConsortium(
  funded: readonly Wallet[],
): Promise<{ readonly rehearsal: Rehearsal; close(): Promise<void> }> {
  let close = async () => {};
  const atEnd = endsOf({
    after(end) {
      close = end;
    },
  });
  try {
    const consortium = await foundConsortium(await temporaryFolder(atEnd), atEnd, funded);
    const nodes = await ministryNodes(consortium, 3);
    for (const node of nodes) atEnd(node.kill);
    const rehearsal = new Rehearsal(consortium, nodes);
    await foundBodies(rehearsal);
    await rehearsal.write("deployer", ...deployCommand(rehearsal, "network.json"));
    await makeListSigner(rehearsal);
    await Promise.all(nodes.map((node) => node.start()));
    for (const node of nodes) await untilState(node, "following");
    return { rehearsal, close };
  } catch (error) {
    await close();
    throw error;
  }
}
