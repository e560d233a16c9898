import type { AddCommand } from "../../terminal/call.ts";
import { addCouncilCancel } from "./cancel.ts";
import { addCouncilExecute } from "./execute.ts";
import { addCouncilFound } from "./found.ts";
import { addCouncilReplace } from "./replace.ts";
import { addCouncilReplaceKey } from "./replace-key.ts";
import { addCouncilSign } from "./sign.ts";

/** `mapae council …` */
export const add: AddCommand = (council, terminal) => {
  addCouncilFound(council, terminal);
  addCouncilSign(council, terminal);
  addCouncilExecute(council, terminal);
  addCouncilCancel(council, terminal);
  addCouncilReplaceKey(council, terminal);
  addCouncilReplace(council, terminal);
};
