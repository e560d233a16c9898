import type { AddCommand } from "../../terminal/call.ts";
import { addCouncilReplace } from "./replace.ts";

/** `mapae council …` */
export const add: AddCommand = (program, terminal) => {
  const council = program.command("council").description("who holds the council's seat");
  addCouncilReplace(council, terminal);
};
