/** A moment that a client names, in UTC. `format` says what the pattern does not: that the month has such a day. */
export const MOMENT = {
  type: "string",
  format: "date-time",
  pattern: "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
};
