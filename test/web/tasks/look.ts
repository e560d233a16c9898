import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings, picture } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";
import { viewsOf } from "../helpers/views.ts";

/** What a reader goes through by the page's own buttons: presses of the theme's, and of the language's. A press leads from system to light to dark. */
const LOOKS = [
  { language: "ko", theme: "light", width: 1_280, presses: ["theme"] },
  { language: "ko", theme: "dark", width: 390, presses: ["theme"] },
  { language: "en", theme: "dark", width: 1_280, presses: ["language"] },
  { language: "en", theme: "light", width: 390, presses: ["theme", "theme"] },
] as const;

/** Every view in both languages and themes, wide and narrow: axe finds nothing, nothing sticks out, and a picture is kept. */
export function lookTests({ browsing, ...stage }: Stage): void {
  for (const [name, url] of Object.entries(viewsOf(stage))) {
    test(`${name} is clean for axe and fits, in both languages and themes, wide and narrow`, async () => {
      await browsing.visit(
        url,
        async (page) => {
          for (const { language, theme, width, presses } of LOOKS) {
            await page.setViewportSize({ width, height: 900 });
            for (const button of presses) await page.locator(`#${button}`).click();
            const root = page.locator("html");
            assert.deepEqual(
              [await root.getAttribute("lang"), await root.getAttribute("data-theme")],
              [language, theme],
            );
            const look = `${name}-${language}-${theme}-${width}`;
            assert.deepEqual(await axeFindings(page), [], look);
            const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
            assert(overflow <= 0, `${overflow} pixels stick out of ${look}`);
            await picture(page, look);
          }
        },
        { language: "ko" },
      );
    });
  }
}
