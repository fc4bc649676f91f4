import { writeConfigurationPage } from './configuration-doc.ts';
import { writeDestinationsPage } from './destinations-doc.ts';

/** `npm run docs`: the pages that are made from code. */

writeConfigurationPage();
writeDestinationsPage();
