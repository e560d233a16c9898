import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const ROOMS = ["resolver", "node", "gate", "web", "cli", "examples", "scripts", "test"];

/** The imports between rooms in the code, as arrows such as `node --> resolver`. */
async function importedArrows(): Promise<Set<string>> {
  const arrows = new Set<string>();
  for (const room of ROOMS) {
    const folder = join(REPOSITORY, room);
    if (!(await stat(folder).catch(() => undefined))) continue;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const file = join(entry.parentPath, entry.name);
      const path = relative(REPOSITORY, file).split(sep).join("/");
      for (const [, specifier = ""] of (await readFile(file, "utf8")).matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
        const [to = ""] = posix.normalize(posix.join(posix.dirname(path), specifier)).split("/");
        if (to !== room && ROOMS.includes(to)) arrows.add(`${room} --> ${to}`);
      }
    }
  }
  return arrows;
}

test("the picture of the architecture has exactly the imports of the code as arrows", async () => {
  const page = await readFile(join(REPOSITORY, "docs", "architecture.md"), "utf8");
  const [, picture = ""] = /```mermaid\n(flowchart TD[\s\S]*?)```/.exec(page) ?? [];
  const drawn = [...picture.matchAll(/^ +(\w+) --> (\w+)$/gm)].map(([, from, to]) => `${from} --> ${to}`);
  assert.deepEqual(drawn.sort(), [...(await importedArrows())].sort());
});
