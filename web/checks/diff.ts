/** One difference between two JSON values, by its JSON pointer (RFC 6901). */
export interface Difference {
  readonly pointer: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * The differences between two JSON values. Items of lists are matched by their `id`, texts by themselves, and not by their
 * index, so that a removed key is one difference.
 */
export function differences(before: unknown, after: unknown, pointer = ""): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, pointer);
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], `${pointer}/${escaped(name)}`));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ pointer, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function listDifferences(before: readonly unknown[], after: readonly unknown[], pointer: string): Difference[] {
  const keyOf = (one: unknown) => (isObject(one) && typeof one.id === "string" ? one.id : JSON.stringify(one));
  const [old, now] = [before, after].map((list) => new Map(list.map((one) => [keyOf(one), one])));
  if (old === undefined || now === undefined) return [];
  const gone = [...old].flatMap(([key, one]) => (now.has(key) ? [] : [{ pointer: `${pointer}/-`, before: one }]));
  const others = [...now].flatMap(([key, one], at) =>
    old.has(key) ? differences(old.get(key), one, `${pointer}/${at}`) : [{ pointer: `${pointer}/${at}`, after: one }],
  );
  return [...gone, ...others];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
