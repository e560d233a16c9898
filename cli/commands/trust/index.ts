import type { AddCommand } from "../../terminal/call.ts";
import { addTrustAccept, addTrustWithdraw } from "./accept.ts";
import { addTrustExtend } from "./extend.ts";
import { addTrustGrant, addTrustRoot } from "./grant.ts";
import { addTrustShow } from "./show.ts";

/** `mapae trust …` */
export const add: AddCommand = (trust, terminal) => {
  addTrustRoot(trust, terminal);
  addTrustGrant(trust, terminal);
  addTrustAccept(trust, terminal);
  addTrustExtend(trust, terminal);
  addTrustWithdraw(trust, terminal);
  addTrustShow(trust, terminal);
};
