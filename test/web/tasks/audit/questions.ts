import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { axeFindings, picture, settled } from "../../helpers/browsing.ts";
import { enter, tabTo } from "../../helpers/keyboard.ts";
import type { Stage } from "../../helpers/stage.ts";

/** Every task of docs/auditing.md without a mouse. */
export function auditQuestionTests({ browsing, auditUrl, network }: Stage): void {
  const [list] = network.trust.lists;
  const issuer = list?.issuer.split(":").at(-1) ?? "";
  /** Goes to a question by the keyboard, and answers its fields in their order. */
  const ask = async (page: Page, question: string, values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) {
      await tabTo(page, `${question}-${name}`);
      await page.keyboard.type(value);
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`ask=${question}`));
    await settled(page);
    return page.locator("main").innerText();
  };
  const visitQuestions = (look: (page: Page) => Promise<void>) =>
    browsing.visit(auditUrl, async (page) => {
      await enter(page, "Ask about one thing");
      await page.waitForURL(/view=questions/);
      await settled(page);
      await look(page);
    });

  test("an auditor without a mouse filters the log by kind, name and time, and takes it as a file", async () => {
    await browsing.visit(auditUrl, async (page) => {
      await tabTo(page, "kind");
      await page.keyboard.type("Status list");
      await tabTo(page, "type");
      await page.keyboard.type("Statuses changed");
      await enter(page, "Filter");
      await page.waitForURL(/kind=list&type=changed/);
      await settled(page);
      const text = await page.locator("tbody").innerText();
      assert.match(text, /Statuses changed/);
      assert.doesNotMatch(text, /Status list created/);
      const download = page.waitForEvent("download");
      await enter(page, "All as CSV");
      const rows = (await readFile(await (await download).path(), "utf8")).trim().split("\n");
      assert(rows.length > 1 && rows.slice(1).every((row) => row.includes("changed")));
    });
  });

  test("an auditor without a mouse asks what a credential's status was, and who made it so", async () => {
    await visitQuestions(async (page) => {
      assert.deepEqual(await axeFindings(page), []);
      const text = await ask(page, "status", { issuer: list?.issuer ?? "", number: "0", index: "3" });
      assert.match(text, /Answer\s+revoked\s+Caused by transaction 0x[0-9a-f]{64}/);
      assert.deepEqual(await axeFindings(page), []);
      await picture(page, "questions-en-light-1280");
    });
    await visitQuestions(async (page) => {
      const text = await ask(page, "status", { issuer, number: "0", index: "3", asOf: "2020-01-01T00:00:00Z" });
      assert.match(text, /as of that block|nothing|no such|before/i);
      assert.equal(await page.locator('[role="alert"]').count(), 1);
    });
  });

  test("an auditor without a mouse asks who could have written to a DID, and is told what is wrong with a question", async () => {
    await visitQuestions(async (page) => {
      const text = await ask(page, "writers", { id: list?.issuer ?? "" });
      assert.match(text, /1 accounts could write/);
      assert.match(text, /setAttribute/);
    });
    await visitQuestions(async (page) => {
      const text = await ask(page, "status", { issuer: "0x12", number: "0", index: "3" });
      assert.match(text, /Wanted the issuer's address in lower case/);
    });
  });

  test("an auditor without a mouse asks whether a credential may be trusted, under both clocks", async () => {
    const file = network.credentials.find(({ name }) => name === "revoked")?.file ?? "";
    const [header = "", payload = ""] = (await readFile(file, "utf8")).split(".");
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
    const [{ kid }, { vct, iat }] = [read(header), read(payload)];
    await visitQuestions(async (page) => {
      const text = await ask(page, "trust", {
        issuer: list?.issuer ?? "",
        key: kid.split("#").at(-1),
        type: vct,
        at: new Date(iat * 1_000).toISOString().replace(/\.\d+/, ""),
        list: `${issuer}/0`,
        index: "3",
      });
      assert.match(text, /Not valid: refuse it: The issuer revoked this credential/);
    });
  });
}
