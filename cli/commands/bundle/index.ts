import type { AddCommand } from "../../terminal/call.ts";
import { addBundleMake } from "./make.ts";
import { addBundleShow } from "./show.ts";
import { addBundleVerify } from "./verify.ts";

/** `mapae bundle …` */
export const add: AddCommand = (bundle, terminal) => {
  addBundleMake(bundle, terminal);
  addBundleVerify(bundle, terminal);
  addBundleShow(bundle, terminal);
};
