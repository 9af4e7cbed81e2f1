/** What tests may ask for beyond Node, npm and the installed packages. */
export const OPTIONAL_PARTS = [
  'browser',
  'docker',
  'fastapi',
  'old-node',
  'pgbouncer',
  'postgres15',
  'prometheus',
] as const;
export type OptionalPart = (typeof OPTIONAL_PARTS)[number];

/** What a look at the machine found: the thing, or why not and how to get it. */
export type Detection<Thing> =
  | { readonly state: 'present'; readonly thing: Thing }
  | { readonly state: 'absent'; readonly reason: string; readonly remedy: string };

export type Resolved<Thing> =
  | { readonly state: 'present'; readonly thing: Thing }
  | { readonly state: 'skipped'; readonly line: string };

/**
 * Parses POOL_LAB_REQUIRE: comma-separated names of parts that must not be skipped.
 *
 * @throws Error naming the unknown ones: a typo would turn a required test into a skipped one.
 */
export function requiredParts(text: string | undefined): ReadonlySet<OptionalPart> {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !isOptionalPart(name));
  if (unknown.length > 0) {
    throw new Error(
      `POOL_LAB_REQUIRE names ${unknown.join(', ')}, known are ${OPTIONAL_PARTS.join(', ')}`,
    );
  }
  return new Set(names.filter(isOptionalPart));
}

/** @throws Error when the part is required and absent. */
export function resolveOptional<Thing>(question: {
  readonly part: OptionalPart;
  readonly detection: Detection<Thing>;
  readonly required: ReadonlySet<OptionalPart>;
}): Resolved<Thing> {
  const { part, detection, required } = question;
  if (detection.state === 'present') return detection;
  const facts = `${detection.reason}; ${detection.remedy}`;
  if (required.has(part)) throw new Error(`POOL_LAB_REQUIRE names ${part}, but ${facts}`);
  return { state: 'skipped', line: `SKIPPED (${part}): ${facts}` };
}

function isOptionalPart(name: string): name is OptionalPart {
  return OPTIONAL_PARTS.some((part) => part === name);
}
