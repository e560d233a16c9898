import type { AddCommand } from "../../terminal/call.ts";
import { addTypeAdd } from "./add.ts";
import { addTypeShow } from "./show.ts";

/** `mapae type …` */
export const add: AddCommand = (type, terminal) => {
  addTypeAdd(type, terminal);
  addTypeShow(type, terminal);
};
