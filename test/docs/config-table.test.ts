import assert from "node:assert/strict";
import { test } from "node:test";
import { variables } from "../../node/config/schema.ts";
import { configTable } from "../../node/config/variable.ts";
import { driverVariables } from "../../node/driver/config.ts";
import { cells, tableOf } from "./tables.ts";

test("the table of variables in docs/operating-configure.md equals the configuration's schema", async () => {
  assert.equal(cells(await tableOf("docs/operating-configure.md", "config-table")), cells(configTable(variables)));
});

test("the table of variables in docs/universal-resolver.md equals the driver's schema", async () => {
  assert.equal(cells(await tableOf("docs/universal-resolver.md", "driver-table")), cells(configTable(driverVariables)));
});
