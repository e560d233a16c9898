import type { AddCommand } from "../../terminal/call.ts";
import { addStatusAllocate } from "./allocate.ts";
import { addStatusChanges } from "./change.ts";
import { addStatusCheckpoint, addStatusClose, addStatusCreate } from "./create.ts";
import { addStatusShow } from "./show.ts";

/** `mapae status …` */
export const add: AddCommand = (status, terminal) => {
  addStatusCreate(status, terminal);
  addStatusAllocate(status, terminal);
  addStatusChanges(status, terminal);
  addStatusClose(status, terminal);
  addStatusCheckpoint(status, terminal);
  addStatusShow(status, terminal);
};
