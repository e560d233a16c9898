import type { AddCommand } from "../../terminal/call.ts";
import { addAuditToken } from "./audit-token.ts";
import { addBackup } from "./backup.ts";
import { addDoctor } from "./doctor.ts";
import { addDriver } from "./driver.ts";
import { addNode } from "./node.ts";
import { addRebuild } from "./rebuild.ts";
import { addRestore } from "./restore.ts";
import { addVerifyStore } from "./verify-store.ts";

/** Commands of who runs a node: `mapae node`, `doctor`, `backup` and so on */
export const add: AddCommand = (program, terminal) => {
  for (const one of [addNode, addDriver, addDoctor, addBackup, addRestore, addRebuild, addVerifyStore])
    one(program, terminal);
  const audit = program.command("audit").description("ask a node who changed what, and when");
  addAuditToken(audit, terminal);
};
