// A collector of OpenTelemetry that keeps the spans it receives, by OTLP over gRPC.

import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { repository } from './processes.mjs';
import { waitUntil } from './waiting.mjs';

const EXPORT_TIMEOUT_MS = 10_000;
const definition = protoLoader.loadSync(join(repository, 'tests/e2e/otlp.proto'), { longs: String });
const { TraceService } = grpc.loadPackageDefinition(definition).opentelemetry.proto.collector.trace.v1;

const attributesOf = (list) => Object.fromEntries((list ?? []).map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

export class Collector {
  spans = [];

  async start() {
    this.server = new grpc.Server();
    this.server.addService(TraceService.service, {
      Export: ({ request }, answer) => {
        for (const { resource, scopeSpans } of request.resourceSpans) {
          const program = attributesOf(resource.attributes)['service.name'];
          for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => this.#read(program, span)));
        }
        answer(null, {});
      },
    });
    const port = await new Promise((resolve, reject) => {
      const done = (error, bound) => (error ? reject(error) : resolve(bound));
      this.server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), done);
    });
    this.endpoint = `http://127.0.0.1:${port}`;
    return this;
  }

  /** Waits until all named spans of the trace have arrived, and returns them by name. */
  async trace(traceId, ...names) {
    const found = () => {
      const spans = this.spans.filter((span) => span.traceId === traceId);
      const byName = new Map(spans.map((span) => [span.name, span]));
      return names.every((name) => byName.has(name)) ? byName : undefined;
    };
    return waitUntil(`the spans ${names.join(', ')}`, found, EXPORT_TIMEOUT_MS);
  }

  stop() {
    this.server.forceShutdown();
  }

  #read(program, span) {
    const hex = (bytes) => Buffer.from(bytes ?? '').toString('hex');
    return {
      program,
      name: span.name,
      traceId: hex(span.traceId),
      id: hex(span.spanId),
      parent: hex(span.parentSpanId),
      attributes: attributesOf(span.attributes),
      isError: span.status?.code === 2,
      tookNs: BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
    };
  }
}
