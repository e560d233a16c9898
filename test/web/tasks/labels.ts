import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { axeFindings } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";

/** What others may write into a registry, or a node into its answers: HTML, characters that turn text around, 96 bytes of anything. */
const HOSTILE = [
  '<img src=x onerror="document.title=1">',
  "</script><script>document.title=1</script>",
  "\u202eevil\u2066\u2069",
  "W".repeat(96),
  "가".repeat(32),
  "\u{1f1f0}\u200d\u0301\u0000\u0007",
  "{{document.title=1}}",
];

export function labelTests({ browsing, liar, network }: Stage): void {
  afterEach(() => {
    liar.alter = () => undefined;
  });

  test("whatever a node says is shown as text: nothing of it becomes a part of the page or makes it wider", async () => {
    liar.alter = (path, body) => {
      if (path.startsWith("/changes")) {
        const feed = JSON.parse(body) as { changes: object[] };
        const [first] = feed.changes;
        const changes = HOSTILE.map((text) => ({
          ...first,
          kind: "grant",
          type: text,
          label: text,
          typeId: text,
          subject: text,
        }));
        return JSON.stringify({ ...feed, changes });
      }
      if (path === "/types") {
        const answer = JSON.parse(body) as { types: object[] };
        return JSON.stringify({
          ...answer,
          types: HOSTILE.map((uri, at) => ({ ...answer.types[0], uri, typeId: `0x${String(at).repeat(64)}` })),
        });
      }
      return path === "/status" ? body.replace('"version":"', `"version":"${"<b>".repeat(30)}`) : undefined;
    };
    for (const view of ["", "?view=types", "?view=watch", `?view=search&q=${encodeURIComponent(HOSTILE[0] ?? "")}`]) {
      await browsing.visit(
        `${liar.url}/${view}`,
        async (page) => {
          assert.equal(await page.locator("main img, main script, main b").count(), 0);
          assert.match(await page.title(), /Mapae/);
          assert((await page.locator("main").innerText()).includes("<img src=x"), view);
          const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          assert((overflow as number) <= 0, `${overflow} pixels stick out of ${view}`);
          assert.deepEqual(await axeFindings(page), []);
        },
        { width: 390 },
      );
    }
  });

  test("an address that is no DID, however long, is refused with what was got", async () => {
    await browsing.visit(`${liar.url}/?view=did&id=${encodeURIComponent("<script>".repeat(100))}`, async (page) => {
      assert.match(await page.locator('[role="alert"]').innerText(), /<script>/);
      assert.equal(await page.locator("main script").count(), 0);
    });
    assert(network.dids.length > 0);
  });
}
