import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { NodeReport } from "../../../node/runtime/status.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { headOf } from "../../../scripts/rehearsal/blocks.ts";
import type { MinistryNode } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import type { Story } from "./story.ts";

type Digest = NonNullable<NodeReport["digest"]>;

/** Statuses of the agency's list that auditors ask for. */
const INDEXES = [5, 8, 9, 11, 13, 17, 19, 21, 23];

/** Waits until nodes serve all that was written before, with the same roots; gives the digest of one. */
async function untilSameRoots(story: Story, nodes: readonly MinistryNode[]): Promise<Digest> {
  const running = story.consortium.members.filter(({ validator }) => validator.isRunning());
  const written = Math.max(...(await Promise.all(running.map(headOf))));
  let digests: (Digest | null)[] = [];
  await until(
    "nodes serve all blocks, with the same roots",
    async () => {
      digests = await Promise.all(nodes.map(async (node) => (await node.get<NodeReport>("/status")).body.digest));
      return digests.every(
        (one) => one !== null && one.block >= written && isDeepStrictEqual(one.roots, digests[0]?.roots),
      );
    },
    () => ({ written, digests }),
  );
  return digests[0] ?? assert.fail();
}

/**
 * Waits until nodes serve all that was written before, and asks them the same: documents, types, accreditations, lists and auditors' answers
 * are the same bytes at each. Nobody writes meanwhile.
 */
export async function expectSameAnswers(story: Story, nodes = story.nodes): Promise<void> {
  const { time } = await untilSameRoots(story, nodes);
  const at = dateTime(time);
  const [agency, ministry] = [story.did("agency"), story.did("ministry")];
  const list = `/status-lists/${story.address("agency")}/0`;
  const questions: readonly (readonly [path: string, part: (text: string) => string])[] = [
    [`/1.0/identifiers/${agency}`, untilMetadata],
    ["/types", whole],
    [`/accreditations/${agency}?at=${at}`, whole],
    [`/accreditations/${ministry}?at=${at}`, whole],
    [list, statuses],
    ...INDEXES.map((index) => [`/audit/status/${story.address("agency")}/0/${index}`, fromList] as const),
  ];
  for (const [path, part] of questions) {
    const accept = path === list ? "application/statuslist+jwt" : "*/*";
    let answers: string[] = [];
    await until(
      `all nodes answer ${path} alike`,
      async () => {
        const all = await Promise.all(nodes.map((node) => node.get(path, accept)));
        answers = all.map(({ status, text }) => (status === 200 ? part(text) : `${status} ${text}`));
        return all.every(({ status }) => status === 200) && new Set(answers).size === 1;
      },
      () => answers,
    );
  }
}

function whole(text: string): string {
  return text;
}

/** A result without its end, which says as of which block and moment its node gave it. */
function untilMetadata(text: string): string {
  return text.slice(0, text.indexOf(',"didResolutionMetadata":'));
}

/** An auditor's answer without its beginning, which says the same. */
function fromList(text: string): string {
  return text.slice(text.indexOf('"list":'));
}

/** The statuses in a token: its signature is another one each time that it is signed. */
function statuses(token: string): string {
  const { sub, status_list } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return JSON.stringify({ sub, status_list });
}

/** Compares the digests of all nodes at each block that stays, and the content hash at the newest of them. */
export async function expectSameDigests(story: Story): Promise<void> {
  await untilSameRoots(story, story.nodes);
  interface Held {
    readonly block: number;
    readonly roots: object;
    readonly content: { readonly hash: string } | null;
  }
  const digests = (block: number | "finalized") =>
    Promise.all(story.nodes.map(async (node) => (await node.get<Held>(`/digests/${block}`)).body));
  const newest = Math.min(...(await digests("finalized")).map(({ block }) => block));
  const [first] = story.network.deployments;
  for (let block = first?.fromBlock ?? assert.fail(); block <= newest; block++) {
    const [one, ...others] = (await digests(block)).map(({ roots }) => roots);
    for (const other of others) assert.deepEqual(other, one, `roots at block ${block}`);
  }
  const contents = (await digests(newest)).map(({ content }) => content?.hash);
  assert.equal(new Set(contents).size, 1, `${contents}`);
  assert(contents[0]);
}
