import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BackendMessages, errorFields } from './backend-messages.ts';

function bytesOf(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(body) + 4, 0);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

test('messages are the same in whatever pieces they come', () => {
  const message = fc.tuple(fc.constantFrom('R', 'S', 'Z', 'E'), fc.string({ maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.integer({ min: 1, max: 9 })), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(([type, body]) => bytesOf(type, body)));
      const reader = new BackendMessages();
      const read: (readonly [string, string])[] = [];
      for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
        const end = at + (cuts[piece % Math.max(1, cuts.length)] ?? bytes.length);
        for (const { type, body } of reader.push(bytes.subarray(at, end))) {
          read.push([type, body.toString()]);
        }
        at = end;
      }
      expect(read).toEqual(sent);
    }),
  );
});

test.each([
  ['HTTP/1.1 400 Bad Request', /this is not PostgreSQL/],
  ['R\0\0\0\u0003', /a message of 3 bytes/],
])('%j is no message', (text, problem) => {
  expect(() => new BackendMessages().push(Buffer.from(text))).toThrow(problem);
});

test('an error is told by its SQLSTATE and its text', () => {
  const body = Buffer.from('SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0');
  expect(errorFields(body)).toEqual({
    code: '53300',
    message: 'sorry, too many clients already',
  });
});
