import { rowOf } from '../row.ts';
import type { OutboundEvent } from '../contract.ts';
import { STATUSES, type Status, type Tracker } from './trackers.ts';

/** What an event means to a tracker. What is not here goes by its own name: a tracker would take a call without a status for a sale. */
const BY_EVENT: Record<string, Status> = {
  Lead: 'lead', FormSubmit: 'lead', CompleteRegistration: 'lead', SubmitApplication: 'lead', Contact: 'lead', Schedule: 'lead', StartTrial: 'lead',
  Purchase: 'sale', Subscribe: 'sale',
  LeadRejected: 'rejected',
};

const isStatus = (word: string): word is Status => (STATUSES as readonly string[]).includes(word);

/** The status word: of the correction, else of the name where that is one (`Lead` mapped to `hold`), else of the event. */
export const statusOf = ({ kind, event, name }: OutboundEvent, tracker: Tracker | null): string => {
  const said = (status: Status): string => tracker?.words[status] ?? status;
  if (kind === 'retract') return said('rejected');
  const word = name.trim().toLowerCase();
  if (isStatus(word)) return said(word);
  if (kind === 'custom') return said('rejected');
  const status = rowOf(BY_EVENT, event);
  return status ? said(status) : name;
};
