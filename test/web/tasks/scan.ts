import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../helpers/real-node.ts";
import { axeFindings, INSECURE_HOST, picture } from "../helpers/browsing.ts";
import { cameraFile, codePicture } from "../helpers/codes.ts";
import type { Stage } from "../helpers/stage.ts";

/** A credential that is shown as a QR code, before a camera or as a picture, and never leaves the browser. */
export function scanTests({ browsing, url, network, camera }: Stage): void {
  const textOf = async (name: string) =>
    (await readFile(network.credentials.find((one) => one.name === name)?.file ?? "", "utf8")).trim();
  const verdictIn = async (page: Page) => {
    await page.locator("#verdict").waitFor();
    return page.locator("#verdict").innerText();
  };

  test("a code before the camera is read, judged, and sent nowhere; the camera is off then", async () => {
    const revoked = await textOf("revoked");
    await writeFile(camera, cameraFile(revoked));
    await browsing.visit(
      `${url}/?view=verify`,
      async (page) => {
        const sent: string[] = [];
        page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
        await page.locator("#scan").press("Enter");
        assert.match(await verdictIn(page), /revoked this credential/);
        assert.equal(await page.locator("#credential").inputValue(), revoked);
        assert.equal(await page.locator("video").count(), 0);
        assert.equal(await page.locator("#scan").innerText(), "Scan a QR code with the camera");
        for (const part of revoked.split(/[.~]/).filter((one) => one.length > 8))
          assert(!sent.join("\n").includes(part));
      },
      { camera: true },
    );
  });

  test("what the camera sees is shown until its reader stops it", async () => {
    await writeFile(camera, cameraFile("no credential").fill(0x80, 80));
    await browsing.visit(
      `${url}/?view=verify`,
      async (page) => {
        await page.locator("#scan").press("Enter");
        await until(() => page.evaluate<boolean>("document.querySelector('#camera')?.videoWidth > 0"));
        assert.deepEqual(await axeFindings(page), []);
        await picture(page, "scan-en-light-1280");
        await page.locator("#scan").press("Enter");
        await page.locator("video").waitFor({ state: "detached" });
        assert.equal(await page.locator("#verdict").count(), 0);
      },
      { camera: true },
    );
  });

  test("a picture of a code is read from a file, a drop and the clipboard", async () => {
    const bytes = codePicture(await textOf("valid"));
    await browsing.visit(`${url}/?view=verify`, async (page) => {
      await page.locator("#file").setInputFiles({ name: "card.gif", mimeType: "image/gif", buffer: bytes });
      assert.match(await verdictIn(page), /^Valid/);
    });
    for (const event of [
      "new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true })",
      "new ClipboardEvent('paste', { clipboardData: dataTransfer, bubbles: true, cancelable: true })",
    ]) {
      await browsing.visit(`${url}/?view=verify`, async (page) => {
        await page.evaluate(`{
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([new Uint8Array(${JSON.stringify([...bytes])})], "card.gif", { type: "image/gif" }));
          document.querySelector("#credential").dispatchEvent(${event});
        }`);
        assert.match(await verdictIn(page), /^Valid/);
      });
    }
  });

  test("why nothing was read is said: no code, no picture, too large, no leave to use the camera, no secure page", async () => {
    await browsing.visit(`${url}/?view=verify`, async (page) => {
      const give = async (buffer: Buffer, mimeType: string, said: RegExp) => {
        await page.locator("#file").setInputFiles({ name: "file", mimeType, buffer });
        await page.locator("#scan-state", { hasText: said }).waitFor();
      };
      const blank = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
      await give(blank, "image/gif", /No QR code could be read/);
      await give(Buffer.from("no picture"), "image/png", /can't be read/);
      await give(Buffer.alloc(200_001, "a"), "text/plain", /too large/);
      await page.locator("#scan").press("Enter");
      await page.locator("#scan-state", { hasText: /does not let this page use the camera/ }).waitFor();
      assert.deepEqual(await axeFindings(page), []);
    });
    const insecure = url.replace("127.0.0.1", INSECURE_HOST);
    await browsing.visit(
      `${insecure}/?view=verify`,
      async (page) => {
        assert.equal(await page.locator("#scan").count(), 0);
        assert.match(await page.locator("#no-scan").innerText(), /HTTPS/);
      },
      { origins: [insecure] },
    );
  });
}
