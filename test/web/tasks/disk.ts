import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { SINGLE_FILE } from "../../../scripts/page/build.ts";
import { REPOSITORY } from "../../cli/harness.ts";
import { axeFindings, picture, settled } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";

/** The page as one file: it asks the nodes that its reader names, and believes the descriptor that its reader gives. */
export function diskTests({ browsing, url, liar, network }: Stage): void {
  const file = pathToFileURL(join(REPOSITORY, "dist", "page", SINGLE_FILE)).href;

  test("the page runs from disk: its reader names nodes and a descriptor, and checks a DID and a credential", async () => {
    await browsing.visit(file, async (page) => {
      assert.match(await page.locator("h1").innerText(), /What this page trusts/);
      assert.deepEqual(await axeFindings(page), []);
      await page.locator("#nodes").fill(`${url}\n${liar.url}`);
      await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Ask these" }).press("Enter")]);
      await settled(page);
      await page.goto(`${file}?view=trust`);
      await settled(page);
      const buffer = await readFile(network.files.network);
      await Promise.all([
        page.waitForEvent("load"),
        page.locator("#descriptor").setInputFiles({ name: "network.json", mimeType: "application/json", buffer }),
      ]);
      await page.getByText("Chosen by you").waitFor();
      await page.goto(`${file}?view=did&id=${network.dids[1]?.did}`);
      await settled(page);
      assert.equal(await page.locator(".checks.good").count(), 1, await page.locator("main").innerText());
      await page.getByRole("link", { name: "Check a credential" }).press("Enter");
      await page.locator("#credential").waitFor();
      const revoked = network.credentials.find(({ name }) => name === "revoked")?.file ?? "";
      await page.locator("#credential").fill((await readFile(revoked, "utf8")).trim());
      await page.getByRole("button", { name: "Check", exact: true }).press("Enter");
      await page.locator("#verdict").waitFor();
      assert.match(await page.locator("#verdict").innerText(), /revoked this credential/);
      await picture(page, "from-disk-en-light-1280");
    });
  });
}
