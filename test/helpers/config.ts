import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ConfigError } from "../../node/config/read-variables.ts";
import { temporaryFolder } from "../cli/harness.ts";

/** The path of a new file with a network descriptor, or with other content. */
export async function descriptorFile(t: TestContext, content: unknown): Promise<string> {
  const path = join(await temporaryFolder(t), "network.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** The lines of the error that reading variables throws, one for each wrong variable. */
export function problemsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    assert.equal(error.code, "CONFIG");
    return error.message.split("\n").slice(1);
  }
  return assert.fail("the configuration was taken");
}
