import { EXPECT_BY_DEFAULT, METHODS, type RequestTemplate } from '../../plan/request-mix.ts';

/** `POST /orders` with everything else as it is where nothing is said. */
export function template(name: string, changes: Partial<RequestTemplate> = {}): RequestTemplate {
  const [, method = 'GET', path = '/'] = /^(\w+) (.*)$/.exec(name) ?? [];
  return {
    name,
    method: METHODS.find((known) => known === method) ?? 'GET',
    path,
    headers: {},
    body: null,
    bodyKind: 'text',
    weight: 1,
    expect: EXPECT_BY_DEFAULT,
    ...changes,
  };
}
