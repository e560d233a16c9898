import assert from "node:assert/strict";
import { parser } from "@prometheus-io/lezer-promql";

/** A metric that an expression reads, with its equality matchers of labels. */
export interface Selector {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The metrics that a PromQL expression reads; fails when Prometheus' own grammar does not accept it. */
export function selectorsOf(expression: string): Selector[] {
  const text = (node: { from: number; to: number }) => expression.slice(node.from, node.to);
  const selectors: { name: string; labels: Record<string, string> }[] = [];
  let label = "";
  let isEqual = false;
  parser.parse(expression).iterate({
    enter(node) {
      assert(!node.type.isError, `no PromQL at ${node.from}: ${expression}`);
      if (node.name === "VectorSelector") selectors.push({ name: "", labels: {} });
      const current = selectors.at(-1);
      if (current === undefined) return;
      if (node.name === "Identifier") current.name = text(node);
      if (node.name === "LabelName" && node.matchContext(["UnquotedLabelMatcher"])) label = text(node);
      if (node.name === "MatchOp") isEqual = text(node) === "=";
      if (node.name === "StringLiteral" && isEqual) current.labels[label] = JSON.parse(text(node)) as string;
    },
  });
  assert(selectors.length > 0, `it reads nothing: ${expression}`);
  for (const { name } of selectors) assert.notEqual(name, "", `a metric without a name: ${expression}`);
  return selectors;
}
