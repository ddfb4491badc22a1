/** Names what the page asks about sources of sales. Knows no transport. */
import type { DeliveriesAsked } from './types/DeliveriesAsked';
import type { DeliveryDetail } from './types/DeliveryDetail';
import type { DeliveryPage } from './types/DeliveryPage';
import type { DeliveryResult } from './types/DeliveryResult';
import type { Job } from './types/Job';
import type { NewSource } from './types/NewSource';
import type { Preview } from './types/Preview';
import type { PreviewAsked } from './types/PreviewAsked';
import type { Registered } from './types/Registered';
import type { Reprocessed } from './types/Reprocessed';
import type { ReprocessedAll } from './types/ReprocessedAll';
import type { RotateAsked } from './types/RotateAsked';
import type { Source } from './types/Source';
import type { SourceChange } from './types/SourceChange';
import type { SourceHealth } from './types/SourceHealth';
import type { SourcePlatform } from './types/SourcePlatform';
import type { SourceRotated } from './types/SourceRotated';
import type { SyncAsked } from './types/SyncAsked';
import type { TestSent } from './types/TestSent';

/** Everything that can be asked about sources; leads read, admins also change. */
export interface SourcesHost {
  platforms(): Promise<SourcePlatform[]>;
  list(): Promise<Source[]>;
  /** With `probe` the platforms are asked too, which takes a while. */
  health(probe: boolean): Promise<SourceHealth[]>;
  add(asked: NewSource): Promise<Source>;
  change(asked: { id: string; change: SourceChange }): Promise<Source>;
  remove(id: string): Promise<void>;
  /** Has all customers of a shop that has left erased, as its platform asked; health tells until it is done. */
  eraseCustomers(id: string): Promise<void>;
  rotate(asked: { id: string; asked: RotateAsked }): Promise<SourceRotated>;
  retire(id: string): Promise<Source>;
  register(id: string): Promise<Registered>;
  test(id: string): Promise<TestSent>;
  sync(asked: SyncAsked): Promise<Job>;
  jobs(id: string): Promise<Job[]>;
  cancelJob(id: string): Promise<void>;
  deliveries(asked: DeliveriesAsked): Promise<DeliveryPage>;
  delivery(id: string): Promise<DeliveryDetail>;
  reprocess(id: string): Promise<Reprocessed>;
  reprocessAll(asked: { id: string; result: DeliveryResult }): Promise<ReprocessedAll>;
  preview(asked: PreviewAsked): Promise<Preview>;
}
