import type { AddCommand } from "../../terminal/call.ts";
import { addKeyNew } from "./new.ts";
import { addKeyShow } from "./show.ts";
import { addSignerNew, addSignerShow } from "./signer.ts";

/** `mapae key …` */
export const addKey: AddCommand = (key, terminal) => {
  addKeyNew(key, terminal);
  addKeyShow(key, terminal);
};

/** `mapae signer …` */
export const addSigner: AddCommand = (signer, terminal) => {
  addSignerNew(signer, terminal);
  addSignerShow(signer, terminal);
};
