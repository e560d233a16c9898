import { type Calls, MINISTRY } from "./calls.ts";
import type { Geth } from "./geth.ts";
import { sealTogether } from "./seal.ts";
import type { Call, Sign, Signed } from "./transactions.ts";

export interface Growth {
  readonly calls: Calls;
  readonly sign: Sign;
  /** Number of blocks. */
  readonly blocks: number;
  /** Number of the first write. No write occurs twice on one branch. */
  readonly from: number;
}

/** Seals blocks with one write of the ministry each, in turn to each registry, and returns their transactions. */
export async function grow(geth: Geth, { calls, sign, blocks, from }: Growth): Promise<Signed[]> {
  const sealed: Signed[] = [];
  for (let number = from; number < from + blocks; number++) {
    const write = await sign(MINISTRY, nthWrite(calls, number));
    await sealTogether(geth, write);
    sealed.push(write);
  }
  return sealed;
}

function nthWrite(calls: Calls, number: number): Call {
  switch (number % 3) {
    case 0:
      return calls.grant(100 + number);
    case 1:
      return calls.revoke(number);
    default:
      return calls.setService(MINISTRY, `https://${number}.example`);
  }
}
