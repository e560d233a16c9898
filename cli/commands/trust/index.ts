import type { AddCommand } from "../../terminal/call.ts";
import { addTrustAccept, addTrustWithdraw } from "./accept.ts";
import { addTrustExtend } from "./extend.ts";
import { addTrustGrant, addTrustRoot } from "./grant.ts";
import { addTrustShow } from "./show.ts";

/** `mapae trust …` */
export const add: AddCommand = (program, terminal) => {
  const trust = program.command("trust").description("who may issue which credential type");
  addTrustRoot(trust, terminal);
  addTrustGrant(trust, terminal);
  addTrustAccept(trust, terminal);
  addTrustExtend(trust, terminal);
  addTrustWithdraw(trust, terminal);
  addTrustShow(trust, terminal);
};
