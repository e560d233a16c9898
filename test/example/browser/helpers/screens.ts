import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";

/** Where the pictures of a run are kept, one folder for each language. */
export const PICTURES = join(import.meta.dirname, "..", "..", "..", "..", "dist", "mobile-id");

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Checks screens. */
export interface Eyes {
  look(page: Page, name: string): Promise<void>;
}

/** Looks at screens as a person does who sees them, and as one who does not: a picture of each, and axe's rules. */
export class Screens implements Eyes {
  readonly #folder: string;
  readonly #seen = new Set<string>();
  constructor(language: string) {
    this.#folder = join(PICTURES, language);
  }

  get seen(): readonly string[] {
    return [...this.#seen].sort();
  }

  async look(page: Page, name: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    this.#seen.add(name);
    await page.screenshot({ path: join(this.#folder, `${name}.png`), scale: "css" });
    // The page's own policy lets no script in; a debugger's is not bound by it.
    await page.evaluate(AXE);
    const found = await page.evaluate(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
    );
    const described = (found as Violation[]).map(({ id, help, nodes }) => {
      return `${id}: ${help}\n  ${nodes.map(({ html, failureSummary }) => `${html}\n  ${failureSummary}`).join("\n  ")}`;
    });
    assert.deepEqual(described, [], `${name} is not accessible:\n${described.join("\n")}`);
  }
}
