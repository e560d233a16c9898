import type { Spoil } from "./proxy.ts";

/** Nested more deeply than a JSON serializer can process. */
const DEEP = `${"[".repeat(6_000)}${"]".repeat(6_000)}`;

/** JSON that is not a valid answer, as text for a call's id. */
export const MALFORMED: readonly [name: string, text: (id: string) => string][] = [
  ["gives an error whose message is no text", (id) => `{"id":${id},"error":{"code":1,"message":{"toString":null}}}`],
  ["gives an error whose code is no number", (id) => `{"id":${id},"error":{"code":{"valueOf":null},"message":"m"}}`],
  ["gives 6 000 nested lists as a result", (id) => `{"id":${id},"result":${DEEP}}`],
  ["gives 6 000 nested lists as an error's message", (id) => `{"id":${id},"error":{"code":1,"message":${DEEP}}}`],
  [
    "gives an object with strange members as a result",
    (id) => `{"id":${id},"result":{"__proto__":{"toJSON":1},"length":-1}}`,
  ],
];

/** Answers each call of a request with a text. */
export const malformed = (text: (id: string) => string): Spoil => ({
  what: "response",
  send(response, body) {
    const answers: { id: unknown } | { id: unknown }[] = JSON.parse(body);
    const texts = (Array.isArray(answers) ? answers : [answers]).map(({ id }) => text(JSON.stringify(id)));
    const answer = Array.isArray(answers) ? `[${texts}]` : texts.join();
    response.setHeader("content-type", "application/json").end(answer);
    return true;
  },
});
