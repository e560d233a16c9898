import type { AddCommand } from "../../terminal/call.ts";
import { addCouncilReplace } from "./replace.ts";

/** `mapae council …` */
export const add: AddCommand = (council, terminal) => {
  addCouncilReplace(council, terminal);
};
