import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { until } from "../../../scripts/rehearsal/until.ts";
import { REPOSITORY } from "../../cli/harness.ts";
import { axeFindings, picture, settled } from "../helpers/browsing.ts";
import type { Stage } from "../helpers/stage.ts";

/** What a verifier does: check a credential, see why it is refused, see who may issue, look at a list. */
export function judgeTests({ browsing, url, network, liar }: Stage): void {
  const fileOf = (name: string) => network.credentials.find((one) => one.name === name)?.file ?? "";
  const verdictOf = async (name: string) =>
    browsing.visit(`${url}/?view=verify`, async (page) => {
      const credential = (await readFile(fileOf(name), "utf8")).trim();
      await page.locator("#credential").fill(credential);
      await page.locator("#credential").press("Tab");
      await page.getByRole("button", { name: "Check", exact: true }).press("Enter");
      await page.locator("#verdict").waitFor();
      const opened = await page.locator(".steps details[open]").allInnerTexts();
      if (name === "revoked") {
        assert.deepEqual(await axeFindings(page), []);
        await picture(page, "verify-revoked-en-light-1280");
      }
      const asked = (await page.locator(".asked a").allTextContents()).join("\n");
      const found = await page.locator(".checks").innerText();
      return { text: await page.locator("#verdict").innerText(), opened, asked, credential, found };
    });

  test("a good credential is valid at every node, and nothing of it was sent", async () => {
    const { text, opened, asked, credential, found } = await verdictOf("valid");
    assert.match(text, /^Valid\s+✓ proven by seals/);
    assert.equal(
      found.match(/the seals of block \d+ prove everything on which this verdict depends/g)?.length,
      2,
      found,
    );
    assert.deepEqual(opened, []);
    assert(asked.includes("/issuers/") && asked.includes("/status-lists/"), asked);
    for (const part of credential.split(/[.~]/).filter((one) => one.length > 8)) assert(!asked.includes(part));
    assert.doesNotMatch(asked, /idx|index|=42/);
  });

  for (const [name, why] of [
    ["revoked", /The issuer revoked this credential/],
    ["suspended", /suspended this credential/],
    ["unaccredited", /was not accredited/],
    ["withdrawn", /was not accredited/],
  ] as const) {
    test(`why the ${name} credential is refused stands in the one step that is open`, async () => {
      const { text, opened } = await verdictOf(name);
      assert.match(text, /Not valid/);
      assert.equal(opened.length, 1);
      assert.match(opened[0] ?? "", why);
    });
  }

  test("a verdict that arrives after another text was given is not shown for that text", async () => {
    await browsing.visit(`${url}/?view=verify`, async (page) => {
      // Answers are held back until another text was given; those that arrived are counted.
      await page.evaluate(() => {
        const real = globalThis.fetch;
        const state = { asked: 0, arrived: 0, lists: 0, letGo: () => {} };
        const promise = new Promise<void>((resolve) => {
          state.letGo = resolve;
        });
        Object.assign(globalThis, { held: state });
        globalThis.fetch = async (url, init) => {
          state.asked += 1;
          await promise;
          const answer = await real(url, init);
          state.arrived += 1;
          if (String(url).includes("/status-lists/")) state.lists += 1;
          return answer;
        };
      });
      const check = async (text: string) => {
        await page.locator("#credential").fill(text);
        await page.getByRole("button", { name: "Check", exact: true }).click();
      };
      await check((await readFile(fileOf("valid"), "utf8")).trim());
      await until("the nodes are asked", () => page.evaluate("held.asked > 0"));
      await check("no credential");
      await page.locator("#verdict").waitFor();
      await page.evaluate("held.letGo()");
      await until("the last answers, with the list, arrived", () =>
        page.evaluate("held.arrived === held.asked && held.lists > 0"),
      );
      // Another page needs longer for the whole verdict than this one for the rest of it.
      await verdictOf("valid");
      assert.match(await page.locator("#verdict").innerText(), /not a credential that can be checked/);
    });
  });

  test("a node that hides a revocation leads to another verdict, and the worse one counts", async () => {
    liar.alter = (path, body) => {
      if (!path.startsWith("/issuers/")) return undefined;
      const issuer = JSON.parse(body) as { history: unknown[] };
      return JSON.stringify({ ...issuer, history: [] });
    };
    await browsing.visit(`${url}/?view=verify`, async (page) => {
      await page.locator("#credential").fill((await readFile(fileOf("valid"), "utf8")).trim());
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.locator("#verdict").waitFor();
      assert.match(await page.locator("#verdict").innerText(), /Not valid/);
      assert.match(await page.locator(".checks").innerText(), /another verdict/);
    });
    liar.alter = () => undefined;
  });

  test("a node that is alone and leads to another verdict than the seals prove is named, and one that proves nothing is so", async () => {
    const judged = async () =>
      browsing.visit(`${liar.url}/?view=verify`, async (page) => {
        await page.locator("#credential").fill((await readFile(fileOf("valid"), "utf8")).trim());
        await page.getByRole("button", { name: "Check", exact: true }).click();
        await page.locator("#verdict").waitFor();
        return `${await page.locator("#verdict").innerText()} ${await page.locator(".checks").innerText()}`;
      });
    // As of a block that every proof is newer than.
    liar.alter = (path, body, headers) => {
      if (!path.startsWith("/issuers/")) return undefined;
      headers["mapae-as-of"] = (headers["mapae-as-of"] ?? "").replace(/^\d+/, "1");
      return JSON.stringify({ ...JSON.parse(body), accepted: [] });
    };
    try {
      const text = await judged();
      assert.match(text, /^Not valid/);
      assert.match(text, /contradicts what the seals of block/);
      liar.alter = (path, body) =>
        path.startsWith("/proofs/") ? JSON.stringify({ ...JSON.parse(body), attestations: [] }) : undefined;
      const unproven = await judged();
      assert.match(unproven, /^Valid\s+✕ not proven/);
      assert.match(unproven, /too few of the validators or operators in the descriptor sealed its block/);
      assert.match(unproven, /alone was asked/);
    } finally {
      liar.alter = () => undefined;
    }
  });

  test("what is no credential is told so, and a presentation without its holder's signature is refused", async () => {
    await browsing.visit(`${url}/?view=verify`, async (page) => {
      await page.locator("#credential").fill("no credential");
      await page.getByRole("button", { name: "Check", exact: true }).click();
      assert.match(await page.locator('[role="alert"]').innerText(), /not a credential that can be checked/);
      await page.locator("#credential").fill((await readFile(fileOf("valid"), "utf8")).trim());
      await page.getByText("It was presented to me").click();
      await page.locator("#nonce").fill("n");
      await page.locator("#audience").fill("https://gate.example");
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await page.locator(".headline").waitFor();
      assert.match(await page.locator("#verdict").innerText(), /did not sign this presentation/);
    });
  });

  test("a newcomer finds who may issue official IDs, and that nobody could before the first accreditation", async () => {
    await browsing.visit(url, async (page) => {
      await page.getByRole("link", { name: "Official ID", exact: true }).click();
      await page.waitForURL(/view=type/);
      await settled(page);
      const tree = await page.locator(".tree").innerText();
      assert.match(tree, /행정안전부[\s\S]*모바일 공무원증 발급기관/);
      assert.match(await page.locator("main").innerText(), /has that hash/);
      await page.locator("#step").focus();
      await page.keyboard.press("Home");
      await page.getByText("Nobody may issue it").waitFor();
      assert.match(page.url(), /asOf=/);
      // The address leads to the same moment.
      await page.reload();
      await settled(page);
      assert.equal(await page.locator(".tree").count(), 0);
    });
  });

  test("an accreditation that was withdrawn holds at a moment before its withdrawal", async () => {
    const type = network.trust.types[1]?.typeId ?? "";
    await browsing.visit(`${url}/?view=type&id=${type}`, async (page) => {
      assert.match(await page.locator(".tree").innerText(), /withdrawn/);
    });
    const before = new Date(Date.now() - 60 * 86_400_000).toISOString().replace(/\.\d+/, "");
    await browsing.visit(`${url}/?view=type&id=${type}&at=${before}`, async (page) => {
      assert.doesNotMatch(await page.locator(".tree").innerText(), /withdrawn/);
    });
  });

  test("a reader without a mouse finds the revoked entries of a list, in the picture and in the table", async () => {
    const issuer = network.trust.lists[0]?.issuer.split(":").at(-1);
    await browsing.visit(`${url}/?view=list&issuer=${issuer}&number=0`, async (page) => {
      assert.deepEqual(await page.evaluate(PAINTED), await page.evaluate(COLOURS));
      await page.locator("canvas").focus();
      await page.keyboard.press("Home");
      assert.equal(await page.locator("#entry").innerText(), "Entry 3: revoked");
      await page.keyboard.press("ArrowRight");
      assert.equal(await page.locator("#entry").innerText(), "Entry 4: valid");
      await page.keyboard.press("End");
      assert.equal(await page.locator("#entry").innerText(), "Entry 70,000: suspended");
      const table = await page.locator("table").innerText();
      for (const wanted of ["3", "1,024", "70,000"]) assert(table.includes(wanted), table);
      assert.match(await page.locator(".checks").innerText(), /2 nodes serve the same statuses/);
    });
  });

  test("what changed lately is on the first view, and a feed tells of one DID alone", async () => {
    const agency = network.dids[1]?.did ?? "";
    await browsing.visit(url, async (page) => {
      assert.match(await page.locator("main").innerText(), /Newest changes[\s\S]*(?:changed|granted|created)/);
    });
    await browsing.visit(`${url}/?view=watch&kind=did&id=${agency}`, async (page) => {
      const href = await page.locator("main a[href*='changes.atom']").first().getAttribute("href");
      const feed = await (await fetch(href ?? "")).text();
      assert.match(feed, /^<\?xml[\s\S]*<entry>/);
      assert(!feed.includes(network.dids[0]?.did ?? "?"), "nothing of another DID");
    });
  });
}

/** Colours of the badges in the list's table, and the ground of a valid one: of revoked, suspended and valid. */
const COLOURS = `["bad", "late", "good"].map((tone) => {
  const { color, backgroundColor } = getComputedStyle(document.querySelector(".badge." + tone));
  return tone === "good" ? backgroundColor : color;
})`;

/** Colours of entries in the list's picture, which is painted before the next frame: 1 025 is revoked, 70 000 suspended, 100 000 valid. */
const PAINTED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const canvas = document.querySelector("canvas");
  done([1_025, 70_000, 100_000].map((index) => {
    const { data } = canvas.getContext("2d").getImageData(index % canvas.width, Math.floor(index / canvas.width), 1, 1);
    return "rgb(" + [...data.slice(0, 3)].join(", ") + ")";
  }));
})))`;

/** Whether an issuer is ready: the page says what the command says. */
export function onboardingTests({ browsing, url, network }: Stage): void {
  const doctor = async (did: string) => {
    const command = [
      join(REPOSITORY, "cli", "mapae.mjs"),
      "--json",
      "--network",
      network.files.network,
      "doctor",
      "--issuer",
      did,
      "--node",
      url,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, command).catch(
      (error) => error as { stdout: string },
    );
    return (JSON.parse(stdout) as { findings: { what: string; level: string; detail: string }[] }).findings;
  };

  test("an issuer that is ready is so in the page and by the command, step by step", async () => {
    const did = network.trust.lists[0]?.issuer ?? "";
    const findings = await doctor(did);
    assert.deepEqual(
      findings.map(({ what, level }) => `${what} ${level}`),
      ["did ok", "key ok", "accreditation ok", "list ok", "token ok", "document ok"],
    );
    await browsing.visit(`${url}/?view=onboarding&id=${did}`, async (page) => {
      assert.match(await page.locator(".headline").innerText(), /Ready to issue/);
      assert.equal(await page.locator(".steps .badge.good").count(), findings.length);
    });
  });

  test("what an issuer lacks is named by both", async () => {
    const ministry = network.dids.findLast(({ status }) => status === 410)?.did ?? "";
    assert.deepEqual(
      (await doctor(ministry)).map(({ level }) => level),
      ["fault"],
    );
    await browsing.visit(`${url}/?view=onboarding`, async (page) => {
      await page.locator("#id").fill(ministry);
      await page.locator("#id").press("Enter");
      await page.waitForURL(/id=/);
      await settled(page);
      assert.match(await page.locator(".headline").innerText(), /Not ready/);
      assert.match(await page.locator(".steps").innerText(), /deactivated permanently/);
    });
  });
}
