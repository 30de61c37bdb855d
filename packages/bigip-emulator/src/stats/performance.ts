// The text of `sys/performance/all-stats`, in the layout that clients parse (iControl REST 7.5). Pure.
import type { Reading, Readings } from './traffic-rates.ts';

interface Section {
  title: string;
  rows: [string, Reading][];
}

const WIDTH = 30;

function row([name, { current, average, max }]: [string, Reading]): string {
  const columns = [current, average, max].map((value) => String(Math.round(value)).padEnd(12));
  return `${name.padEnd(WIDTH)}  ${columns.join('  ')}`.trimEnd();
}

function block(since: string, { title, rows }: Section): string {
  const rule = '-'.repeat(76);
  const head = `${title.padEnd(WIDTH)}  ${'Current'.padEnd(12)}  ${'Average'.padEnd(12)}  Max(since ${since})`;
  return [rule, head, rule, ...rows.map(row), ''].join('\n');
}

/** @param startMs beginning of the time that average and maximum cover */
export function performanceText(readings: Readings, startMs: number): string {
  const since = new Date(startMs).toISOString().slice(0, 19);
  return sectionsOf(readings)
    .map(
      ([name, blocks]) =>
        `\nSys::Performance ${name}\n${blocks.map((entry) => block(since, entry)).join('\n')}`,
    )
    .join('\n');
}

/** EMULATOR: what no program can say about a device it is not: processor, memory, cache. */
function steady(value: number): Reading {
  return { current: value, average: value, max: value };
}

function sectionsOf(readings: Readings): [string, Section[]][] {
  return [
    [
      'System',
      [
        { title: 'System CPU Usage(%)', rows: [['Utilization', steady(5)]] },
        {
          title: 'Memory Used(%)',
          rows: [
            ['TMM Memory Used', steady(10)],
            ['Other Memory Used', steady(40)],
            ['Swap Memory Used', steady(0)],
          ],
        },
      ],
    ],
    ['Connections', connectionBlocks(readings)],
    ['Throughput', throughputBlocks(readings)],
    [
      'Ramcache',
      [
        {
          title: 'RAM Cache Utilization(%)',
          rows: [
            ['Hit Rate', steady(0)],
            ['Byte Rate', steady(0)],
            ['Eviction Rate', steady(0)],
          ],
        },
      ],
    ],
  ];
}

function connectionBlocks(readings: Readings): Section[] {
  return [
    { title: 'Active Connections', rows: [['Connections', readings.connections]] },
    {
      title: 'Total New Connections(/sec)',
      rows: [
        ['Client Connections', readings.newClients],
        ['Server Connections', readings.newServers],
      ],
    },
    { title: 'HTTP Requests(/sec)', rows: [['HTTP Requests', readings.requests]] },
  ];
}

function throughputBlocks(readings: Readings): Section[] {
  return [
    {
      title: 'Throughput(bits)(bits/sec)',
      rows: [
        ['In', readings.bitsIn],
        ['Out', readings.bitsOut],
      ],
    },
    { title: 'SSL Transactions', rows: [['SSL TPS', readings.handshakes]] },
    {
      title: 'Throughput(packets)(pkts/sec)',
      rows: [
        ['In', readings.packetsIn],
        ['Out', readings.packetsOut],
      ],
    },
  ];
}
