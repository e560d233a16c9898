import assert from "node:assert/strict";
import { access, glob } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readPage, readRepositoryFile } from "./examples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages: string[] = [];
for await (const page of glob(["*.md", "docs/**/*.md"], { cwd: root })) pages.push(page);

/** The anchor of a heading in rendered Markdown. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

test("every link from one page to another leads to a file, and to a heading in it", async () => {
  let links = 0;
  for (const page of pages) {
    const text = await readRepositoryFile(page);
    for (const [, target = ""] of text.matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      await assert.doesNotReject(access(join(root, file)), `${page} links to ${target}`);
      if (anchor !== undefined) {
        const headings = [...(await readRepositoryFile(file)).matchAll(/^#+ (.*)$/gm)].map(([, one = ""]) =>
          anchorOf(one),
        );
        assert(headings.includes(anchor), `${page} links to ${target}`);
      }
      links++;
    }
  }
  assert(links >= 15, `found ${links} links`);
});

test("the index of decisions lists every page by its title, and the numbers have no gap", async () => {
  const index = await readPage("docs/decisions/README.md");
  const decisions = pages.filter((page) => /decisions\/\d/.test(page)).sort();
  for (const [at, page] of decisions.entries()) {
    const number = String(at + 1).padStart(4, "0");
    const [, title] = /^# (.*)\n/.exec(await readRepositoryFile(page)) ?? [];
    const name = page.slice(page.lastIndexOf("/") + 1);
    assert.equal(`${number} ${title?.slice(5)}`, title, page);
    assert(index.includes(`| [${number}](${name}) | ${title?.slice(5)} |`), `the index lacks ${title}`);
  }
  assert.equal(index.match(/^\| \[\d{4}\]/gm)?.length, decisions.length);
});
