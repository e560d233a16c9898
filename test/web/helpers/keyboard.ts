import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** Most presses of Tab that a reader needs to get anywhere on a page. */
const MOST_PRESSES = 120;

/**
 * Presses Tab until what has the focus is called so, by its id or what a screen reader says; fails where a reader without a mouse
 * does not get there. From where the focus is now.
 */
export async function tabTo(page: Page, wanted: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < MOST_PRESSES; presses++) {
    await page.keyboard.press("Tab");
    const [id = "", name = ""] = await page.evaluate<string[]>(
      `(() => { const one = document.activeElement; return [one.id, one.getAttribute("aria-label") ?? one.innerText ?? ""]; })()`,
    );
    if (typeof wanted === "string" ? id === wanted || name.trim() === wanted : wanted.test(name)) return;
    seen.push(id || name.slice(0, 40));
  }
  assert.fail(`${wanted} is not reached by Tab: ${seen.join(", ")}`);
}

/** Goes there and presses Enter. */
export async function enter(page: Page, wanted: string | RegExp): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}
