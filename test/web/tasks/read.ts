import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { settled } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";

/** Presses Tab until something with a name has the focus: a reader without a mouse gets there. */
export function readTests({ browsing, url, network }: Stage): void {
  const [ministry, agency] = network.dids;

  test("a reader without a mouse finds a DID by its address, and sees its document, keys and history", async () => {
    await browsing.visit(url, async (page) => {
      await page.keyboard.press("Tab");
      assert.match((await page.locator(":focus").textContent()) ?? "", /Skip/);
      for (let presses = 0; presses < 10; presses++) {
        if ((await page.locator(":focus").getAttribute("id")) === "q") break;
        await page.keyboard.press("Tab");
      }
      await page.keyboard.type(agency?.did.split(":").at(-1) ?? "");
      await page.keyboard.press("Enter");
      await page.waitForURL(/view=did/);
      await settled(page);
      assert.equal(await page.locator("h1").textContent(), "DID");
      assert.equal(await page.locator("h1:focus").count(), 1, "the view's title has the focus");
      const text = await page.locator("main").innerText();
      for (const wanted of [
        agency?.did ?? "",
        "모바일 공무원증 발급기관",
        "2 nodes have the same",
        "Ed25519",
        "CredentialIssuer",
      ]) {
        assert(text.includes(wanted), `${wanted} in ${text}`);
      }
      await page.goBack();
      await settled(page);
      assert.match(await page.locator("h1").innerText(), /Overview/);
    });
  });

  test("the same address leads to the same view, and a language and a theme are kept", async () => {
    await browsing.visit(`${url}/?view=did&id=${ministry?.did}`, async (page) => {
      await page.locator("#language").click();
      await page.locator("#theme").click();
      await page.reload();
      await settled(page);
      assert.equal(await page.locator("html").getAttribute("lang"), "ko");
      assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
      assert.match(await page.locator("main").innerText(), /이력/);
    });
  });

  test("a descriptor from a file is the reader's own from then on; a wrong file is refused with its fault", async () => {
    await browsing.visit(`${url}/?view=trust`, async (page) => {
      assert.match(await page.locator("main").innerText(), /Taken from this node/);
      const give = (buffer: Buffer) =>
        page.locator("#descriptor").setInputFiles({ name: "network.json", mimeType: "application/json", buffer });
      await give(Buffer.from('{"version":1}'));
      assert.match(await page.locator('[role="alert"]').innerText(), /name/);
      await give(await readFile(network.files.network));
      await page.getByText("Chosen by you").waitFor();
      await page.goto(`${url}/?view=did&id=${agency?.did}`);
      await settled(page);
      assert.match(await page.locator(".checks").innerText(), /descriptor that you chose/);
      assert.equal(await page.locator(".checks.good").count(), 1, "nothing is left in doubt");
    });
  });

  test("what is shown of a DID, a list and an issuer is proven by seals, and the overview says whose", async () => {
    const address = agency?.did.split(":").at(-1);
    for (const view of [
      `view=did&id=${agency?.did}`,
      `view=list&issuer=${address}&number=0`,
      `view=onboarding&id=${agency?.did}`,
    ]) {
      await browsing.visit(`${url}/?${view}`, async (page) => {
        const badge = page.locator(".badge", { hasText: "proven by seals" });
        assert.equal(await badge.count(), 1, view);
        assert.match(await page.locator(".checks").innerText(), /the seals of block [\d,]+ prove/);
      });
    }
    await browsing.visit(url, async (page) => {
      const text = await page.locator("main").innerText();
      assert.match(text, /A block counts as proven when 1 of these operators \(1 in all\) signed it/);
      assert.match(text, /Proven up to block/);
    });
  });

  test("what was asked for a view is listed, each as a link and as a command", async () => {
    await browsing.visit(`${url}/?view=did&id=${agency?.did}`, async (page) => {
      await page.locator(".asked summary").click();
      const links = await page.locator(".asked a").allInnerTexts();
      assert(links.includes(`${url}/issuers/${agency?.did}`), links.join("\n"));
      const command = await page.locator(".asked [data-copy]").first().getAttribute("data-copy");
      assert.match(command ?? "", /^curl -sS .*'http:\/\/127\.0\.0\.1:/);
    });
  });
}
