import type { Checkout, Pool } from '../pool.ts';

/** The answer of a checkout as soon as there is one. */
export function follow(pool: Pool) {
  const followed: { checkout?: Checkout; error?: Error; answers: number } = { answers: 0 };
  pool.checkout().then(
    (checkout) => Object.assign(followed, { checkout, answers: followed.answers + 1 }),
    (error: Error) => Object.assign(followed, { error, answers: followed.answers + 1 }),
  );
  return followed;
}
