import type { Member } from "./founding.ts";
import { until } from "./until.ts";

/** Number of a validator's newest block. */
export async function headOf({ validator }: Member): Promise<number> {
  return Number(await validator.rpc("eth_blockNumber"));
}

/** Waits until a validator has `count` more blocks. */
export async function untilBlocks(member: Member, count: number): Promise<void> {
  const before = await headOf(member);
  await until(`${member.id} sees ${count} blocks more`, async () => (await headOf(member)) >= before + count);
}
