/** Replaces secrets in everything that leaves the process. One instance serves every sink. */
export interface Redactor {
  /** From now on this text is never shown. */
  register(secret: string): void;
  redact(text: string): string;
}

export const REDACTED = '[redacted]';

/** Shorter texts are not registered: replacing "a" everywhere would destroy every report. */
const SECRET_LENGTH_MIN = 6;

/** `scheme://user:password@host`: only the password goes; libpq's two schemes and any other. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)[^\s/?#]*(?=@)/gi;
/** `PGPASSWORD=…`, `password=…` of connection strings and query parts, quoted or not. */
const ASSIGNED_PASSWORD = /\b((?:PG)?PASSWORD\s*=\s*)('[^']*'|"[^"]*"|[^\s&;,"']+)/gi;

/**
 * Works on whole texts: a secret cut in two by two writes is not found, so sinks are given whole
 * lines.
 */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    register(secret) {
      if (secret.length < SECRET_LENGTH_MIN) return;
      // As it stands, and as it looks inside a URL and inside a JSON string.
      secrets.add(secret);
      for (const form of percentEncoded(secret.toWellFormed())) secrets.add(form);
      secrets.add(JSON.stringify(secret).slice(1, -1));
    },
    redact(text) {
      let clean = text;
      // Longest first: a secret that contains another must not leave its rest behind.
      for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
        clean = clean.replaceAll(secret, REDACTED);
      }
      return clean
        .replace(URL_PASSWORD, `$1${REDACTED}`)
        .replace(ASSIGNED_PASSWORD, `$1${REDACTED}`);
    },
  };
}

/** As Node writes it, and Python, the JVM and Go: they differ in what they leave, in spaces and in hexadecimals. */
function percentEncoded(text: string): readonly string[] {
  const loose = encodeURIComponent(text);
  const strict = loose.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [loose, strict, strict.replaceAll('%20', '+'), strict.replaceAll('%2F', '/')];
  return forms.flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}
