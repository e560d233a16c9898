import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/page/find-chromium.ts";
import { REPOSITORY } from "../../cli/harness.ts";

const PIN = "135790";

/** The wallet's vault as a script, and a page of a site without anything. */
const { outputFiles } = await build({
  stdin: {
    contents: 'export * from "./vault.ts"; export * from "./database.ts";',
    resolveDir: join(REPOSITORY, "examples/mobile-id/wallet/page/vault"),
  },
  bundle: true,
  format: "iife",
  globalName: "wallet",
  write: false,
});
const script = outputFiles[0]?.text ?? "";
const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
server.listen(0, "localhost");
await once(server, "listening");
const browser = await chromium.launch({ executablePath: await findChromium(), args: ["--no-sandbox"] });
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** A tab of a browser with the vault's code; tabs of one context have one database. */
async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.evaluate(`${script}; globalThis.wallet = wallet;`);
  await page.evaluate("wallet.openDatabase().then((database) => { globalThis.database = database; })");
  return page;
}

/** What an expression gives in a tab; the code of its error where it throws one. */
async function outcome(page: Page, expression: string): Promise<unknown> {
  return page.evaluate(`(async () => ${expression})().then((value) => value, ({ code, name }) => code ?? name)`);
}

const create = `{ globalThis.vault = await wallet.Vault.create(database, { pin: "${PIN}" }); return "created"; }`;
const open = (pin: string) =>
  `{ globalThis.vault = await wallet.Vault.open(database, { pin: "${pin}" }); return "opened"; }`;
const write = '{ await vault.write("card/1", { name: "1" }); return "written"; }';
const makeKey = '{ await vault.makeKey(); return "made"; }';

test("a wallet that two tabs set up has one lock, and the cards of the first tab can be read", async () => {
  const context = await browser.newContext();
  const [first, second] = [await openTab(context), await openTab(context)];
  assert.equal(await outcome(first, create), "created");
  assert.equal(await outcome(first, write), "written");
  assert.equal(await outcome(second, create), "LOCK_EXISTS");
  assert.equal(await outcome(second, open(PIN)), "opened");
  assert.deepEqual(await outcome(second, 'vault.all("card/")'), [{ name: "1" }]);
  await context.close();
});

test("a tab that was unlocked when another tab erased the wallet writes nothing, also when there is a new wallet", async () => {
  const context = await browser.newContext();
  const [first, second] = [await openTab(context), await openTab(context)];
  assert.equal(await outcome(first, create), "created");
  assert.equal(await outcome(second, open(PIN)), "opened");
  await outcome(first, "wallet.eraseAll(database)");
  for (const change of [write, makeKey]) assert.equal(await outcome(second, change), "LOCK_CHANGED", "erased");
  assert.equal(await outcome(first, create), "created");
  for (const change of [write, makeKey]) assert.equal(await outcome(second, change), "LOCK_CHANGED", "a new wallet");
  assert.deepEqual(await outcome(first, 'vault.all("card/")'), []);
  assert.equal(await outcome(first, write), "written");
  await context.close();
});

test("wrong PINs that are typed in several tabs at the same time are all counted", async () => {
  const context = await browser.newContext();
  const tabs = [await openTab(context), await openTab(context), await openTab(context)];
  const [first = assert.fail()] = tabs;
  assert.equal(await outcome(first, create), "created");
  const tries = tabs.map((tab) => outcome(tab, open("000000")));
  assert.deepEqual(
    await Promise.all(tries),
    tabs.map(() => "LOCK_WRONG_PIN"),
  );
  assert.equal(await outcome(first, "(await wallet.Vault.lockOf(database)).wrongPins"), tabs.length);
  await context.close();
});
