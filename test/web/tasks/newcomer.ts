import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { picture, settled } from "../helpers/browsing.ts";
import { enter, tabTo } from "../helpers/keyboard.ts";
import type { Stage } from "../helpers/stage.ts";

/** What the same newcomer reads in each language, on a desktop and on a phone. */
const READERS = [
  {
    language: "ko",
    width: 390,
    type: "모바일 공무원증",
    check: "증명서를 확인하고 거부 이유 보기",
    today: /오늘 \d+건(?: 이상)?이 바뀌었습니다/,
    holds: "유효",
    verdict: /유효하지 않음: 거부하세요[\s\S]*발급기관이 이 증명서를 폐기했습니다/,
  },
  {
    language: "en",
    width: 1_280,
    type: "Official ID",
    check: "Check a credential, and see why it is refused",
    today: /\d+ changes (?:or more )?today/,
    holds: "holds",
    verdict: /Not valid: refuse it[\s\S]*The issuer revoked this credential/,
  },
] as const;

/** From the address that `npm start` prints, with nothing read before and without a mouse. */
export function newcomerTests({ browsing, url, network }: Stage): void {
  for (const { language, width, type, check, today, holds, verdict } of READERS) {
    test(`a newcomer finds who may issue official IDs, what changed today, and why a card is refused, in ${language}`, async () => {
      await browsing.visit(
        `${url}/`,
        async (page) => {
          assert.match(await page.locator("main").innerText(), today);
          await enter(page, type);
          await page.waitForURL(/view=type/);
          await settled(page);
          assert.equal(await page.locator("h1").innerText(), type);
          const tree = await page.locator(".tree").innerText();
          assert.match(tree, /행정안전부[\s\S]*모바일 공무원증 발급기관/);
          assert(tree.includes(holds), tree);

          await page.goBack();
          await page.waitForURL((address) => !address.search.includes("view=type"));
          await settled(page);
          await enter(page, check);
          await page.locator("#credential").waitFor();
          await tabTo(page, "credential");
          const file = network.credentials.find(({ name }) => name === "revoked")?.file ?? "";
          await page.keyboard.insertText((await readFile(file, "utf8")).trim());
          // Tab goes on to the button; the verdict has the focus then.
          await enter(page, language === "ko" ? "확인" : "Check");
          await page.locator("#verdict").waitFor();
          assert.equal(await page.locator("#verdict:focus").count(), 1);
          assert.match(await page.locator("#verdict").innerText(), verdict);
          assert.equal(await page.locator(".steps details[open]").count(), 1);
          await picture(page, `newcomer-${language}-light-${width}`);
        },
        { language, width, timeZone: zoneOfNoon() },
      );
    });
  }
}

/** A time zone in which it is about noon: what changed some minutes ago changed today, whenever the test runs. */
function zoneOfNoon(): string {
  // Names of these zones have the sign that POSIX gives them: east of Greenwich is negative.
  const hours = new Date().getUTCHours() - 12;
  return `Etc/GMT${hours < 0 ? hours : `+${hours}`}`;
}
