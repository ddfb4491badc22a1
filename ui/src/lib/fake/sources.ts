/** Invented sources of sales and a service that keeps them, in memory: for development in a browser and for tests. */
import { HostError } from '../host';
import type { SourcesHost } from '../sources_host';
import { DAY, HOUR } from '../time';
import type { Delivery } from '../types/Delivery';
import type { DeliveryResult } from '../types/DeliveryResult';
import type { Job } from '../types/Job';
import type { Source } from '../types/Source';
import type { SourceHealth } from '../types/SourceHealth';
import { PLATFORMS } from './platforms';
import { preview } from './preview';
import { sampleBody, sources as invented } from './source_list';

export type FakeSource = {
  source: Source;
  health: SourceHealth;
  deliveries: Delivery[];
  secret: string | null;
};

/** What of the host the sources need. */
export interface Surroundings {
  now: () => number;
  answer: <T>(make: () => T) => Promise<T>;
  role: () => 'agent' | 'lead' | 'admin';
  copied: (text: string) => void;
}

export class FakeSources implements SourcesHost {
  kept: FakeSource[];
  jobList: Job[] = [];
  /** Every next call fails with this code, until it is set to `null`. */
  failing: string | null = null;
  /** What was sent, for tests: the name of each call. */
  calls: string[] = [];

  readonly #around: Surroundings;
  #made = 0;

  constructor(around: Surroundings, filled: boolean) {
    this.#around = around;
    this.kept = filled ? invented(around.now()) : [];
  }

  /** Lets a platform send something, as its webhook would. */
  arrive(id: string, event: string, result: DeliveryResult = 'accepted'): Delivery {
    const one = this.#find(id);
    const at = this.#around.now();
    const delivery: Delivery = {
      id: `dlv_new_${++this.#made}`,
      integrationId: id,
      receivedAt: at,
      result,
      event,
      why: result === 'unmapped' ? 'the event is not known' : '',
      whyCode: result === 'unmapped' ? 'unknown_event' : '',
      path: '',
      entryCount: result === 'accepted' ? 1 : 0,
      duplicateOf: null,
      bodyBytes: 1_240,
    };
    one.deliveries.unshift(delivery);
    one.health = {
      ...one.health,
      lastEvent: { at, usualGapSeconds: one.health.lastEvent?.usualGapSeconds ?? null, late: false },
      last24h: { ...one.health.last24h, [result]: one.health.last24h[result] + 1 },
    };
    return delivery;
  }

  /** Lets a shop leave, and its platform ask for its customers to be erased. */
  leave(id: string): void {
    const one = this.#find(id);
    const askedAt = this.#around.now() - 2 * DAY;
    one.source = { ...one.source, active: false };
    one.health = {
      ...one.health,
      paused: 'access_ended',
      erasure: { askedAt, dueAt: askedAt + 30 * DAY, running: false },
    };
  }

  /** Moves the running job on by a share of its records. */
  advance(share: number): void {
    this.jobList = this.jobList.map((job) => {
      if (job.state !== 'running' && job.state !== 'waiting') return job;
      const total = job.progress.total ?? 0;
      const read = Math.min(total, job.progress.read + Math.round(total * share));
      const accepted = Math.round(read * 0.08);
      const progress = { ...job.progress, read, accepted, duplicate: read - accepted };
      const done = read >= total;
      return {
        ...job,
        progress,
        state: done ? 'done' : 'running',
        finishedAt: done ? this.#around.now() : null,
      };
    });
  }

  platforms = () => this.#ask('lead', 'platforms', () => PLATFORMS);
  list = () =>
    this.#ask('lead', 'list', () =>
      this.kept.map(({ source }) =>
        this.#around.role() === 'admin' ? source : { ...source, webhookUrl: null },
      ),
    );
  health = (probe: boolean) =>
    this.#ask('lead', probe ? 'probe' : 'health', () => this.kept.map((one) => this.#judged(one, probe)));
  add: SourcesHost['add'] = (asked) =>
    this.#ask('admin', 'add', () => {
      const platform = PLATFORMS.find((known) => known.slug === asked.provider);
      if (!platform) throw new HostError('invalid');
      const id = `int_new_${++this.#made}`;
      const source: Source = {
        id,
        slug: `${asked.provider}-${this.#made}`,
        provider: platform.slug,
        providerName: platform.name,
        name: asked.name,
        webhookUrl: `https://balcao.example.com/api/v1/webhooks/${platform.slug}/whk_8f2c61d09ab34e7795d1c0e6b2a4f837`,
        settings: asked.settings ?? {},
        active: true,
        signs: platform.signs,
        secrets: [],
        credentials: [],
        createdAt: this.#around.now(),
      };
      this.kept = [...this.kept, { source, health: quiet(id), deliveries: [], secret: null }];
      return source;
    });
  change: SourcesHost['change'] = ({ id, change }) =>
    this.#ask('admin', 'change', () => {
      const one = this.#find(id);
      const { secret, credentials, ...rest } = change;
      one.source = { ...one.source, ...rest };
      if (secret) {
        one.secret = secret;
        one.source.secrets = [{ lastFour: fourOf(secret), validUntil: null }];
      }
      for (const [name, value] of Object.entries(credentials ?? {})) {
        const others = one.source.credentials.filter((kept) => kept.name !== name);
        one.source.credentials = value === null ? others : [...others, { name, lastFour: fourOf(value) }];
      }
      return one.source;
    });
  remove = (id: string) =>
    this.#ask('admin', 'remove', () => {
      this.kept = this.kept.filter((one) => one.source.id !== id);
    });
  eraseCustomers = (id: string) =>
    this.#ask('admin', 'eraseCustomers', () => {
      const one = this.#find(id);
      if (!one.health.erasure) throw new HostError('not_asked');
      one.source = { ...one.source, active: false };
      one.health = { ...one.health, erasure: { ...one.health.erasure, running: true } };
    });
  rotate: SourcesHost['rotate'] = ({ id, asked }) =>
    this.#ask('admin', 'rotate', () => {
      const one = this.#find(id);
      const made = asked.secret === undefined;
      const secret = asked.secret ?? `made-secret-${++this.#made}`;
      if (made) this.#around.copied(secret);
      const until = this.#around.now() + asked.overlapHours * HOUR;
      const old = one.source.secrets.filter((kept) => kept.validUntil === null);
      const ending = asked.overlapHours > 0 ? old.map((kept) => ({ ...kept, validUntil: until })) : [];
      one.source = {
        ...one.source,
        secrets: [{ lastFour: fourOf(secret), validUntil: null }, ...ending],
      };
      return { source: one.source, copied: made };
    });
  retire = (id: string) =>
    this.#ask('admin', 'retire', () => {
      const one = this.#find(id);
      one.source = { ...one.source, secrets: one.source.secrets.filter((kept) => kept.validUntil === null) };
      return one.source;
    });
  register = (id: string) =>
    this.#ask('admin', 'register', () => {
      const one = this.#find(id);
      if (one.source.credentials.length === 0) throw new HostError('not_set_up');
      one.source = { ...one.source, secrets: [{ lastFour: '9f2c', validUntil: null }] };
      one.health = { ...one.health, registration: { registered: true, checkedAt: this.#around.now() } };
      const events = ['compra_aprovada', 'pix_gerado', 'boleto_gerado', 'carrinho_abandonado'];
      return { registered: true, events, secretStored: true, reason: null, steps: { 'pt-BR': [], en: [] } };
    });
  test = (id: string) =>
    this.#ask('admin', 'test', () => {
      const one = this.#find(id);
      const platform = PLATFORMS.find((known) => known.slug === one.source.provider);
      if (platform?.secret === 'required' && one.source.secrets.length === 0) {
        throw new HostError('secret_missing');
      }
      const delivery = this.arrive(id, 'test');
      return { result: delivery.result, deliveryId: delivery.id };
    });
  sync: SourcesHost['sync'] = (asked) =>
    this.#ask('lead', 'sync', () => {
      const job: Job = {
        id: `job_${++this.#made}`,
        integrationId: asked.id,
        kind: 'sync',
        state: 'running',
        kinds: asked.kinds,
        since: asked.since,
        progress: { read: 0, accepted: 0, duplicate: 0, unmapped: 0, total: 1_840 },
        problem: null,
        attempts: 1,
        nextTryAt: null,
        createdAt: this.#around.now(),
        finishedAt: null,
      };
      this.jobList = [job, ...this.jobList];
      return job;
    });
  jobs = (id: string) =>
    this.#ask('lead', 'jobs', () => this.jobList.filter((job) => job.integrationId === id));
  cancelJob = (id: string) =>
    this.#ask('lead', 'cancelJob', () => {
      this.jobList = this.jobList.map((job) => (job.id === id ? { ...job, state: 'cancelled' } : job));
    });
  deliveries: SourcesHost['deliveries'] = (asked) =>
    this.#ask('lead', 'deliveries', () => {
      const all = this.#find(asked.id).deliveries.filter(
        (one) => asked.result === null || one.result === asked.result,
      );
      const from = asked.before === null ? 0 : all.findIndex((one) => one.id === asked.before) + 1;
      const page = all.slice(from, from + asked.limit);
      const last = page.at(-1);
      return { deliveries: page, nextBefore: last && from + asked.limit < all.length ? last.id : null };
    });
  delivery = (id: string) =>
    this.#ask('lead', 'delivery', () => {
      const [one, delivery] = this.#delivery(id);
      return {
        ...delivery,
        proof: { scheme: one.source.signs ? 'hmac-sha256' : 'address', signed: one.source.signs },
        headers: [
          { name: 'content-type', value: 'application/json' },
          { name: 'user-agent', value: `${one.source.providerName}-Webhooks/1.0` },
        ],
        payload: delivery.whyCode === 'erased' || this.#isOld(delivery) ? '' : sampleBody(delivery),
        erased: delivery.whyCode === 'erased',
        expired: this.#isOld(delivery),
        answer: { status: delivery.result === 'rejected' ? 422 : 200, result: delivery.result },
      };
    });
  reprocess = (id: string) =>
    this.#ask('lead', 'reprocess', () => {
      const [one, delivery] = this.#delivery(id);
      this.#reread(one, delivery);
      return { result: delivery.result, deliveryId: id, entries: delivery.entryCount };
    });
  reprocessAll: SourcesHost['reprocessAll'] = ({ id, result }) =>
    this.#ask('lead', 'reprocessAll', () => {
      const one = this.#find(id);
      const all = one.deliveries.filter(
        (delivery) =>
          delivery.result === result && (result !== 'ignored' || delivery.whyCode === 'source_paused'),
      );
      for (const delivery of all) this.#reread(one, delivery);
      const accepted = all.filter((delivery) => delivery.result === 'accepted').length;
      return { reprocessed: all.length, accepted, left: 0 };
    });
  preview: SourcesHost['preview'] = (asked) =>
    this.#ask('admin', 'preview', () => preview(asked, this.#around.now()));

  /** Bodies are kept for ninety days. */
  #isOld(delivery: Delivery): boolean {
    return delivery.receivedAt < this.#around.now() - 90 * 86_400_000;
  }

  #reread(one: FakeSource, delivery: Delivery): void {
    const was = delivery.result;
    Object.assign(delivery, { result: 'accepted', why: '', whyCode: '', path: '', entryCount: 1 });
    const day = one.health.last24h;
    const last24h = { ...day, [was]: Math.max(0, day[was] - 1), accepted: day.accepted + 1 };
    one.health = { ...one.health, last24h };
  }

  /** Judges in short as the service does. */
  #judged(one: FakeSource, probe: boolean): SourceHealth {
    const platform = PLATFORMS.find((known) => known.slug === one.source.provider);
    const noSecret = platform?.secret === 'required' && one.source.secrets.length === 0;
    const missing = noSecret ? [{ field: 'secrets', code: 'missing' }] : [];
    const { last24h, lastEvent, jobs } = one.health;
    const wrong = last24h.badProof + last24h.unmapped + last24h.rejected + jobs.failed > 0;
    const state = one.health.erasure
      ? 'attention'
      : noSecret
        ? 'broken'
        : !one.source.active
          ? 'waiting'
          : wrong || lastEvent?.late
            ? 'attention'
            : lastEvent
              ? 'good'
              : 'waiting';
    const ok = one.source.credentials.length > 0;
    const at = this.#around.now();
    const told = ok
      ? { ok, code: null, latencyMs: 184, at }
      : { ok, code: 'not_set_up', latencyMs: null, at };
    const asked = probe && (platform?.pulls.length ?? 0) > 0;
    return { ...one.health, state, setup: { complete: !noSecret, missing }, probe: asked ? told : null };
  }

  #find(id: string): FakeSource {
    const found = this.kept.find((one) => one.source.id === id);
    if (!found) throw new HostError('not_found');
    return found;
  }

  #delivery(id: string): [FakeSource, Delivery] {
    for (const one of this.kept) {
      const delivery = one.deliveries.find((known) => known.id === id);
      if (delivery) return [one, delivery];
    }
    throw new HostError('not_found');
  }

  #ask<T>(least: 'lead' | 'admin', name: string, make: () => T): Promise<T> {
    return this.#around.answer(() => {
      this.calls.push(name);
      if (this.failing) throw new HostError(this.failing);
      const role = this.#around.role();
      if (role === 'agent' || (least === 'admin' && role !== 'admin')) throw new HostError('forbidden');
      return make();
    });
  }
}

function fourOf(secret: string): string {
  return secret.length < 12 ? '' : secret.slice(-4);
}

function quiet(id: string): SourceHealth {
  return {
    id,
    state: 'waiting',
    setup: { complete: true, missing: [] },
    probe: null,
    lastEvent: null,
    last24h: { accepted: 0, duplicate: 0, ignored: 0, unmapped: 0, rejected: 0, badProof: 0 },
    registration: null,
    jobs: { waiting: 0, failed: 0 },
    paused: null,
    erasure: null,
  };
}
