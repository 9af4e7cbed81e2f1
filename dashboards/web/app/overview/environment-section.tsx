import type { VNode } from 'preact';
import { formatBytes, plural } from '../../../../harness/report/format.ts';
import { useReport } from '../sweep-context.ts';
import type { Sweep } from '../sweep-types.ts';

/** Where it was measured and with what, and what of it holds elsewhere. */
export function EnvironmentSection(): VNode {
  const { result, carriesOver } = useReport().data;
  const { environment } = result;
  return (
    <section class="section" id="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Where this holds</h2>
      <dl class="pairs">
        {carriesOver.map(({ label, text }) => (
          <div key={label} class="pair">
            <dt>{sentenceCase(label)}</dt>
            <dd class="prose">{text}</dd>
          </div>
        ))}
      </dl>
      {environment === null ? null : (
        <>
          <h3>Measured on</h3>
          <dl class="pairs">
            {environmentPairs(environment).map(([name, value]) => (
              <div key={name} class="pair">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

/** Labels are shouted in a terminal, where there is nothing else to set them apart. */
function sentenceCase(label: string): string {
  return label.charAt(0) + label.slice(1).toLowerCase();
}

/** As PostgreSQL spells it: `synchronousCommit` is `synchronous_commit`. */
function settingName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type Environment = NonNullable<Sweep['environment']>;

function environmentPairs(environment: Environment): readonly (readonly [string, string])[] {
  const { postgres } = environment;
  const durability = Object.entries(postgres.durability).map(
    ([name, value]) => `${settingName(name)} ${value}`,
  );
  return [
    [
      'Machine',
      `${environment.cpuModel}, ${plural(environment.cores, 'core')}, ${formatBytes(environment.memoryBytes)} of memory`,
    ],
    ['System', `${environment.platform} ${environment.osRelease}, ${environment.arch}`],
    [
      'PostgreSQL',
      `${postgres.version} (${postgres.provider}), ${formatBytes(postgres.databaseBytes)} of data, ${formatBytes(postgres.sharedBuffersBytes)} of shared buffers${postgres.fileSystem === null ? '' : `, on ${postgres.fileSystem}`}`,
    ],
    ['Durability', durability.join(', ')],
    [
      'Lab',
      `pool-lab ${environment.poolLabVersion} on Node.js ${environment.nodeVersion}, load by ${environment.loadEngine}`,
    ],
  ];
}
