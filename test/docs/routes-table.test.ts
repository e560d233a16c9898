import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENAPI } from "../../node/http/openapi/openapi.ts";
import { tableOf } from "./tables.ts";

test("the table of routes in docs/operating-configure.md has each route of the public listener", async () => {
  const table = await tableOf("docs/operating-configure.md", "routes-table");
  const named = [...table.matchAll(/`(\/[^`]*)`/g)].map(([, path = ""]) => path.replace("{identifier}", "{did}"));
  // The page names the routes of a list's two purposes by their ends.
  const isNamed = (path: string) =>
    named.some((name) => path === name || (path.includes("}/") && path.endsWith(`}${name}`)));
  const paths = Object.keys(OPENAPI.paths).map((path) => path.replace("{identifier}", "{did}"));
  assert(paths.length > 20);
  assert.deepEqual(
    paths.filter((path) => !isNamed(path)),
    [],
  );
});
