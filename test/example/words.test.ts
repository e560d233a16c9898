import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { durationOf } from "../../examples/mobile-id/wallet/page/requests/duration.ts";
import { readRepositoryFile } from "../docs/examples.ts";

const FOLDER = "examples/mobile-id";
const texts = async (language: string) =>
  JSON.parse(await readRepositoryFile(`${FOLDER}/shared/texts.${language}.json`)) as Record<string, string>;

async function sources(): Promise<string> {
  const root = join(import.meta.dirname, "..", "..", FOLDER);
  const files = (await readdir(root, { recursive: true })).filter((name) =>
    /^(approval|wallet|gate|shared).*\.ts$/.test(name),
  );
  return (await Promise.all(files.map((name) => readFile(join(root, name), "utf8")))).join("\n");
}

test("Korean and English have the same texts, with the same values in them", async () => {
  const [ko, en] = [await texts("ko"), await texts("en")];
  assert.deepEqual(Object.keys(ko), Object.keys(en));
  const values = (text = "") => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const key of Object.keys(en)) {
    assert.deepEqual(values(ko[key]), values(en[key]), key);
    assert(ko[key]?.trim() && en[key]?.trim(), key);
  }
});

/** Parts of keys that are made from data: `claim.` of a card, `reason.` of a verdict. */
const MADE = ["claim", "reason", "problem", "state", "retention", "nav", "language", "history", "consent", "gate"];

test("every text is used", async () => {
  const code = await sources();
  for (const key of Object.keys(await texts("en"))) {
    const isMade = MADE.includes(key.split(".")[0] ?? "");
    assert(isMade || code.includes(`"${key}"`), `${key} is used nowhere`);
  }
});

test("every reason of the library, of a gate and of a site has words for a person", async () => {
  const steps = await readRepositoryFile("resolver/verifier/steps.ts");
  const [, table = ""] = /const STEP_OF[^{]*\{([^}]*)\}/.exec(steps) ?? [];
  const library = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  const code = await sources();
  const gate = [...code.matchAll(/closed\("(\w+)"\)/g)].map(([, name]) => name);
  const site = [...code.matchAll(/AnswerRefused\("(\w+)"/g)].map(([, name]) => name);
  assert(library.length > 25 && gate.length > 3 && site.length > 5);
  for (const language of ["ko", "en"] as const) {
    for (const reason of [...library, ...gate, ...site]) {
      assert.notEqual(wordsOf(language).maybe(`reason.${reason}`, ""), "", `${reason} in ${language}`);
    }
  }
});

test("a length of time is read in the unit in which people say it", () => {
  assert.deepEqual(durationOf("PT0S"), { unit: "none", count: 0 });
  assert.deepEqual(durationOf("P1D"), { unit: "days", count: 1 });
  assert.deepEqual(durationOf("PT36H"), { unit: "hours", count: 36 });
  assert.deepEqual(durationOf("PT90M"), { unit: "minutes", count: 90 });
  assert.deepEqual(durationOf("P3Y"), { unit: "years", count: 3 });
  assert.deepEqual(durationOf("PT1S"), { unit: "minutes", count: 1 }, "never less than it is");
  for (const bad of ["", "P", "PT", "1D", "P1W", "P-1D", "P1.5D"]) assert.equal(durationOf(bad), undefined, bad);
});
