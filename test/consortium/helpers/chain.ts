import { headOf, untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import type { Member } from "../../../scripts/rehearsal/founding.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { mapae } from "../../cli/harness.ts";

/** Waits until validators have the same block at a height that all have. */
export async function untilOneChain(members: readonly Member[]): Promise<void> {
  await until("all validators are on one chain", async () => {
    const heads = await Promise.all(members.map(headOf));
    const height = `0x${Math.min(...heads).toString(16)}`;
    const hashes = members.map(({ validator }) =>
      validator.rpc<{ hash: string } | null>("eth_getBlockByNumber", height, false),
    );
    const found = (await Promise.all(hashes)).map((block) => block?.hash);
    return Math.max(...heads) - Math.min(...heads) <= 1 && new Set(found).size === 1 && found[0] !== undefined;
  });
}

/** Waits until `mapae validators show` finds no trouble. */
export async function untilHealthy(members: readonly Member[]): Promise<void> {
  const env = { MAPAE_RPC_URLS: members.map(({ server }) => server.url).join() };
  let said = "";
  await until(
    "mapae validators show finds no trouble",
    async () => {
      const { code, stdout, stderr } = await mapae(["validators", "show"], env);
      said = stdout + stderr;
      return code === 0;
    },
    () => said,
  );
}

/** The accounts that seal blocks, as a validator's newest block has them, in ascending order. */
export function sealersOf({ validator }: Member): Promise<string[]> {
  return validator.rpc<string[]>("clique_getSigners", "latest");
}

/**
 * Cuts a validator off from the others, which go on. It has not sealed any of the newest blocks, so that it may seal one alone, and seals
 * none until the test starts it: transactions that it is sent meanwhile are in that block, and in none of the others'.
 *
 * @returns what lets it seal again, and what connects it.
 */
export async function cutOff(member: Member, others: readonly Member[]) {
  const { validator } = member;
  validator.type("miner.stop()");
  // A block that it was about to seal comes too late for the height that the others have reached then.
  await untilBlocks(member, 4);
  await until(`${member.id} has sealed none of the newest blocks`, async () => {
    const { recents } = await validator.rpc<{ recents: Record<string, string> }>("clique_getSnapshot", "latest");
    return !Object.values(recents).includes(validator.account);
  });
  const both = (act: (from: Member, to: Member) => void) => {
    for (const other of others) {
      act(other, member);
      act(member, other);
    }
  };
  await until(`${member.id} has no peers`, async () => {
    both((from, to) => {
      from.validator.type(`admin.removeTrustedPeer("${to.validator.enode}")`);
      from.validator.type(`admin.removePeer("${to.validator.enode}")`);
    });
    return Number(await validator.rpc("net_peerCount")) === 0;
  });
  return {
    seal: () => validator.type("miner.start()"),
    join: () => {
      both((from, to) => from.validator.type(`admin.addTrustedPeer("${to.validator.enode}")`));
      // Only one side dials: when both do, each may drop the other's connection, and both dial again at the same moment.
      for (const other of others) validator.type(`admin.addPeer("${other.validator.enode}")`);
    },
  };
}
