import type { AddCommand } from "../../terminal/call.ts";
import { addKeyNew } from "./new.ts";
import { addSignerNew, addSignerShow } from "./signer.ts";

/** `mapae key …`, `mapae signer …` */
export const add: AddCommand = (program, terminal) => {
  const key = program.command("key").description("accounts that own DIDs");
  addKeyNew(key, terminal);
  const signer = program.command("signer").description("keys that sign status lists, and blocks");
  addSignerNew(signer, terminal);
  addSignerShow(signer, terminal);
};
