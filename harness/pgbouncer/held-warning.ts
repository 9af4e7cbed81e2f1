/** Its process is known to have ended some ms after its sockets are; on a machine that others fill, much later. */
const HOLD_MS = 1_000;

/**
 * What there is to say of a process, for as long as it is one: of one that is no more, its end says it all, and its
 * sockets show that first. So a sentence is held back until the end would be known.
 */
export function heldWarning(
  warn: (sentence: string) => void,
  { ended, holdMs = HOLD_MS }: { readonly ended: AbortSignal; readonly holdMs?: number },
): { warn(sentence: string): void /** Says at once what is held back. */; release(): void } {
  const held: string[] = [];
  const release = (): void => {
    for (const sentence of held.splice(0)) if (!ended.aborted) warn(sentence);
  };
  return {
    warn: (sentence) => {
      held.push(sentence);
      setTimeout(release, holdMs).unref();
    },
    release,
  };
}
