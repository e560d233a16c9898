/**
 * A program: takes the pictures of docs/mobile-id.md out of those that the tests in a browser made: `npm run test:example`, then
 * `node test/example/pictures.ts`.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LANGUAGES } from "../../examples/mobile-id/shared/words.ts";
import { REPOSITORY } from "../cli/harness.ts";
import { PICTURES } from "./browser/helpers/screens.ts";

/** Names of the page's pictures, and of the tests'. */
const SHOWN = {
  start: "phone-01-start",
  cards: "phone-08-cards",
  consent: "phone-10-consent-login",
  unaccredited: "phone-13-unaccredited",
  show: "phone-18-show",
  history: "phone-19-history",
  desk: "desk-02-offer",
  open: "gate-02-open",
};

for (const language of LANGUAGES) {
  const folder = join(REPOSITORY, "docs", "pictures", "mobile-id", language);
  await mkdir(folder, { recursive: true });
  for (const [name, made] of Object.entries(SHOWN)) {
    await copyFile(join(PICTURES, language, `${made}.png`), join(folder, `${name}.png`));
  }
}
