import { escaped } from "../markup.ts";
import type { FeedChange } from "./feed.ts";

/** An Atom feed of changes (RFC 4287). The id of an entry is the event's place on the chain, which never changes. */
export function atomFeed({
  network,
  self,
  page,
  changes,
}: {
  readonly network: string;
  /** Path and query of the feed. */
  readonly self: string;
  /** Path and query of the page's view of the same changes. */
  readonly page: string;
  readonly changes: readonly FeedChange[];
}): string {
  const updated = changes[0]?.time ?? "1970-01-01T00:00:00Z";
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:mapae:${escaped(network)}:changes:${escaped(encodeURIComponent(self))}</id>
<title>Mapae ${escaped(network)}: changes</title>
<updated>${updated}</updated>
<author><name>did:mapae:${escaped(network)}</name></author>
<link rel="self" href="${escaped(self)}"/>
<link rel="alternate" type="text/html" href="${escaped(page)}"/>
${changes.map((change) => entry(network, change)).join("\n")}
</feed>
`;
}

function entry(network: string, change: FeedChange): string {
  const { kind, type, time, blockHash, logIndex, subject, did, uri, label } = change;
  const name = label ?? uri ?? did ?? subject;
  return `<entry>
<id>urn:mapae:${escaped(network)}:${blockHash}:${logIndex}</id>
<title>${escaped(`${kind} ${type}: ${name}`)}</title>
<updated>${time}</updated>
<content type="text">${escaped(JSON.stringify(change))}</content>
</entry>`;
}
