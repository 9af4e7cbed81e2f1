/** What one fault did. Counts go on after its end, where what it broke stays broken. */
export interface FaultTally {
  /** Those it hit: broken, refused, held up or silenced. */
  connections: number;
  /** Sent and never delivered. */
  bytesLost: number;
  /** Delivered when it was over. */
  bytesHeld: number;
}

export function emptyTally(): FaultTally {
  return { connections: 0, bytesLost: 0, bytesHeld: 0 };
}
