import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, test } from "node:test";
import type { Alteration } from "../helpers/liar.ts";
import type { Stage } from "../helpers/stage.ts";

/** A node that lies is named in the page, whatever it lies about. */
export function lieTests({ browsing, url, liar, network }: Stage): void {
  const did = network.dids[1]?.did ?? "";
  const { name } = liar;
  afterEach(() => {
    liar.alter = () => undefined;
    liar.isUp = true;
  });

  /** What the page says of the liar: the marks that are bad. */
  const bad = (path: string, alter: Alteration) => {
    liar.alter = alter;
    return browsing.visit(`${url}/${path}`, async (page) =>
      (
        await page
          .locator(".headline li, .checks li")
          .filter({ has: page.locator(".badge.bad") })
          .allInnerTexts()
      ).join("\n"),
    );
  };
  const expectNamed = (text: string, what: RegExp) => {
    assert(text.includes(name), `${name} is not named: ${text}`);
    assert.match(text, what);
  };

  test("while the other node tells the truth, none is blamed", async () => {
    assert.equal(await bad("", () => undefined), "");
    assert.equal(await bad(`?view=did&id=${did}`, () => undefined), "");
  });

  test("a document that its own events do not make is named", async () => {
    const alter: Alteration = (path, body) =>
      path.startsWith("/1.0/identifiers/") ? body.replace("https://agency.example", "https://evil.example") : undefined;
    expectNamed(await bad(`?view=did&id=${did}`, alter), /not the one that the DID.s own events give/);
  });

  test("an event that is left out, the document made to fit, is named", async () => {
    const alter: Alteration = (path, body) => {
      if (!path.startsWith("/issuers/")) return undefined;
      const issuer = JSON.parse(body) as { history: unknown[] };
      return JSON.stringify({ ...issuer, history: issuer.history.slice(0, -2) });
    };
    expectNamed(await bad(`?view=did&id=${did}`, alter), /leaves out the event/);
  });

  test("an event in the middle that is left out is named", async () => {
    const alter: Alteration = (path, body) => {
      if (!path.startsWith("/issuers/")) return undefined;
      const issuer = JSON.parse(body) as { history: unknown[] };
      return JSON.stringify({ ...issuer, history: issuer.history.toSpliced(0, 2) });
    };
    expectNamed(await bad(`?view=did&id=${did}`, alter), /can't be true/);
  });

  const type = network.trust.types[0]?.typeId ?? "";
  test("a tree with another subject under an accreditation is named", async () => {
    const alter: Alteration = (path, body) => {
      if (!path.endsWith("/accreditations")) return undefined;
      const tree = JSON.parse(body) as { accreditations: { subject: string }[] };
      const [root, leaf] = tree.accreditations;
      return JSON.stringify({ ...tree, accreditations: [root, { ...leaf, subject: `0x${"66".repeat(20)}` }] });
    };
    expectNamed(await bad(`?view=type&id=${type}`, alter), /contradicts its id or its events/);
  });

  test("the tree of another type in place of the one that was asked for is named", async () => {
    const other = network.trust.types[2]?.typeId ?? "";
    const swapped = await (await fetch(`${url}/types/${other}/accreditations`)).text();
    const alter: Alteration = (path) => (path.endsWith("/accreditations") ? swapped : undefined);
    expectNamed(
      await bad(`?view=type&id=${type}`, alter),
      /contradicts its id or its events|another tree|can't be true/,
    );
  });

  test("a tree without a withdrawal, its events made to fit, is named by what another node tells", async () => {
    const withdrawn = network.trust.types[1]?.typeId ?? "";
    const alter: Alteration = (path, body) => {
      if (!path.endsWith("/accreditations")) return undefined;
      const tree = JSON.parse(body) as { accreditations: unknown[] };
      return JSON.stringify({ ...tree, accreditations: tree.accreditations.slice(0, -1) });
    };
    expectNamed(await bad(`?view=type&id=${withdrawn}`, alter), /another tree/);
  });

  const list = `?view=list&issuer=${did.split(":").at(-1)}&number=0`;
  test("a list that is cut, or that another key signed, is refused and its node is named", async () => {
    const cut: Alteration = (path, body) => (path.startsWith("/status-lists/") ? body.slice(0, -20) : undefined);
    expectNamed(await bad(list, cut), /list is refused/);
    const [other = ""] = network.trust.lists.filter(({ issuer }) => issuer !== did).map(({ uri }) => uri);
    const token = await (await fetch(other, { headers: { accept: "application/statuslist+jwt" } })).text();
    const resigned: Alteration = (path) => (path.startsWith("/status-lists/") ? token : undefined);
    expectNamed(await bad(list, resigned), /list is refused/);
  });

  test("a list of another size than the registry has is refused", async () => {
    const alter: Alteration = (path, body) =>
      path.startsWith("/issuers/") ? body.replace('"size":131072', '"size":262144') : undefined;
    expectNamed(await bad(list, alter), /list is refused/);
  });

  test("a proof from which an event is missing, or of another DID, proves nothing, and its node is named", async () => {
    const cut: Alteration = (path, body) => {
      if (!path.startsWith("/proofs/dids/")) return undefined;
      const envelope = JSON.parse(body) as { subjects: { events: unknown[] }[] };
      const subjects = envelope.subjects.map((one) => ({ ...one, events: one.events.slice(0, -1) }));
      return JSON.stringify({ ...envelope, subjects });
    };
    expectNamed(await bad(`?view=did&id=${did}`, cut), /no valid proof.*not what the sealed block holds/);
    const other = await (await fetch(`${url}/proofs/dids/${network.dids[0]?.did}`)).text();
    const swapped: Alteration = (path) => (path.startsWith("/proofs/dids/") ? other : undefined);
    expectNamed(await bad(`?view=did&id=${did}`, swapped), /no valid proof/);
    const unsealed: Alteration = (path, body) =>
      path.startsWith("/proofs/status-lists/") ? JSON.stringify({ ...JSON.parse(body), attestations: [] }) : undefined;
    expectNamed(await bad(list, unsealed), /too few of the validators or operators in the descriptor/);
  });

  test("a node that is alone and leaves out the newest event of a DID is named by the proof that it has to give", async () => {
    liar.alter = (path, body) => {
      if (!path.startsWith("/issuers/")) return undefined;
      const issuer = JSON.parse(body) as { history: unknown[] };
      return JSON.stringify({ ...issuer, history: issuer.history.slice(0, -2) });
    };
    await browsing.visit(`${liar.url}/?view=did&id=${did}`, async (page) => {
      const text = await page.locator(".checks").innerText();
      assert.match(text, /alone was asked/);
      expectNamed(text, /contradicts what the seals of block/);
      assert.match(await page.locator("main").innerText(), /not proven/);
    });
    // The same node, while it tells the truth, leaves nothing in doubt but whose descriptor that is.
    liar.alter = () => undefined;
    await browsing.visit(`${liar.url}/?view=did&id=${did}`, async (page) => {
      const text = await page.locator("main").innerText();
      assert.match(text, /proven by seals/);
      assert.doesNotMatch(text, /alone was asked/);
    });
  });

  test("another network is named", async () => {
    const alter: Alteration = (path, body) =>
      path === "/network" ? body.replace('"version":1', '"version":2') : undefined;
    expectNamed(await bad("", alter), /another network/);
  });

  test("other digests at the same block are named", async () => {
    const alter: Alteration = (path, body) =>
      path.startsWith("/digests/") ? body.replace(/"trust":"0x....../, '"trust":"0xbadbad') : undefined;
    expectNamed(await bad("", alter), /has other content/);
  });

  test("a node that goes back is named, by what this browser saw before", async () => {
    const rolledBack: Alteration = (path, body) =>
      path === "/digests/finalized" ? body.replace(/"block":\d+/, '"block":3') : undefined;
    await browsing.visit(url, async (page) => {
      liar.alter = rolledBack;
      await page.getByRole("button", { name: "Ask again" }).click();
      await page.locator(".headline .badge.bad").first().waitFor();
      expectNamed(await page.locator(".headline").innerText(), /it went back/);
    });
  });

  test("a node that does not answer is late, not a liar, and the view goes on without it", async () => {
    liar.isUp = false;
    await browsing.visit(`${url}/?view=did&id=${did}`, async (page) => {
      assert.equal(await page.locator(".checks.late").count(), 1);
      assert.match(await page.locator(".checks").innerText(), /could not be asked/);
    });
  });

  test("a page whose node serves another network than the reader's descriptor refuses its DIDs", async () => {
    const descriptor = JSON.parse(await readFile(network.files.network, "utf8"));
    const other = { ...descriptor, name: "other-01234567" };
    await browsing.visit(
      `${url}/?view=did&id=${did}`,
      async (page) => assert.match(await page.locator('[role="alert"]').innerText(), /other-01234567/),
      { descriptor: other },
    );
  });
}
