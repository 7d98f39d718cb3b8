import { expect } from 'chai';
import { exposition } from '../../lib/health/metric-text.ts';
import { addedMetrics } from '../../lib/health/metric-sum.ts';

const textOf = (done: number, memory: number, ready: number, documents: number): string =>
  exposition([
    {
      name: 'suoyin_http_requests_total',
      help: 'Answered.',
      type: 'counter',
      samples: [{ labels: { route: '/suggest', text: 'a b' }, value: done }],
    },
    {
      name: 'suoyin_search_duration_seconds',
      help: 'Time.',
      type: 'histogram',
      samples: [{ labels: { le: '+Inf' }, value: done, suffix: '_bucket' }],
    },
    {
      name: 'suoyin_process_resident_memory_bytes',
      help: 'Memory.',
      type: 'gauge',
      samples: [{ labels: {}, value: memory }],
    },
    {
      name: 'suoyin_health_ready',
      help: 'Ready.',
      type: 'gauge',
      samples: [{ labels: {}, value: ready }],
    },
    {
      name: 'suoyin_index_documents',
      help: 'Documents.',
      type: 'gauge',
      samples: [{ labels: { alias: 'places' }, value: documents }],
    },
  ]);

describe('addedMetrics', () => {
  it('adds what was counted, also by ended processes, and has one figure for what is shared', () => {
    const added = addedMetrics([textOf(3, 100, 1, 7), textOf(4, 50, 0, 7)], [textOf(5, 900, 0, 9)]);
    expect(added).to.equal(textOf(12, 150, 0, 7));
  });

  it('is the text itself for one process, and keeps only counts of ended ones', () => {
    const text = textOf(3, 100, 1, 7);
    expect(addedMetrics([text])).to.equal(text);
    const kept = addedMetrics([], [text, text]);
    expect(addedMetrics([text], [kept])).to.equal(textOf(9, 100, 1, 7));
  });
});
