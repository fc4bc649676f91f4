import { rowOf } from '../row.ts';
import { misconfigured, rejected, type Verdict } from '../verdict.ts';

/** Answers of the validation server (Measurement Protocol: "Validate events", ValidationCode). The real server never says any of them. */
export const byValidationCode: Record<string, Verdict> = {
  VALUE_INVALID: rejected('a value is wrong'),
  VALUE_REQUIRED: rejected('a value is missing'),
  NAME_INVALID: rejected('a name is not allowed'),
  NAME_RESERVED: rejected('a name is reserved'),
  VALUE_OUT_OF_BOUNDS: rejected('a value is too large'),
  EXCEEDED_MAX_ENTITIES: rejected('there are too many parameters'),
  NAME_DUPLICATED: rejected('a name is given twice'),
};

const unknownValidation = rejected('Google Analytics refuses the event');

export const verdictOfValidation = (code: string): Verdict => rowOf(byValidationCode, code) ?? unknownValidation;

/** Parts of the request that come from the settings. */
export const SETTINGS_FIELD = /measurement_id|api_secret|firebase_app_id/;
export const refusedSettings = misconfigured('Google Analytics refuses the measurement id or the API secret');
