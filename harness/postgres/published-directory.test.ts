import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { publishOnce } from './published-directory.ts';
import { withLabParent } from './test/lab-parent.ts';

function fillWith(text: string) {
  return async (unfinished: string): Promise<void> => {
    mkdirSync(join(unfinished, 'inner'));
    writeFileSync(join(unfinished, 'inner', 'file'), text);
  };
}

function read(path: string): string {
  return readFileSync(join(path, 'inner', 'file'), 'utf8');
}

test('it is filled once', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, 'published');
    await publishOnce(path, fillWith('first'));
    await publishOnce(path, fillWith('second'));
    expect(read(path)).toBe('first');
    expect(readdirSync(parent)).toEqual(['published']);
  });
});

test('of two that fill it at once both get a complete one, and nothing else is left', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, 'published');
    const bothFilled = Promise.withResolvers<void>();
    let filled = 0;
    const fill = async (unfinished: string): Promise<void> => {
      await fillWith('same')(unfinished);
      filled += 1;
      if (filled === 2) bothFilled.resolve();
      await bothFilled.promise;
    };
    const results = await Promise.all([publishOnce(path, fill), publishOnce(path, fill)]);
    expect(results).toEqual([path, path]);
    expect(read(path)).toBe('same');
    expect(readdirSync(parent)).toEqual(['published']);
  });
});

test('what failed half-way is not published, and is removed', async () => {
  await withLabParent(async (parent) => {
    const broken = new Error('half-way');
    const publishing = publishOnce(join(parent, 'published'), async (unfinished) => {
      await fillWith('half')(unfinished);
      throw broken;
    });
    await expect(publishing).rejects.toBe(broken);
    expect(readdirSync(parent)).toEqual([]);
  });
});

test('one that lost a file since is made again', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, 'published');
    await publishOnce(path, fillWith('first'));
    rmSync(join(path, 'inner', 'file'));
    await publishOnce(path, fillWith('second'));
    expect(read(path)).toBe('second');
    expect(readdirSync(parent)).toEqual(['published']);
  });
});

test('one that lost its manifest, as a killed removal leaves it, is made again', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, 'published');
    await publishOnce(path, fillWith('first'));
    rmSync(join(path, 'manifest.json'));
    await publishOnce(path, fillWith('second'));
    expect(read(path)).toBe('second');
  });
});

test('a directory nobody can write is told, with the way out', async () => {
  await expect(publishOnce('/proc/pool-lab/published', fillWith(''))).rejects.toThrow(/\/proc/);
});
