import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { NodeReport } from "../../../node/runtime/status.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import { headOf } from "../../../scripts/rehearsal/blocks.ts";
import type { MinistryNode } from "../../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import type { Story } from "./story.ts";

type Digest = NonNullable<NodeReport["digest"]>;

/** Indexes of the agency's list whose statuses auditors request. */
const INDEXES = [5, 8, 9, 11, 13, 17, 19, 21, 23];

/** Waits until nodes serve all previous writes with the same roots, and returns one of their digests. */
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
 * Waits until nodes serve all previous writes, and asserts that they answer with the same bytes: documents, types,
 * accreditations, lists and auditors' answers. Nothing is written meanwhile.
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
      `all nodes give the same answer to ${path}`,
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

/** A resolution result up to its metadata, which differs by block and time. */
function untilMetadata(text: string): string {
  return text.slice(0, text.indexOf(',"didResolutionMetadata":'));
}

/** An auditor's answer from its list on: the beginning differs by block and time. */
function fromList(text: string): string {
  return text.slice(text.indexOf('"list":'));
}

/** The statuses in a token: the signature differs each time. */
function statuses(token: string): string {
  const { sub, status_list } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return JSON.stringify({ sub, status_list });
}

/** Compares the digests of all nodes at each final block, and the content hash at the newest of these. */
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
