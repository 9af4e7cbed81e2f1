interface Wrong {
  readonly problem: string;
  readonly remedy: string;
}

/** RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, 5.5, without the bytes that nobody agrees upon. */
const VALUE = /^[\t\x20-\x7e]*$/;
/** About one connection, or about the length of what is sent: whoever sends it writes them. */
const OF_THE_ENGINE: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const SECRET_NAME = /^(authorization|proxy-authorization|cookie)$|api-?key|token|secret|password/;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export function headerNameProblem(name: string): Wrong | null {
  if (!NAME.test(name)) {
    return {
      problem: 'is no name of a header',
      remedy: 'give letters, digits and dashes, e.g. accept-language',
    };
  }
  if (OF_THE_ENGINE.includes(name.toLowerCase())) {
    return { problem: 'is written by the load engine', remedy: 'leave it out' };
  }
  return null;
}

export function isHeaderValue(text: string): boolean {
  return VALUE.test(text);
}

/** Whose values are nobody's business. */
export function isSecretHeader(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase());
}

/** Names of `${NAME}`, each once. */
export function variablesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name = '']) => name))];
}

/** What is wrong with a variable that a header needs; its value is in no message. */
export function variableProblem(name: string, value: string | undefined): Wrong | null {
  const remedy = `set ${name} in the environment of pool-lab`;
  if (value === undefined)
    return { problem: `needs the variable ${name}, which is not set`, remedy };
  if (value.trim() === '') return { problem: `needs the variable ${name}, which is empty`, remedy };
  if (!isHeaderValue(value)) {
    return {
      problem: `needs the variable ${name}, whose value no header can carry`,
      remedy: `give ${name} printable ASCII characters and no line ends`,
    };
  }
  // It would be taken for a placeholder where the rows' values are filled in.
  if (value.includes('{{')) {
    return {
      problem: `needs the variable ${name}, whose value has double braces`,
      remedy: `give ${name} a value without {{`,
    };
  }
  return null;
}

/** @param textFor the value of each variable */
export function filledInHeader(text: string, textFor: (name: string) => string): string {
  return text.replace(VARIABLE, (_whole, name: string) => textFor(name));
}
