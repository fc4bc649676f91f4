import { attachClick as attach, OperationRefused } from '../../domain/operations.ts';
import { clickById } from '../../store/clicks.ts';
import type { Apply } from '../operate.ts';

/** Says by hand which click it was. */
export const attachClick: Apply<'attachClick'> = async (deps, conversion, { operation: { clickId } }) => {
  const click = await clickById(deps.db, conversion.propertyId, clickId);
  if (!click) throw new OperationRefused('click_unknown', `There is no click ${clickId} in this property.`);
  attach(conversion, clickId);
};
