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
  await until(`${member.id} has no peers`, async () => {
    for (const other of others) cutLink(member, other);
    return (await peersOf(member)) === 0;
  });
  return {
    seal: () => validator.type("miner.start()"),
    join: () => {
      for (const other of others) joinLink(member, other);
    },
  };
}

/** Has two validators end their connection, and not dial each other again. */
export function cutLink(one: Member, other: Member): void {
  onBoth(one, other, (enode) => [`admin.removeTrustedPeer("${enode}")`, `admin.removePeer("${enode}")`]);
}

/** Has two validators dial each other, as their configuration does. */
export function joinLink(one: Member, other: Member): void {
  onBoth(one, other, (enode) => [`admin.addTrustedPeer("${enode}")`, `admin.addPeer("${enode}")`]);
}

function onBoth(one: Member, other: Member, commands: (enode: string) => readonly string[]): void {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    for (const command of commands(to.validator.enode)) from.validator.type(command);
  }
}

/** Number of validators with which one is connected. */
export async function peersOf({ validator }: Member): Promise<number> {
  return Number(await validator.rpc("net_peerCount"));
}
