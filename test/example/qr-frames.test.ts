import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  FRAME_LENGTH,
  FrameCollector,
  framesOf,
  MAX_FRAMES,
  MAX_SINGLE,
} from "../../examples/mobile-id/shared/qr-frames.ts";
import { runs } from "../helpers/property.ts";

const long = (length: number, letter = "a") => letter.repeat(length);

test("a text comes back from its frames, in whatever order they are read, and read twice", async () => {
  const text = fc.string({ unit: "grapheme-ascii", minLength: MAX_SINGLE + 1, maxLength: 4_000 });
  const order = fc.array(fc.nat(), { minLength: 0, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, order, async (whole, extra) => {
      const frames = await framesOf(whole);
      assert(frames.length > 1 && frames.every((frame) => frame.length < MAX_SINGLE));
      const collector = new FrameCollector();
      let got: string | undefined;
      for (const at of [...extra.map((one) => one % frames.length), ...frames.keys()].reverse()) {
        got ??= (await collector.add(frames[at] ?? "")).text;
      }
      assert.equal(got, whole);
    }),
    runs(100),
  );
});

test("a short text is one code with nothing around it, unless it looks like a frame", async () => {
  assert.deepEqual(await framesOf("openid4vp://?a=b"), ["openid4vp://?a=b"]);
  const [frame = ""] = await framesOf(long(MAX_SINGLE + 1));
  assert.equal((await framesOf(frame)).length, 2);
  assert.deepEqual(await new FrameCollector().add("anything"), { read: 1, of: 1, text: "anything" });
});

test("frames of two texts never make a third one", async () => {
  const [one, other] = [await framesOf(long(2_000)), await framesOf(long(2_000, "b"))];
  const collector = new FrameCollector();
  assert.equal((await collector.add(one[0] ?? "")).read, 1);
  assert.equal((await collector.add(other[1] ?? "")).read, 1, "the other text begins from scratch");
  const forged = (one[1] ?? "").replace(/a$/, "b");
  const mixed = new FrameCollector();
  const reads = [];
  for (const frame of [one[0] ?? "", forged, one[2] ?? ""]) reads.push(await mixed.add(frame));
  assert.equal(reads.at(-1)?.text, undefined);
  assert.equal(reads.at(-1)?.read, 0);
});

test("a code that says it is one of too many parts, or of none, is not kept", async () => {
  for (const head of ["mapae1/1/99", "mapae1/0/3", "mapae1/4/3"]) {
    assert.deepEqual(await new FrameCollector().add(`${head}/0123456789abcdef/x`), { read: 0, of: 1 });
  }
});

test("a text of more frames than a screen may show is refused", async () => {
  assert.equal((await framesOf(long(MAX_FRAMES * FRAME_LENGTH))).length, MAX_FRAMES);
  await assert.rejects(framesOf(long(MAX_FRAMES * FRAME_LENGTH + 1)), RangeError);
});

test("no text is read that is longer than an answer may be, however long the codes of a hostile screen are", async () => {
  const collector = new FrameCollector();
  for (let at = 1; at <= MAX_FRAMES; at++) {
    const frame = `mapae1/${at}/${MAX_FRAMES}/0000000000000000/${long(FRAME_LENGTH + 1)}`;
    assert.deepEqual(await collector.add(frame), { read: 0, of: 1 });
  }
});
