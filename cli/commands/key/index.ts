import type { AddCommand } from "../../terminal/call.ts";
import { addKeyNew } from "./new.ts";
import { addKeyShow } from "./show.ts";

/** `mapae key …` */
export const add: AddCommand = (key, terminal) => {
  addKeyNew(key, terminal);
  addKeyShow(key, terminal);
};
