import assert from "node:assert/strict";

/** One line of `/metrics`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([Nn]a[Nn]|[+-]?(?:Inf|[0-9.e+-]+))$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/gy;

/** Reads the part of Prometheus' text format that a node writes; fails on anything else. */
export function parseExposition(text: string): Sample[] {
  const lines = text.split("\n").filter((line) => line !== "" && !/^# (?:HELP|TYPE) /.test(line));
  return lines.map((line) => {
    const [, name = "", labels = "", value = ""] = LINE.exec(line) ?? assert.fail(`no sample: ${line}`);
    const pairs = [...labels.matchAll(LABEL)];
    assert.equal(pairs.map(([whole]) => whole).join(""), labels, line);
    return { name, labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])), value: Number(value) };
  });
}

/** The samples of a node's `/metrics`. */
export async function scrape(url: string): Promise<Sample[]> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  return parseExposition(await response.text());
}

/** The value of the only sample with a name and at least these labels; `undefined` when there is none. */
export function sampleOf(samples: readonly Sample[], name: string, labels: Sample["labels"] = {}): number | undefined {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  assert(found.length <= 1, `${found.length} samples of ${name}`);
  return found[0]?.value;
}
