import type { AddCommand } from "../../terminal/call.ts";
import { addVerify } from "./verify.ts";

/** `mapae verify` */
export const add: AddCommand = (program, terminal) => {
  addVerify(program, terminal);
};
