import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { settled } from "../../helpers/browsing.ts";
import type { Stage } from "../../helpers/stage.ts";

/** What an auditor does: filter the log, follow a subject and an account, take it as a file. */
export function auditTests({ browsing, auditUrl, network }: Stage): void {
  test("an auditor finds who changed what, by kind, subject and account, page by page", async () => {
    await browsing.visit(auditUrl, async (page) => {
      await page.locator("#kind").selectOption("list");
      await page.locator("#kind").press("Tab");
      await page.getByRole("button", { name: "Filter" }).press("Enter");
      await page.waitForURL(/kind=list/);
      await settled(page);
      const text = await page.locator("tbody").innerText();
      assert.match(text, /Statuses changed/);
      assert.doesNotMatch(text, /Credential type added/);
      await page.locator("tbody tr").first().locator("td").nth(2).locator("a").press("Enter");
      await page.waitForURL(/subject=0x/);
      await settled(page);
      assert((await page.locator("tbody tr").count()) >= 2);
      await page.locator("tbody tr summary").first().press("Enter");
      assert.match(await page.locator("tbody tr details").first().innerText(), /"size":131072|"issuer"/);
    });
  });

  test("the whole log is a file, as JSON lines and as CSV", async () => {
    await browsing.visit(auditUrl, async (page) => {
      for (const [name, first] of [
        ["All as JSON lines", /^\{"block":\d+/],
        ["All as CSV", /^block,blockHash/],
      ] as const) {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name }).press("Enter");
        assert.match(await readFile(await (await download).path(), "utf8"), first);
      }
    });
  });

  test("the page of an audit listener has no view of the public part, and the public one no log", async () => {
    await browsing.visit(`${auditUrl}/?view=did&id=${network.dids[1]?.did}`, async (page) => {
      assert.match(await page.locator('[role="alert"]').innerText(), /no such view/);
    });
  });

  test("a listener that wants a token gets it from the page's memory, which forgets it when it is loaded again", async (t) => {
    const url = await inFrontOf(t, auditUrl, (request, response) => {
      const isLog = request.url?.startsWith("/audit/") ?? false;
      if (isLog && request.headers.authorization !== "Bearer the-token") {
        response.writeHead(401, { "content-type": "application/problem+json" });
        response.end(JSON.stringify({ code: "AUDIT_TOKEN", detail: "Wanted a bearer token" }));
        return true;
      }
      return false;
    });
    await browsing.visit(
      url,
      async (page) => {
        await page.locator("#token").fill("the-token");
        await page.getByRole("button", { name: "Use it" }).press("Enter");
        await page.locator("tbody tr").first().waitFor();
        const kept = await page.evaluate(
          "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])",
        );
        assert(!String(kept).includes("the-token"), String(kept));
        await page.reload();
        await page.locator("#token").waitFor();
      },
      { origins: [url] },
    );
  });

  test("a log that can't be saved is an error on the page, and a long one is saved whole", async (t) => {
    const line = `${JSON.stringify({ block: 1, details: "x".repeat(1_000) })}\n`;
    const [lines, part] = [40_000, 100];
    let isBusy = true;
    const url = await inFrontOf(t, auditUrl, (request, response) => {
      if (request.headers.accept === "application/jsonl") {
        if (isBusy) {
          response.writeHead(503, { "content-type": "application/problem+json" });
          response.end(JSON.stringify({ code: "UNAVAILABLE", detail: "Too many exports at once" }));
          return true;
        }
        response.writeHead(200, { "content-type": "application/jsonl" });
        for (let at = 0; at < lines; at += part) response.write(line.repeat(part));
        response.end();
        return true;
      }
      return false;
    });
    await browsing.visit(
      url,
      async (page) => {
        const button = page.getByRole("button", { name: "All as JSON lines" });
        await button.press("Enter");
        assert.match(await page.locator('[role="alert"]').innerText(), /503.*Too many exports at once/);
        isBusy = false;
        const download = page.waitForEvent("download");
        await button.press("Enter");
        const { size } = await stat(await (await download).path());
        assert.equal(size, lines * line.length);
        assert.equal(await page.locator('[role="alert"]').count(), 0);
      },
      { origins: [url] },
    );
  });
}

/**
 * A listener in front of another one, which passes on what `answer` does not answer itself.
 * @returns its URL.
 */
async function inFrontOf(
  t: TestContext,
  behind: string,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<string> {
  const server = createServer(async (request, response) => {
    if (answer(request, response)) return;
    const passed = await fetch(behind + request.url, { headers: { accept: request.headers.accept ?? "" } });
    const headers = { ...Object.fromEntries(passed.headers) };
    for (const name of ["content-encoding", "content-length", "transfer-encoding", "connection"]) delete headers[name];
    response.writeHead(passed.status, headers).end(Buffer.from(await passed.arrayBuffer()));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
