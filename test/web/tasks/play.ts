import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../helpers/real-node.ts";
import { axeFindings, picture, settled } from "../helpers/browsing.ts";
import { writeAs } from "../helpers/command.ts";
import type { Stage } from "../helpers/stage.ts";

/** Milliseconds between two pictures of a play. */
const PICTURE_MS = 300;

/** A status list as of any moment, by the history that the page verifies itself. */
export function playTests({ browsing, url, network, liar }: Stage): void {
  const [, welfare, licences] = network.trust.lists;
  const addressOf = (did = "") => did.split(":").at(-1) ?? "";
  const view = `?view=list&issuer=${addressOf(welfare?.issuer)}&number=0`;

  /** The list as its issuer signed it before it changed: it is good for a day. */
  let older = "";

  before(async () => {
    older = await (await fetch(welfare?.uri ?? "", { headers: { accept: "application/statuslist+jwt" } })).text();
    const status = (did = "", ...words: string[]) => writeAs(network, did, ["status", ...words]);
    await status(welfare?.issuer, "suspend", welfare?.issuer ?? "", "0", "--index", "500");
    await status(welfare?.issuer, "reinstate", welfare?.issuer ?? "", "0", "--index", "500");
    await status(welfare?.issuer, "revoke", welfare?.issuer ?? "", "0", "--index", "600-602");
    await status(licences?.issuer, "checkpoint", licences?.issuer ?? "", "0");
    await status(licences?.issuer, "revoke", licences?.issuer ?? "", "0", "--index", "9");
    // Until the operators attested these blocks, and the lists are signed again.
    for (const [issuer, marked] of [
      [welfare?.issuer, 5],
      [licences?.issuer, 2],
    ] as const) {
      await until(() =>
        browsing.visit(`${url}/?view=list&issuer=${addressOf(issuer)}&number=0`, async (page) => {
          const text = await page.locator("main").innerText();
          return text.includes(`not valid (${marked})`) && text.includes("proven by seals");
        }),
      );
    }
  });

  const shown = async (page: Page) => ({
    asOf: await page.locator("#as-of").innerText(),
    entries: (await page.locator("tbody td:first-child").allInnerTexts()).join(" "),
  });

  test("a reader without a mouse goes through the history of a list, and the table follows", async () => {
    await browsing.visit(`${url}/${view}`, async (page) => {
      assert.match((await shown(page)).asOf, /^As it is now. Here 3 became revoked, 0 suspended/);
      assert.equal((await shown(page)).entries, "11 12 600 601 602");
      await page.locator("#moment").focus();
      await page.keyboard.press("Home");
      assert.match((await shown(page)).asOf, /The list was created/);
      assert.match(await page.locator("main").innerText(), /All entries are valid/);
      await page.keyboard.press("ArrowRight");
      assert.match((await shown(page)).asOf, /Here 1 became revoked, 1 suspended/);
      await page.keyboard.press("ArrowRight");
      assert.equal((await shown(page)).entries, "11 12 500");
      assert.match((await page.locator("#moment").getAttribute("aria-valuetext")) ?? "", /block \d+/);
      assert.match(page.url(), /asOf=/);
      assert.deepEqual(await axeFindings(page), []);
      // The address leads to the same moment; the picture's own keys say what the entry was then.
      await page.reload();
      await settled(page);
      assert.equal((await shown(page)).entries, "11 12 500");
      await page.locator("canvas").press("End");
      assert.equal(await page.locator("#entry").innerText(), "Entry 500: suspended");
      await picture(page, "list-past-en-light-1280");
      await page.locator("#later").press("Enter");
      assert.match((await shown(page)).asOf, /0 suspended and 1 valid again/);
      assert.equal(await page.locator("#entry").innerText(), "Entry 500: valid");
      await page.locator("#newest").press("Enter");
      assert.equal((await shown(page)).entries, "11 12 600 601 602");
      assert.doesNotMatch(page.url(), /asOf=/);
    });
  });

  test("a list is played from its beginning to its end, and stops where its reader says so", async () => {
    await browsing.visit(`${url}/${view}`, async (page) => {
      // The page's time passes as the test lets it: a whole play lasts two seconds, in which a busy machine may not look once.
      await page.clock.install();
      await page.clock.pauseAt(Date.now() + 3_600_000);
      const play = page.locator("#play");
      await play.press("Enter");
      assert.equal(await play.innerText(), "Pause");
      assert.match((await shown(page)).asOf, /The list was created/);
      await page.clock.runFor(PICTURE_MS);
      assert.match((await shown(page)).asOf, /Here 1 became revoked, 1 suspended/);
      await page.clock.runFor(60 * PICTURE_MS);
      assert.match((await shown(page)).asOf, /^As it is now/);
      assert.equal(await play.innerText(), "Play");
      await play.press("Enter");
      await page.clock.runFor(PICTURE_MS);
      await play.press("Enter");
      assert.equal(await play.innerText(), "Play");
      assert.match(page.url(), /asOf=/);
      await page.clock.runFor(60 * PICTURE_MS);
      assert.match((await shown(page)).asOf, /Here 1 became revoked, 1 suspended/);
    });
  });

  test("who wants no motion has no play, and the same moments", async () => {
    await browsing.visit(
      `${url}/${view}`,
      async (page) => {
        assert.equal(await page.locator("#play").count(), 0);
        await page.locator("#earlier").press("Enter");
        assert.equal((await shown(page)).entries, "11 12");
      },
      { reducedMotion: true },
    );
  });

  test("a history that begins with a checkpoint says so, and begins with what the checkpoint holds", async () => {
    await browsing.visit(`${url}/?view=list&issuer=${addressOf(licences?.issuer)}&number=0`, async (page) => {
      assert.match(await page.locator(".player").innerText(), /begins at a checkpoint of the whole list in block \d+/);
      await page.locator("#moment").press("Home");
      assert.equal((await shown(page)).entries, "5");
    });
  });

  test("an older list that its issuer signed is told from what the seals prove, and its node is named", async () => {
    liar.alter = (path) => (path.startsWith("/status-lists/") ? older : undefined);
    try {
      await browsing.visit(`${url}/${view}`, async (page) => {
        const bad = page.locator(".checks li", { has: page.locator(".badge.bad") });
        const text = (await bad.allInnerTexts()).join("\n");
        assert(text.includes(liar.name), text);
        assert.match(text, /contradicts what the seals of block \d+ prove/);
        assert.match(text, /serve different statuses at 3 places/);
      });
    } finally {
      liar.alter = () => undefined;
    }
  });

  test("a history that the seals do not prove is not shown, and its node is named", async () => {
    liar.alter = (path, body) => {
      if (!path.startsWith("/proofs/status-lists/")) return undefined;
      const envelope = JSON.parse(body) as { subjects: { events: unknown[] }[] };
      const subjects = envelope.subjects.map((one) => ({ ...one, events: one.events.toSpliced(-2, 1) }));
      return JSON.stringify({ ...envelope, subjects });
    };
    try {
      await browsing.visit(`${liar.url}/${view}`, async (page) => {
        assert.equal(await page.locator(".player").count(), 0);
        assert.match(await page.locator("main").innerText(), /no node proves its history/);
        assert((await page.locator(".checks li", { has: page.locator(".badge.bad") }).innerText()).includes(liar.name));
      });
    } finally {
      liar.alter = () => undefined;
    }
  });
}
