import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, dataSlice, hexlify, Interface, toBeHex, zeroPadValue } from "ethers";
import fc from "fast-check";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import type { Log } from "../../../resolver/chain/chain-reader.ts";
import { DID_TOPICS, decodeDidLog, MAX_VALUE_BYTES } from "../../../resolver/did/decode-log.ts";
import { ChainDataError } from "../../../resolver/errors.ts";
import type { Hash, Hex } from "../../../resolver/primitives/hex.ts";
import { runs } from "../../helpers/property.ts";

const REGISTRY: Hex = `0x${"d1".repeat(20)}`;
const registry = new Interface(didRegistryAbi);
const NAMES = { owner: "DIDOwnerChanged", delegate: "DIDDelegateChanged", attribute: "DIDAttributeChanged" } as const;

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((one) => hexlify(one));
const number = fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));
const address = bytes(20);

/** Any event that the contract can write: its kind and its arguments, in the order of its ABI. */
const event = fc.oneof(
  fc.tuple(fc.constant("owner" as const), fc.tuple(address, address, number)),
  fc.tuple(fc.constant("delegate" as const), fc.tuple(address, bytes(32), address, number, number)),
  fc.tuple(
    fc.constant("attribute" as const),
    fc.tuple(
      address,
      bytes(32),
      fc
        .oneof(
          { weight: 30, arbitrary: fc.uint8Array({ maxLength: 100 }) },
          { weight: 1, arbitrary: fc.uint8Array({ minLength: 4_090, maxLength: 4_096 }) },
        )
        .map(hexlify),
      number,
      number,
    ),
  ),
);

function encode(kind: keyof typeof NAMES, args: readonly unknown[]): Log {
  const { topics, data } = registry.encodeEventLog(NAMES[kind], args);
  return logOf(topics as Hash[], data as Hex);
}

function logOf(topics: readonly Hash[], data: Hex): Log {
  return {
    address: REGISTRY,
    topics,
    data,
    blockNumber: 7,
    blockHash: `0x${"b7".repeat(32)}`,
    transactionHash: `0x${"70".repeat(32)}`,
    logIndex: 3,
  };
}

test("every event reads as ethers' Interface reads it", () => {
  fc.assert(
    fc.property(event, ([kind, args]) => {
      const log = encode(kind, args);
      const parsed = registry.parseLog(log);
      assert(parsed);
      const { identity, ...wanted } = Object.fromEntries(
        Object.entries(parsed.args.toObject() as Record<string, string | bigint>).map(([name, value]) => [
          name === "name" && kind === "delegate" ? "delegateType" : name,
          typeof value === "bigint" ? Number(value) : value.toLowerCase(),
        ]),
      );
      assert.deepEqual(decodeDidLog(log, 1_700_000_000), {
        type: kind,
        identity,
        ...wanted,
        block: 7,
        time: 1_700_000_000,
        log,
      });
    }),
    runs(500),
  );
});

const IDENTITY = `0x${"0a".repeat(20)}`;
const NAME = `0x${"6e".repeat(32)}`;
const ATTRIBUTE = encode("attribute", [IDENTITY, NAME, "0x112233", 60, 5]);
const DELEGATE = encode("delegate", [IDENTITY, NAME, IDENTITY, 60, 5]);
const OWNER = encode("owner", [IDENTITY, IDENTITY, 5]);

/** A log whose data has another word at an index. */
function withWord(log: Log, index: number, value: bigint | Hex): Log {
  const word = typeof value === "bigint" ? toBeHex(value, 32) : value;
  const from = 32 * index;
  return { ...log, data: concat([dataSlice(log.data, 0, from), word, dataSlice(log.data, from + 32)]) as Hex };
}

const withData = (log: Log, data: string): Log => ({ ...log, data: data as Hex });
const withTopics = (log: Log, topics: readonly Hash[]): Log => ({ ...log, topics });
const [subject = "0x"] = OWNER.topics.slice(1);
/** A bit above the 20 bytes of an address. */
const dirty: Hex = `0x${"0".repeat(23)}1${subject.slice(26)}`;
const TOO_LARGE = 2n ** 53n;

const malformed: Record<string, { log: Log; message: RegExp }> = {
  "no topics": { log: withTopics(OWNER, []), message: /no single subject/ },
  "no subject": { log: withTopics(OWNER, [DID_TOPICS.owner]), message: /no single subject/ },
  "a third topic": { log: withTopics(OWNER, [...OWNER.topics, subject]), message: /no single subject/ },
  "an unknown event": { log: withTopics(OWNER, [subject, subject]), message: /topic 0 is 0x0000/ },
  "a subject that is no address": { log: withTopics(OWNER, [DID_TOPICS.owner, dirty]), message: /is no address/ },
  "an owner that is no address": { log: withWord(OWNER, 0, dirty), message: /is no address/ },
  "a delegate that is no address": { log: withWord(DELEGATE, 1, dirty), message: /is no address/ },
  "a previous change of 2^53": { log: withWord(OWNER, 1, TOO_LARGE), message: /below 2\^53/ },
  "a delegate's end of 2^53": { log: withWord(DELEGATE, 2, TOO_LARGE), message: /below 2\^53/ },
  "an attribute's end of 2^256 - 1": { log: withWord(ATTRIBUTE, 2, 2n ** 256n - 1n), message: /below 2\^53/ },
  "an attribute's previous change of 2^53": { log: withWord(ATTRIBUTE, 3, TOO_LARGE), message: /below 2\^53/ },
  "an owner without data": { log: withData(OWNER, "0x"), message: /has 0 bytes of data, wanted 64/ },
  "an owner with a word too many": { log: withData(OWNER, concat([OWNER.data, subject])), message: /96 bytes/ },
  "a delegate with a byte too few": { log: withData(DELEGATE, dataSlice(DELEGATE.data, 0, 127)), message: /127 bytes/ },
  "a value that is elsewhere": { log: withWord(ATTRIBUTE, 1, 160n), message: /elsewhere than at word 4/ },
  "a value whose offset is 2^53": { log: withWord(ATTRIBUTE, 1, TOO_LARGE), message: /below 2\^53/ },
  "a value that says to be longer": { log: withWord(ATTRIBUTE, 4, 33n), message: /192 bytes of data, wanted 224/ },
  "a value that says to be empty": { log: withWord(ATTRIBUTE, 4, 0n), message: /192 bytes of data, wanted 160/ },
  "a value whose length is 2^256 - 1": { log: withWord(ATTRIBUTE, 4, 2n ** 256n - 1n), message: /below 2\^53/ },
  "a value over the cap": {
    log: encode("attribute", [IDENTITY, NAME, hexlify(new Uint8Array(MAX_VALUE_BYTES + 1)), 60, 5]),
    message: /has 4097 bytes, the cap is 4096/,
  },
  "a value that is padded with ones": { log: withWord(ATTRIBUTE, 5, `0x112233${"11".repeat(29)}`), message: /padded/ },
  "an attribute of a word": { log: withData(ATTRIBUTE, zeroPadValue("0x80", 32)), message: /below 2\^53/ },
  "an attribute without data": { log: withData(ATTRIBUTE, "0x"), message: /below 2\^53/ },
};

for (const [what, { log, message }] of Object.entries(malformed)) {
  test(`a log with ${what} is refused by name and place`, () => {
    assert.throws(
      () => decodeDidLog(log, 0),
      (error) => {
        assert(error instanceof ChainDataError);
        assert.equal(error.code, "CHAIN_DATA");
        assert.match(error.message, /^Log 3 of block 7 is none that the registry can have written: /);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("whatever bytes a log has, it is an event or refused, and an event has the very bytes of its log", () => {
  const topic = fc.oneof(fc.constantFrom(...Object.values(DID_TOPICS)), fc.constant(subject), bytes(32));
  const word = fc.oneof(
    fc.constantFrom(0n, 1n, 32n, 128n, 4_096n, TOO_LARGE, 2n ** 256n - 1n).map((one) => toBeHex(one, 32)),
    fc.constant(subject),
    bytes(32),
  );
  const data = fc.oneof(fc.array(word, { maxLength: 9 }).map(concat), fc.uint8Array({ maxLength: 300 }).map(hexlify));
  const random = fc
    .tuple(fc.array(topic, { maxLength: 4 }), data)
    .map(([topics, data]) => logOf(topics as Hash[], data as Hex));
  const nearly = fc
    .tuple(event, fc.nat({ max: 7 }), fc.option(word))
    .map(([[kind, args], index, word]) => ({ log: encode(kind, args), index, word }))
    .filter(({ log, index }) => 32 * (index + 1) <= (log.data.length - 2) / 2)
    .map(({ log, index, word }) => (word === null ? log : withWord(log, index, word as Hex)));
  let events = 0;
  fc.assert(
    fc.property(fc.oneof(random, nearly), (log) => {
      try {
        const event = decodeDidLog(log, 0);
        assert.equal(event.log, log);
        const args =
          event.type === "owner"
            ? [event.identity, event.owner, event.previousChange]
            : event.type === "delegate"
              ? [event.identity, event.delegateType, event.delegate, event.validTo, event.previousChange]
              : [event.identity, event.name, event.value, event.validTo, event.previousChange];
        assert.deepEqual(encode(event.type, args), log);
        events++;
      } catch (error) {
        assert(error instanceof ChainDataError, `threw ${error}`);
      }
    }),
    runs(20_000),
  );
  assert(events > 1_000, `only ${events} were events`);
});
