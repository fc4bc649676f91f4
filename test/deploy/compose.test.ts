import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { settings } from '../../config.ts';
import { exampleVariables, readCompose, readText, variablesOf, withDefaults, type Service } from './compose.ts';

const FILES = ['docker-compose.yml', 'deploy/temporal-ui-login.yml'];
const SECRET = /PASSWORD|PWD|SECRET|KEY/;
const REQUIRED = /\$\{[A-Z_]+:\?[^}]*\}/g;

const compose = readCompose('docker-compose.yml');
const services = Object.entries(compose.services);
const each = (test: (service: Service, name: string) => boolean): string[] => services.filter(([name, service]) => !test(service, name)).map(([name]) => name);
const waitedForToEnd = new Set(
  services.flatMap(([, { depends_on = {} }]) =>
    Object.entries(depends_on).filter(([, { condition }]) => condition === 'service_completed_successfully').map(([name]) => name),
  ),
);

describe('docker-compose.yml', () => {
  test.each(FILES)('%s is valid by the schema of the Compose Specification', (file) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(readText('test/deploy/compose-spec/compose-spec.json')));
    validate(parse(withDefaults(readText(file)), { merge: true }));
    expect(validate.errors).toBeNull();
  });

  test('publishes the API and the Temporal UI only, both on this machine unless the operator says otherwise', () => {
    expect(each(({ ports = [] }, name) => ports.length === 0 || name === 'api' || name === 'temporal-ui')).toEqual([]);
    for (const name of ['api', 'temporal-ui']) {
      for (const port of compose.services[name]?.ports ?? []) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test.each(FILES)('the Temporal UI of %s cannot be bound to another address than 127.0.0.1', (file) => {
    for (const port of readCompose(file).services['temporal-ui']?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  test('the databases and the Temporal frontend are on internal networks alone', () => {
    for (const name of ['mongodb', 'postgresql', 'temporal']) {
      const networks = compose.services[name]?.networks ?? [];
      expect(networks.length).toBeGreaterThan(0);
      for (const network of networks) expect(compose.networks[network]?.internal, `${name} on ${network}`).toBe(true);
    }
  });

  test('PostgreSQL is reached by Temporal and its schema tool alone', () => {
    const there = services.filter(([, { networks = [] }]) => networks.includes('temporal-db')).map(([name]) => name);
    expect(there.sort()).toEqual(['postgresql', 'temporal', 'temporal-schema']);
  });

  test('no secret has a default: each is required, with a sentence', () => {
    const secrets = FILES.flatMap(variablesOf).filter(({ name }) => SECRET.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    for (const { name, sentence, default: fallback } of secrets) {
      expect(fallback, name).toBeNull();
      expect(sentence, name).toMatch(new RegExp(`^set ${name} in \\.env`));
    }
  });

  test('no secret is written out in the file', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (SECRET.test(variable)) expect(value, `${name}: ${variable}`).toMatch(/^\$\{[A-Z_]+:\?/);
        else expect(value.replaceAll(REQUIRED, ''), `${name}: ${variable}`).not.toMatch(/:\/\/[^/@]*:[^/@]+@/);
      }
    }
  });

  test('every service has a health check, or is a one-shot that others wait for', () => {
    expect(each(({ healthcheck }, name) => (healthcheck !== undefined) !== waitedForToEnd.has(name))).toEqual([]);
  });

  test('what lasts is restarted, what ends is retried', () => {
    expect(each(({ restart }, name) => (waitedForToEnd.has(name) ? /^on-failure:\d+$/.test(restart ?? '') : restart === 'unless-stopped'))).toEqual([]);
  });

  test('every dependency names a service and what it must have reached', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        expect(compose.services[needed], `${name} -> ${needed}`).toBeDefined();
        expect(['service_healthy', 'service_completed_successfully'], `${name} -> ${needed}`).toContain(condition);
      }
    }
  });

  test('no service may gain privileges, none runs as root, and only the Temporal UI writes to its file system', () => {
    const ownUser = /^temporalio\/(server|admin-tools):/; // these images switch to their own user themselves
    expect(each(({ cap_drop }) => cap_drop?.join() === 'ALL')).toEqual([]);
    expect(each(({ security_opt }) => security_opt?.includes('no-new-privileges:true') === true)).toEqual([]);
    expect(each(({ privileged }) => privileged !== true)).toEqual([]);
    expect(each(({ user, image = '' }) => ownUser.test(image) || (user !== undefined && !/^(0|root)\b/.test(user)))).toEqual([]);
    expect(each(({ read_only }, name) => read_only === true || name === 'temporal-ui')).toEqual([]);
  });

  test('images are pinned, and the Temporal server and its tools are of one version', () => {
    const images = services.map(([, { image = '' }]) => image).filter((image) => !image.startsWith('tributary:'));
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    const versions = images.filter((image) => /^temporalio\/(server|admin-tools):/.test(image)).map((image) => image.split(':')[1]);
    expect(new Set(versions).size).toBe(1);
  });

  test('Docker waits longer than a process takes to stop', () => {
    for (const name of ['api', 'worker']) {
      const seconds = Number(/^(\d+)s$/.exec(compose.services[name]?.stop_grace_period ?? '')?.[1]);
      expect(seconds * 1000, name).toBeGreaterThan(settings.shutdownGraceMs.default + 10_000);
    }
  });

  test('data lies in named volumes, and everything else that is mounted is read-only', () => {
    for (const [name, { volumes = [] }] of services) {
      for (const volume of volumes) {
        const [source = '', , mode] = volume.split(':');
        if (source.startsWith('.')) expect(mode, `${name}: ${volume}`).toBe('ro');
        else expect(Object.keys(compose.volumes), `${name}: ${volume}`).toContain(source);
      }
    }
    expect(compose.services.api?.volumes?.some((volume) => volume.endsWith(':/data'))).toBe(true);
  });

  test('every setting of the API and the worker is one that config.ts reads', () => {
    const known = new Set<string>([...Object.values(settings).map(({ env }) => env), 'NODE_ENV', 'NODE_OPTIONS']);
    for (const name of ['api', 'worker']) {
      for (const variable of Object.keys(compose.services[name]?.environment ?? {})) expect(known, name).toContain(variable);
    }
  });
});

describe('.env.example', () => {
  const used = new Map(FILES.flatMap(variablesOf).map((variable) => [variable.name, variable]));

  test('names every variable of the Compose files, and no other', () => {
    expect([...exampleVariables().keys()].sort()).toEqual([...used.keys()].sort());
  });

  test('holds no secret', () => {
    for (const [name, value] of exampleVariables()) if (SECRET.test(name)) expect(value, name).toBe('');
  });
});

describe('Dockerfile', () => {
  const lines = readText('Dockerfile').split('\n');

  test('is Debian with glibc, since the native module of Temporal does not load on musl', () => {
    for (const line of lines.filter((text) => text.startsWith('FROM'))) expect(line).toMatch(/^FROM node:20-bookworm-slim/);
  });

  test('ends as a user who is not root, with a health check', () => {
    expect(lines.filter((text) => text.startsWith('USER')).at(-1)).toBe('USER node');
    expect(lines.some((text) => text.startsWith('HEALTHCHECK'))).toBe(true);
  });

  test('takes no sources into the image that runs, only dist', () => {
    const last = lines.slice(lines.findLastIndex((text) => text.startsWith('FROM')));
    const copied = last.filter((text) => text.startsWith('COPY')).map((text) => text.split(' ')[2]);
    expect(copied).toEqual(['/app/package.json', '/app/node_modules', '/app/dist']);
  });

  test('sends no data folder and no environment file to the build', () => {
    const rules = readText('.dockerignore').split('\n');
    expect(rules.find((rule) => rule !== '' && !rule.startsWith('#'))).toBe('*');
    expect(rules.filter((rule) => /^!(\.env|\.data|\*)/.test(rule))).toEqual([]);
  });
});
