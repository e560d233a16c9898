import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parse } from "yaml";
import type { Operator } from "../../node/issuing/operator.ts";
import { startNode } from "../../node/main.ts";
import { readRepositoryFile } from "../docs/examples.ts";
import { cells, tableOf } from "../docs/tables.ts";
import { type Sample, scrape } from "../helpers/exposition.ts";
import { attestedBy, makeOperator } from "../helpers/operators.ts";
import { selectorsOf } from "../helpers/promql.ts";
import { chainOf, configOf, silent, until } from "../helpers/real-node.ts";

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

interface AlertTests {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly promql_expr_test: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

/** Metrics that Prometheus itself records for each scrape. */
const OF_PROMETHEUS = ["up"];
/** Labels that Prometheus' configuration adds. */
const GIVEN = ["job", "instance"];

const [{ name: group, rules: alerts }] = parse(await readRepositoryFile("deploy/prometheus/alerts.yaml")).groups as [
  { name: string; rules: Alert[] },
];
const dashboard = JSON.parse(await readRepositoryFile("deploy/grafana/mapae-node.json"));
const panels = dashboard.panels as Panel[];

/** All samples of running nodes: one that follows its chain, and one of an attested network. */
const exposed = [
  ...(await samplesOf("mapae_clock_offset_seconds")),
  ...(await samplesOf("mapae_attested_block", [makeOperator("행정안전부")])),
];

/** All samples of a node, once it exposes a metric. */
async function samplesOf(name: string, operators: readonly Operator[] = []): Promise<Sample[]> {
  const chain = chainOf(3);
  const network = operators.length === 0 ? chain.network() : attestedBy(chain.network(), operators, 1);
  const config = await configOf({ after }, chain, { network, metrics: { host: "127.0.0.1", port: 0 } });
  const node = await startNode(config, { logger: silent, readers: [chain] });
  let samples: Sample[] = [];
  await until(async () => {
    // The clock's offset is measured only with blocks that appear while the node runs.
    chain.mine([]);
    samples = await scrape(node.metricsUrl ?? "");
    return samples.some((sample) => sample.name === name);
  });
  await node.stop();
  return samples;
}

/** Asserts that an expression is PromQL and that running nodes expose everything that it reads. */
function expectAnswerable(where: string, expression: string): void {
  for (const { name, labels } of selectorsOf(expression.replaceAll("$__rate_interval", "5m"))) {
    if (OF_PROMETHEUS.includes(name)) continue;
    const wanted = Object.entries(labels).filter(([label]) => !GIVEN.includes(label));
    const found = exposed.some(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
    assert(found, `${where}: no node exposes ${name} ${JSON.stringify(Object.fromEntries(wanted))}`);
    assert.equal(labels.job, "mapae", `${where}: ${name} must be limited to the job, because other jobs have it, too`);
  }
}

test("every alert is PromQL, reads only metrics that a running node exposes, and states its meaning and what to do", () => {
  assert.equal(group, "mapae");
  assert.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length);
  for (const { alert, expr, labels, annotations, ...rest } of alerts) {
    assert.match(alert, /^Mapae[A-Z][A-Za-z]+$/);
    expectAnswerable(alert, expr);
    assert.match(rest.for ?? "1m", /^[0-9]+m$/);
    assert(["critical", "warning"].includes(labels.severity), alert);
    for (const text of [annotations.summary, annotations.action]) assert(text.length > 20, alert);
  }
});

test("a misspelt metric or label, and invalid PromQL, is detected", () => {
  expectAnswerable("right", 'mapae_state{job="mapae", state="halted"} == 1');
  for (const wrong of [
    'mapae_state{job="mapae", state="halt"} == 1',
    'mapae_stat{job="mapae", state="halted"} == 1',
    'mapae_state{state="halted"} == 1',
    'rat(mapae_http_answers_total{job="mapae"}[5m])',
    'mapae_state{job="mapae"',
    "1 + 1",
  ]) {
    assert.throws(() => expectAnswerable("wrong", wrong), assert.AssertionError, wrong);
  }
});

test("the table of alerts in docs/operating-watch.md equals the rules", async () => {
  const rows = alerts.map(({ alert, labels, annotations: { summary, action } }) => {
    return `| \`${alert}\` | ${labels.severity} | ${summary} | ${action} |`;
  });
  const table = ["| alert | severity | meaning | what to do |", "| --- | --- | --- | --- |", ...rows].join("\n");
  assert.equal(cells(await tableOf("docs/operating-watch.md", "alerts-table")), cells(table));
});

test("each alert has a case in which it fires", async () => {
  const { rule_files: files, tests } = parse(
    await readRepositoryFile("deploy/prometheus/alerts.test.yaml"),
  ) as AlertTests;
  assert.deepEqual(files, ["alerts.yaml"]);
  const samples = tests.flatMap((one) => one.promql_expr_test).flatMap((one) => one.exp_samples);
  const fired = samples.map(({ labels }) => /^\{alertname="(\w+)"\}$/.exec(labels)?.[1]);
  assert.deepEqual([...new Set(fired)].sort(), alerts.map(({ alert }) => alert).sort());
});

test("every panel of the dashboard has a unique id, a place of its own, and expressions with existing metrics", () => {
  assert.equal(dashboard.uid, "mapae-node");
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, description, gridPos, targets } of panels) {
    assert(description.length > 10 && targets.length > 0, title);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    for (const { expr } of targets) expectAnswerable(title, expr);
    assert(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert(!taken.has(`${x} ${y}`), `${title} covers another panel`);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

test("the dashboard queries the data source and the nodes that its user selected", () => {
  const names = dashboard.templating.list.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ["datasource", "instance"]);
  const text = JSON.stringify(dashboard);
  for (const [, used = ""] of text.matchAll(/\$\{?([a-z_]+)/g))
    assert(["__rate_interval", "__all", ...names].includes(used));
  for (const { title, targets } of panels) {
    for (const { expr } of targets) assert.match(expr, /instance=~"\$instance"/, title);
  }
});
