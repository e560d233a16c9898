import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "@prometheus-io/client";
import { countersIn } from "../../node/metrics/counters.ts";
import { gaugesIn } from "../../node/metrics/gauges.ts";
import { cells, tableOf } from "./tables.ts";

/** The fields of a metric in the client library, whose types declare only a part of them. */
interface Defined {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** The table of a node's own metrics, in Markdown. */
function metricsTable(): string {
  const registry = new Registry();
  const never = () => assert.fail("nothing is read");
  gaugesIn(registry, {
    report: never,
    alarmedLists: never,
    attested: never,
    directory: "",
    memory: never,
    onFault: never,
  });
  countersIn(registry, { servers: 1 });
  const metrics = registry.getMetricsAsArray() as object[] as Defined[];
  const rows = metrics.map(({ name, type, help, labelNames }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${labels} | ${help} |`;
  });
  return ["| metric | type | labels | meaning |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

test("the table of metrics in docs/operating-watch.md has every metric of a node as it is defined, and no other", async () => {
  const wanted = cells(metricsTable());
  assert(wanted.split("\n").length > 10);
  assert.equal(cells(await tableOf("docs/operating-watch.md", "metrics-table")), wanted);
});
