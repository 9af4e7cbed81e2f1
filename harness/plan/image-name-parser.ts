import type { ValueParser } from './value-parser.ts';

/** A repository with its host and path, a tag, a digest, as `docker run` takes them. */
const IMAGE =
  /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const LENGTH_MAX = 512;

/** The name of a container image. */
export function imageName(): ValueParser<string> {
  return {
    placeholder: 'image',
    expected: 'the name of an image, e.g. postgres:17-alpine',
    parse(texts) {
      const text = texts.at(-1)?.trim() ?? '';
      if (text === '') return { ok: false, problem: 'is empty' };
      return text.length <= LENGTH_MAX && IMAGE.test(text)
        ? { ok: true, value: text }
        : { ok: false, problem: 'is not the name of an image' };
    },
    print: (value) => value,
  };
}
