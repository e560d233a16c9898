import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/page/find-chromium.ts";
import { REPOSITORY } from "../../cli/harness.ts";

/** Where screenshots of a run are kept. */
export const PICTURES = join(REPOSITORY, "dist", "pictures");

/** A browser whose pages are watched: what none of them may do fails the test that did it. */
export interface Browsing {
  /** Opens a page, gives it to `look`, and fails when it broke its policy, threw, or asked another origin. */
  visit<T>(url: string, look: (page: Page) => Promise<T>, options?: Visit): Promise<T>;
}

export interface Visit {
  readonly language?: "ko" | "en";
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  readonly reducedMotion?: boolean;
  /** Name in the IANA database; that of Seoul by default. */
  readonly timeZone?: string;
  /** Whether the reader lets the page use the camera. */
  readonly camera?: boolean;
  /** Origins that this page may ask besides. */
  readonly origins?: readonly string[];
  /** The descriptor that the reader chose on an earlier visit. */
  readonly descriptor?: unknown;
}

/** What is not the page's fault: the browser's own words about a node that does not answer, or answers with an error. */
const OF_THE_NETWORK = /Failed to load resource|net::ERR_/;

/** A host that leads to this machine, of which a browser does not know that it does: what comes from it over HTTP is not secure. */
export const INSECURE_HOST = "node.example";

/**
 * @param origins those that a page may ask.
 * @param camera the file with what the browser's camera sees, as Y4M; it may be written later.
 */
export async function startBrowsing(
  { after }: { after(end: () => Promise<void>): void },
  origins: readonly string[],
  camera = "/dev/null",
): Promise<Browsing> {
  const args = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${camera}`,
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  ];
  const browser: Browser = await chromium.launch({ executablePath: await findChromium(), args });
  after(() => browser.close());
  await mkdir(PICTURES, { recursive: true });
  return {
    async visit(url, look, visit = {}) {
      const { language = "en", scheme = "light", width = 1_280, reducedMotion = false, descriptor } = visit;
      const { timeZone = "Asia/Seoul" } = visit;
      const settings: BrowserContextOptions = {
        viewport: { width, height: 900 },
        locale: language === "ko" ? "ko-KR" : "en-GB",
        timezoneId: timeZone,
        colorScheme: scheme,
        reducedMotion: reducedMotion ? "reduce" : "no-preference",
        permissions: visit.camera ? ["camera"] : [],
      };
      const context = await browser.newContext(settings);
      const faults: string[] = [];
      context.on("request", (request) => {
        const { origin, protocol } = new URL(request.url());
        if (![...origins, ...(visit.origins ?? [])].includes(origin) && protocol.startsWith("http"))
          faults.push(`asked ${request.url()}`);
      });
      await context.exposeFunction("mapaeViolation", (what: string) => void faults.push(`broke its policy: ${what}`));
      await context.addInitScript(
        `addEventListener("securitypolicyviolation", (e) => mapaeViolation(e.violatedDirective + " " + e.blockedURI + " " + e.sample));` +
          (descriptor === undefined
            ? ""
            : `localStorage.setItem("mapae", JSON.stringify({ ...JSON.parse(localStorage.getItem("mapae") ?? "{}"), descriptor: ${JSON.stringify(descriptor)} }));`),
      );
      try {
        const page = await context.newPage();
        page.on("pageerror", (error) => faults.push(`threw ${error.stack ?? error.message}`));
        page.on("console", (message) => {
          const text = message.text();
          if (message.type() === "error" && !OF_THE_NETWORK.test(text)) faults.push(`said ${text}`);
        });
        await page.goto(url);
        await settled(page);
        const result = await look(page);
        assert.deepEqual(faults, []);
        return result;
      } finally {
        await context.close();
      }
    },
  };
}

/** Waits until the view is there, or what is shown in its place. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main[aria-busy="false"]', { timeout: 60_000 });
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong in a page: the rule and where. */
export async function axeFindings(page: Page): Promise<string[]> {
  // The page's own policy lets no script in: this one comes by the browser's debugger.
  await page.evaluate(await readFile(AXE, "utf8"));
  const found = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`)) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} (${failureSummary.slice(0, 300)})`),
  );
}

/** Keeps a picture of the whole page. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
