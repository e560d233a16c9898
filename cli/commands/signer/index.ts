import type { AddCommand } from "../../terminal/call.ts";
import { addSignerNew, addSignerShow } from "./signer.ts";

/** `mapae signer …` */
export const add: AddCommand = (signer, terminal) => {
  addSignerNew(signer, terminal);
  addSignerShow(signer, terminal);
};
