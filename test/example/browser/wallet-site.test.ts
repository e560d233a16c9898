import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { chromium } from "playwright-core";
import { localUrls } from "../../../examples/mobile-id/local-config.ts";
import type { ExampleConfig } from "../../../examples/mobile-id/shared/config.ts";
import { findChromium } from "../../../scripts/page/find-chromium.ts";
import { freeRange } from "../../../scripts/rehearsal/free-ports.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { startParts } from "../helpers/parts.ts";
import { PARTS } from "../helpers/stage.ts";
import { record } from "./helpers/recorder.ts";

/** The wallet's site alone, which needs neither a network nor an issuer to serve its files. */
async function startSite(t: { after(end: () => Promise<void>): void }): Promise<ExampleConfig> {
  const data = await temporaryFolder(t);
  const vector = await readFile(new URL("../../vectors/bundles/attested.json", import.meta.url), "utf8");
  const network = join(data, "network.json");
  await writeFile(network, JSON.stringify((JSON.parse(vector) as { network: unknown }).network));
  const urls = localUrls(await freeRange(PARTS));
  const nowhere = { chain: "http://localhost:1", nodes: ["http://localhost:1"], agreement: 1 };
  const nobody = { issuers: {}, verifiers: {}, certificates: false, password: join(data, "password") };
  const config: ExampleConfig = { network, data, urls, ...nowhere, ...nobody };
  const file = join(data, "config.json");
  await writeFile(file, JSON.stringify(config));
  await startParts(t, { file, config, programs: ["wallet"] });
  return config;
}

test("the wallet's site goes on after a request whose target is no path", async (t) => {
  const { urls } = await startSite(t);
  const statusOf = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(urls.wallet, { path }, (answer) => resolve(answer.resume().statusCode));
      asked.on("error", reject).end();
    });
  for (const path of ["//", "//[", "*", "http://["]) assert.equal(await statusOf(path), 404, path);
  assert.equal(await statusOf("/"), 200);
});

/** A wallet that a browser installed, and what its site received. */
async function installed(t: TestContext) {
  const { urls } = await startSite(t);
  const site = await record(urls.wallet);
  t.after(() => site.close());
  const browser = await chromium.launch({ executablePath: await findChromium(), args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const page = await (await browser.newContext()).newPage();
  await page.goto(site.url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return { site, page };
}

test("whoever opens an installed wallet, by itself or by a site's link, sends its site nothing that day", async (t) => {
  const { site, page } = await installed(t);
  const before = site.received().length;
  for (const path of ["/", "/authorize?client_id=verifier&request_uri=https://verifier.example/1"]) {
    await page.goto(site.url + path);
    await page.locator("[data-screen=start]").waitFor();
    // What a browser does some time after each opening.
    await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  }
  assert.equal(site.received().subarray(before).toString(), "");
});

test("a link to a wallet whose files the browser cleared names the verifier to the page, and not to its site", async (t) => {
  const { site, page } = await installed(t);
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  const before = site.received().length;
  await page.goto(`${site.url}/authorize?client_id=verifier&request_uri=https://verifier.example/1`);
  await page.locator("[data-screen=start]").waitFor();
  const sent = site.received().subarray(before).toString();
  assert.match(sent, /^GET \/ HTTP/m);
  assert.doesNotMatch(sent, /verifier/);
});
