import { headOf, untilBlocks } from "../../../scripts/rehearsal/blocks.ts";
import type { Member } from "../../../scripts/rehearsal/founding.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { mapae } from "../../cli/harness.ts";

/** Waits until all validators have the same block at the highest height that all have reached. */
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

/** Waits until `mapae validators show` reports no problem. */
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

/** The accounts that may seal blocks as of a validator's newest block, in ascending order. */
export function sealersOf({ validator }: Member): Promise<string[]> {
  return validator.rpc<string[]>("clique_getSigners", "latest");
}

/**
 * Disconnects a validator from the others, which continue. It has sealed none of the newest blocks, so it may seal one alone;
 * it seals only when the test lets it. Transactions that are sent to it meanwhile are in its block, and in none of the others'.
 * @returns functions that let it seal, and that connect it.
 */
export async function cutOff(member: Member, others: readonly Member[]) {
  const { validator } = member;
  validator.type("miner.stop()");
  // A block that it was just sealing is too late for the height that the others have reached by then.
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

/** Disconnects two validators, and keeps them from dialling each other. */
export function cutLink(one: Member, other: Member): void {
  onBoth(one, other, (enode) => [`admin.removeTrustedPeer("${enode}")`, `admin.removePeer("${enode}")`]);
}

/** Lets two validators dial each other, as in their configuration. */
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
