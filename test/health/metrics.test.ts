import { expect } from 'chai';
import { createMetrics } from '../../lib/health/metrics.ts';

describe('createMetrics', () => {
  it('counts searches into buckets, sum and count', () => {
    const metrics = createMetrics();
    metrics.searchDone('suggest', 'ok', 0.003);
    metrics.searchDone('suggest', 'ok', 7);
    const lines = metrics.text().split('\n');
    expect(lines).to.include('# TYPE suoyin_search_duration_seconds histogram');
    const labels = 'kind="suggest",outcome="ok"';
    expect(lines).to.include(`suoyin_search_duration_seconds_bucket{${labels},le="0.0025"} 0`);
    expect(lines).to.include(`suoyin_search_duration_seconds_bucket{${labels},le="0.005"} 1`);
    expect(lines).to.include(`suoyin_search_duration_seconds_bucket{${labels},le="5"} 1`);
    expect(lines).to.include(`suoyin_search_duration_seconds_bucket{${labels},le="+Inf"} 2`);
    expect(lines).to.include(`suoyin_search_duration_seconds_sum{${labels}} 7.003`);
    expect(lines).to.include(`suoyin_search_duration_seconds_count{${labels}} 2`);
  });

  it('has counters at 0 before anything came in', () => {
    expect(createMetrics().text()).to.include('suoyin_ingest_records_total{outcome="indexed"} 0\n');
  });

  it('counts answers by route and status, and never has more than so many routes', () => {
    const metrics = createMetrics();
    metrics.requestDone('GET', '/places/{id}', 200);
    metrics.requestDone('GET', '/places/{id}', 200);
    metrics.requestDone('BREW', null, 404);
    metrics.requestDone('GET', '/suggest', null);
    const count = 'suoyin_http_requests_total';
    const lines = metrics.text().split('\n');
    expect(lines).to.include(`${count}{method="GET",route="/places/{id}",status="200"} 2`);
    expect(lines).to.include(`${count}{method="other",route="none",status="404"} 1`);
    expect(lines).to.include(`${count}{method="GET",route="/suggest",status="0"} 1`);
    for (let n = 0; n < 500; n++) metrics.requestDone('GET', `/${n}`, 200);
    const routes = metrics.text().match(/suoyin_http_requests_total\{/g);
    expect(routes).to.have.length.lessThan(110);
  });

  it('tells version, memory and start of the process', () => {
    const text = createMetrics().text();
    expect(text).to.match(/suoyin_build_info\{version="\d+\.\d+\.\d+",node="\d+\.\d+\.\d+"\} 1\n/);
    expect(Number(/resident_memory_bytes (\d+)/.exec(text)?.[1])).to.be.greaterThan(1e7);
    const began = Number(/start_time_seconds (\d+)/.exec(text)?.[1]);
    expect(Math.abs(Date.now() / 1000 - process.uptime() - began)).to.be.lessThan(5);
  });

  it('keeps what somebody typed out of labels', () => {
    const metrics = createMetrics();
    for (let n = 0; n < 1000; n++) {
      metrics.searchDone(`typed ${n}` as 'suggest', `typed ${n}` as 'ok', 0.1);
      metrics.ingested(`typed ${n}` as 'indexed');
    }
    const text = metrics.text();
    expect(text).not.to.include('typed');
    expect(text).to.include('_count{kind="other",outcome="other"} 1000\n');
    expect(text).to.include('{outcome="other"} 1000\n');
  });
});
