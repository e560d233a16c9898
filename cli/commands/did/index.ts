import type { AddCommand } from "../../terminal/call.ts";
import { addDidAddKey } from "./add-key.ts";
import { addDidAddService } from "./add-service.ts";
import { addDidCreate } from "./create.ts";
import { addDidDeactivate } from "./deactivate.ts";
import { addDidAddDelegate, addDidRevokeDelegate } from "./delegate.ts";
import { addDidRevokeKey } from "./revoke-key.ts";
import { addDidSetOwner } from "./set-owner.ts";
import { addDidShow } from "./show.ts";
import { addDidTakeOver } from "./take-over.ts";

/** `mapae did …` */
export const add: AddCommand = (did, terminal) => {
  addDidCreate(did, terminal);
  addDidAddKey(did, terminal);
  addDidAddService(did, terminal);
  addDidRevokeKey(did, terminal);
  addDidAddDelegate(did, terminal);
  addDidRevokeDelegate(did, terminal);
  addDidTakeOver(did, terminal);
  addDidSetOwner(did, terminal);
  addDidDeactivate(did, terminal);
  addDidShow(did, terminal);
};
