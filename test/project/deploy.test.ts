import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { COMMANDS } from '../../lib/cli/commands.ts';
import type { CommandSpec } from '../../lib/cli/command.ts';

const folder = fileURLToPath(new URL('../../deploy/', import.meta.url));
const text = (file: string): string => readFileSync(folder + file, 'utf8');

/** The words of every command of suoyin that a file has: in a shell line, or as a list of JSON or YAML. */
function commandsOf(file: string): string[][] {
  const lines = [
    ...text(file).matchAll(/\bsuoyin ((?:serve|index-rebuild|images|backup)\b[^\n]*)/g),
  ];
  const lists = [...text(file).matchAll(/(?:command|args):\n((?: +- [^\n]*\n)+)/g)];
  const arrays = [...text(file).matchAll(/^CMD (\[.*\])$/gm)];
  return [
    ...lines.map(([, line = '']) => line.trim().split(/\s+/)),
    ...lists.map(([, list = '']) => list.split('\n').map((line) => line.replace(/^ +- /, ''))),
    ...arrays.map(([, array = '[]']) => JSON.parse(array) as string[]),
  ].map((words) => words.filter((word) => word !== ''));
}

function specOf([first, second]: string[]): CommandSpec | undefined {
  const found = COMMANDS.find(({ name }) => name === first);
  if (found === undefined || !('commands' in found)) return found;
  return found.commands.find(({ name }) => name === (second ?? found.default));
}

describe('files of deploy', () => {
  const files = readdirSync(folder);

  it('have commands that there are, with flags that they take', () => {
    const commands = files.flatMap((file) => commandsOf(file).map((words) => ({ file, words })));
    expect(commands.length).to.be.greaterThan(6);
    for (const { file, words } of commands) {
      const spec = specOf(words);
      expect(spec, `${file}: ${words.join(' ')}`).not.to.equal(undefined);
      const flags = spec!.options.map((option) => /--[\w-]+/.exec(option.flags)![0]);
      for (const word of words.filter((each) => each.startsWith('--'))) {
        expect(flags, `${file}: ${words.join(' ')}`).to.include(word);
      }
    }
  });

  it('ask the probes for what they are', () => {
    expect(text('kubernetes.yaml')).to.match(/livenessProbe:\s+httpGet: \{ path: \/livez/);
    expect(text('kubernetes.yaml')).to.match(/readinessProbe:\s+httpGet: \{ path: \/readyz/);
    expect(text('Dockerfile')).to.include('/livez');
  });

  it('give nobody the port for probes', () => {
    for (const file of ['Caddyfile', 'nginx.conf']) {
      const passed = [...text(file).matchAll(/(?:reverse_proxy|server) (127\.0\.0\.1:\d+)/g)];
      expect(passed.map(([, address]) => address)).to.deep.equal(['127.0.0.1:8080']);
    }
  });
});
