import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string;
    temporalAddress: string;
  }
}

export default function setup(project: TestProject): void {
  project.provide('mongodbUri', process.env.MONGODB_URI ?? 'mongodb://127.0.0.1:27117/?directConnection=true');
  project.provide('temporalAddress', process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7333');
}
