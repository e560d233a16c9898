import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings, picture } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";
import { viewsOf } from "../helpers/views.ts";

/** Every view in both languages and themes, wide and narrow: axe finds nothing, nothing sticks out, and a picture is kept. */
export function lookTests({ browsing, ...stage }: Stage): void {
  for (const [name, url] of Object.entries(viewsOf(stage))) {
    for (const [language, scheme, width] of [
      ["ko", "light", 1_280],
      ["en", "dark", 1_280],
      ["ko", "dark", 390],
      ["en", "light", 390],
    ] as const) {
      test(`${name} in ${language}, ${scheme}, ${width} pixels wide, is clean for axe and fits`, async () => {
        await browsing.visit(
          url,
          async (page) => {
            assert.deepEqual(await axeFindings(page), []);
            const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
            assert((overflow as number) <= 0, `${overflow} pixels stick out`);
            await picture(page, `${name}-${language}-${scheme}-${width}`);
          },
          { language, scheme, width },
        );
      });
    }
  }
}
