import type { Device } from "./browsers.ts";

/** The test's function in a device's pages. */
const KEEP = "keepCredentialAnswer";

/**
 * The cards that issuers give to a device from now on, in a list that grows. A page gets an answer only when its cards are in the
 * list. The browser's own record of answers, which `response.body()` asks for, is a buffer from which it drops answers at any time.
 */
export async function cardsGivenTo({ context }: Device): Promise<readonly string[]> {
  const cards: string[] = [];
  await context.exposeFunction(KEEP, (text: string) => {
    const { credentials } = JSON.parse(text) as { credentials: { credential: string }[] };
    cards.push(...credentials.map(({ credential }) => credential));
  });
  await context.addInitScript((name) => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (...args) => {
      const answer = await ask(...args);
      if (answer.ok && answer.url.endsWith("/credential")) {
        const keep = Reflect.get(globalThis, name) as (text: string) => Promise<void>;
        await keep(await answer.clone().text());
      }
      return answer;
    };
  }, KEEP);
  return cards;
}
