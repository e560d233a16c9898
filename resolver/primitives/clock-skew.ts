/** Seconds by which the clocks of an issuer, a holder and a verifier may differ: a rule of the method. */
export const CLOCK_SKEW = 60;
