import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import { buildPage } from "../../page/build.ts";
import { findChromium } from "../../page/find-chromium.ts";
import type { Row } from "../measuring/row.ts";
import { median } from "../measuring/timing.ts";
import type { Sizes } from "../sizes.ts";
import { LARGE_LIST, openPageNetwork, type PageNetwork } from "./network.ts";

/** Limits in milliseconds: until the first paint, and of the longest task, during which the page does not respond. */
const [FIRST_PAINT, LONG_TASK] = [1_000, 200];

/** Waiting times of the page's views with the largest possible list, as measured by Chromium. */
export async function pageRows(sizes: Sizes["page"]): Promise<Row[]> {
  await buildPage(join(REPOSITORY, "dist", "page"));
  await using network = await openPageNetwork(sizes.events);
  await using browser = await chromium.launch({ executablePath: await findChromium(), args: ["--no-sandbox"] });
  const rows: Row[] = [];
  for (const view of viewsOf(network)) rows.push(...(await rowsOf(browser, view, sizes)));
  return rows;
}

type Act = (page: Page) => Promise<void>;

/** A view of the page: its name, its URL, and what the reader does there. */
type View = readonly [name: string, url: string, act: Act];

function viewsOf({ url, auditUrl, issuer, network }: PageNetwork): View[] {
  const nothing = async () => undefined;
  const list = `${url}/?view=list&issuer=${issuer}&number=${LARGE_LIST.number}`;
  const did = network.trust.lists[0]?.issuer ?? "";
  return [
    ["overview", url, nothing],
    ["a DID", `${url}/?view=did&id=${did}`, nothing],
    ["change log", auditUrl, nothing],
    ["list", list, nothing],
    ["list, played", list, play],
  ];
}

/** Plays a list from its first change to its last. */
async function play(page: Page): Promise<void> {
  await page.locator("#play").click();
  await page.locator("#newest:enabled").waitFor();
  await page.locator("#newest:disabled").waitFor({ timeout: 120_000 });
}

async function rowsOf(browser: Browser, [name, url, act]: View, { rounds, events }: Sizes["page"]): Promise<Row[]> {
  const measured: { paint: number; task: number; shown: number }[] = [];
  for (let round = 0; round < rounds; round++) measured.push(await measure(browser, url, act));
  const middle = (of: "paint" | "task" | "shown") => median(measured.map((one) => one[of]));
  process.stderr.write(`  ${name}: completely shown after ${middle("shown").toFixed(0)} ms\n`);
  const { size, chunks, eachChunk } = LARGE_LIST;
  const what = `${size.toLocaleString("en")} entries, ${(events * chunks * eachChunk).toLocaleString("en")} changes`;
  const row = { size: what, peer: "a limit of ours", unit: "ms", goal: 1 } as const;
  return [
    { ...row, topic: `page: ${name}, first paint`, ours: middle("paint"), theirs: FIRST_PAINT },
    { ...row, topic: `page: ${name}, longest task`, ours: middle("task"), theirs: LONG_TASK },
  ];
}

async function measure(browser: Browser, url: string, act: Act) {
  await using context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(
    `globalThis.tasks = []; new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask", buffered: true });`,
  );
  await page.goto(url);
  await page.waitForSelector('main[aria-busy="false"]', { timeout: 120_000 });
  const shown = await page.evaluate<number>("performance.now()");
  await act(page);
  // Also measures drawing after the last answer.
  await page.evaluate("new Promise((next) => requestAnimationFrame(() => setTimeout(next, 300)))");
  const paint = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity",
  );
  const task = await page.evaluate<number>("Math.max(0, ...tasks)");
  return { paint, task, shown };
}
