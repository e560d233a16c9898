import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

const { localeError } = en();

/** Checks a parsed value against a schema, with readable errors: the small build of zod has no messages of its own. */
export function parseBy<T extends z.core.$ZodType>(
  schema: T,
  input: unknown,
): z.core.util.SafeParseResult<z.output<T>> {
  return z.safeParse(schema, input, { error: localeError, reportInput: true });
}

/** One line for people: each path, what is wrong there, and the value. */
export function describeIssues({ issues }: z.core.$ZodError): string {
  return issues
    .map((issue) => {
      const path = issue.path.map(String).join(".") || "the value";
      const got = issue.input === undefined ? "" : `, got ${JSON.stringify(issue.input)?.slice(0, 100)}`;
      return `${path}: ${issue.message}${got}`;
    })
    .join("; ");
}
