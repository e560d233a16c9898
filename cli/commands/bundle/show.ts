import { bundleInWords, describeBundle } from "../../bundle/describe-bundle.ts";
import { readBundleInput } from "../../bundle/read-file.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";

/** `mapae bundle show` */
export const addBundleShow: AddCommand = (parent, terminal) => {
  parent
    .command("show <file>")
    .description("describe a bundle without verifying it")
    .addHelpText("after", "\nExample:\n  $ mapae bundle show monday.bundle")
    .action(async (file: string, _options: object, command) => {
      const { out } = callOf(terminal, command);
      const { bundle, bytes } = await readBundleInput(file);
      const described = describeBundle(bundle);
      out.answer({ ...described, bytes: bytes.length }, bundleInWords(described, bytes.length));
    });
};
