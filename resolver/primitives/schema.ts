import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

const { localeError } = en();

/** Checks a parsed value by a schema, with errors in words: the small build of zod has none unless they are given to it. */
export function parseBy<T extends z.core.$ZodType>(
  schema: T,
  input: unknown,
): z.core.util.SafeParseResult<z.output<T>> {
  return z.safeParse(schema, input, { error: localeError, reportInput: true });
}

/** One line for a person: each path, what is wrong there, and what was got. */
export function describeIssues({ issues }: z.core.$ZodError): string {
  return issues
    .map((issue) => {
      const path = issue.path.map(String).join(".") || "the value";
      const got = issue.input === undefined ? "" : `, got ${JSON.stringify(issue.input)?.slice(0, 100)}`;
      return `${path}: ${issue.message}${got}`;
    })
    .join("; ");
}
