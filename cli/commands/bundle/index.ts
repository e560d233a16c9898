import type { AddCommand } from "../../terminal/call.ts";
import { addBundleMake } from "./make.ts";
import { addBundleShow } from "./show.ts";
import { addBundleVerify } from "./verify.ts";

/** `mapae bundle make`, `verify`, `show` */
export const add: AddCommand = (bundle, terminal) => {
  for (const one of [addBundleMake, addBundleVerify, addBundleShow]) one(bundle, terminal);
};
