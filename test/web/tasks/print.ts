import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { PICTURES } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";

/** What of a view is on paper. */
export function printTests({ browsing, url, auditUrl, network }: Stage): void {
  const isSeen = (page: Page, selector: string) =>
    page.evaluate<boolean[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.checkVisibility({ contentVisibilityAuto: true }))`,
    );
  const print = async (page: Page, name: string) => {
    await page.emulateMedia({ media: "print" });
    for (const hidden of ["button", "nav", "form", "input", ".asked"])
      assert(
        (await isSeen(page, hidden)).every((one) => !one),
        `${hidden} of ${name} is on paper`,
      );
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
    assert(wide <= 0, `${wide} pixels of ${name} stick out`);
    const pdf = await page.pdf({ path: join(PICTURES, `${name}.pdf`), format: "A4", printBackground: true });
    assert.match(pdf.subarray(0, 8).toString("latin1"), /^%PDF-1/);
  };

  test("a DID on paper has its document, and each difference of its history without a click", async () => {
    const did = network.dids[1]?.did ?? "";
    await browsing.visit(
      `${url}/?view=did&id=${did}`,
      async (page) => {
        assert((await isSeen(page, ".timeline .diff")).every((one) => !one));
        await print(page, "did-print");
        const differences = await isSeen(page, ".timeline .diff");
        assert(differences.length > 1 && differences.every((one) => one));
        for (const seen of [".checks", ".lanes", "pre", "table", "footer"]) assert((await isSeen(page, seen))[0], seen);
        const text = await page.locator("main").innerText();
        for (const wanted of [did, "verificationMethod", "proven by seals"]) assert(text.includes(wanted), wanted);
      },
      { width: 794 },
    );
  });

  test("a verdict on paper has its reason, and not the credential", async () => {
    const file = network.credentials.find(({ name }) => name === "revoked")?.file ?? "";
    const credential = (await readFile(file, "utf8")).trim();
    await browsing.visit(
      `${url}/?view=verify`,
      async (page) => {
        await page.locator("#credential").fill(credential);
        await page.locator("#credential").press("Tab");
        await page.getByRole("button", { name: "Check", exact: true }).press("Enter");
        await page.locator("#verdict").waitFor();
        await print(page, "verify-print");
        const text = await page.locator("main").innerText();
        assert.match(text, /Not valid: refuse it[\s\S]*The issuer revoked this credential/);
        assert(!text.includes(credential.slice(0, 40)));
      },
      { width: 794 },
    );
  });

  test("paper is light, whatever theme its reader chose, and has the rows of the log", async () => {
    await browsing.visit(
      auditUrl,
      async (page) => {
        await page.locator("#theme").click();
        await page.locator("#theme").click();
        assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
        const rows = await page.locator("tbody tr").count();
        await print(page, "changes-print");
        const [text, paper] = await page.evaluate<string[]>(
          `[["body", "color"], [".scroll", "backgroundColor"]].map(([what, property]) => getComputedStyle(document.querySelector(what))[property])`,
        );
        assert.deepEqual([text, paper], ["rgb(30, 33, 36)", "rgb(255, 255, 255)"]);
        assert.equal((await isSeen(page, "tbody tr")).filter((one) => one).length, rows);
      },
      { width: 794, scheme: "dark" },
    );
  });
}
