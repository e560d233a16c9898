import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { descriptorHash, parseNetworkDescriptor } from "../../../resolver/network.ts";
import { settled } from "../helpers/browsing.ts";
import { enter, tabTo } from "../helpers/keyboard.ts";
import type { Stage } from "../helpers/stage.ts";

/** Every task of docs/verifying.md without a mouse. */
export function keyboardTests({ browsing, url, network }: Stage): void {
  const agency = network.dids[1]?.did ?? "";

  test("a verifier without a mouse pins the descriptor's hash, resolves an issuer, and reads its list to an entry", async () => {
    const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(network.files.network, "utf8")));
    await browsing.visit(url, async (page) => {
      await enter(page, "What is trusted");
      await page.waitForURL(/view=trust/);
      await settled(page);
      await tabTo(page, "hash");
      await page.keyboard.type(descriptorHash(descriptor));
      await page.keyboard.press("Enter");
      await page.getByText("Chosen by you").waitFor();

      await tabTo(page, "q");
      await page.keyboard.type(agency);
      await page.keyboard.press("Enter");
      await page.waitForURL(/view=did/);
      await settled(page);
      assert.match(await page.locator("main").innerText(), /verificationMethod[\s\S]*assertionMethod/);
      await enter(page, "List 0");
      await page.waitForURL(/view=list/);
      await settled(page);
      await tabTo(page, "moment");
      await page.keyboard.press("Home");
      assert.match(await page.locator("#as-of").innerText(), /The list was created/);
      await page.keyboard.press("End");
      await tabTo(page, /entries, of which \d+ are revoked/);
      await page.keyboard.press("Home");
      assert.equal(await page.locator("#entry").innerText(), "Entry 3: revoked");
    });
  });

  test("a verifier without a mouse sees who might issue a type at another moment, and checks a presentation", async () => {
    await browsing.visit(url, async (page) => {
      await enter(page, "Who may issue");
      await page.waitForURL(/view=types/);
      await settled(page);
      await enter(page, "Official ID");
      await page.waitForURL(/view=type&/);
      await settled(page);
      await tabTo(page, "step");
      await page.keyboard.press("Home");
      await page.getByText("Nobody may issue it").waitFor();

      await enter(page, "Check a credential");
      await page.locator("#credential").waitFor();
      await tabTo(page, "credential");
      const file = network.credentials.find(({ name }) => name === "valid")?.file ?? "";
      await page.keyboard.insertText((await readFile(file, "utf8")).trim());
      await enter(page, "It was presented to me");
      await tabTo(page, "nonce");
      await page.keyboard.type("n-1");
      await tabTo(page, "audience");
      await page.keyboard.type("https://gate.example");
      await enter(page, "Check");
      await page.locator("#verdict").waitFor();
      assert.match(await page.locator("#verdict").innerText(), /did not sign this presentation/);
    });
  });
}
