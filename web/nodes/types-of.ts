import type { Context } from "../view.ts";
import { listOf, member, textOf } from "./json.ts";

/** URIs of the credential types by their ids, as a node tells them; none where it can't be asked. */
export async function typesOf(url: string, { asking }: Pick<Context, "asking">): Promise<ReadonlyMap<string, string>> {
  const answer = await asking.json(`${url}/types`).catch(() => undefined);
  return new Map(
    listOf(member(answer, "types")).flatMap((one): [string, string][] => {
      const [id, uri] = [textOf(member(one, "typeId")), textOf(member(one, "uri"))];
      return id === undefined || uri === undefined ? [] : [[id, uri]];
    }),
  );
}
