import type { AddCommand } from "../../terminal/call.ts";
import { addTypeAdd } from "./add.ts";
import { addTypeShow } from "./show.ts";

/** `mapae type …` */
export const add: AddCommand = (program, terminal) => {
  const type = program.command("type").description("credential types");
  addTypeAdd(type, terminal);
  addTypeShow(type, terminal);
};
