/** What a deployment claims at most; `null` means unbounded. */
export type Claim = number | null;
